"""Anthropic's messages protocol, as far as a test call needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from glmdesk.domain.secret import Secret
from glmdesk.providers.errors import decode, error_in, provider_error
from glmdesk.providers.transport import Transport

_PATH = "/v1/messages"
_VERSION = "2023-06-01"
_MOST = 256 * 1024  # bytes of an answer that are read


async def check_messages(transport: Transport, base_url: str, *, model: str, key: Secret) -> str:
    """One short answer at `base_url` as Claude Code would ask for it; returns the id of the model that answered.

    Bearer and not x-api-key (glm-api.md §10). Raises ProviderError or ConnectionFault.
    """
    url = base_url.rstrip("/") + _PATH
    body = {"model": model, "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]}
    headers = {
        "Authorization": f"Bearer {key.reveal()}",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "anthropic-version": _VERSION,
        "User-Agent": "GLM-Desk",
    }
    async with transport.post(url, headers=headers, body=json.dumps(body).encode()) as reply:
        raw = bytearray()
        async for piece in reply.body:
            raw += piece
            if len(raw) > _MOST:
                break
        found = decode(bytes(raw))
        if reply.status != 200 or error_in(found) is not None or not _is_message(found):
            raise provider_error(reply.status, found, model=model, url=url, headers=reply.headers)
    return str(cast("Mapping[str, Any]", found).get("model") or model)


def _is_message(found: object) -> bool:
    return isinstance(found, dict) and cast("Mapping[str, Any]", found).get("type") == "message"
