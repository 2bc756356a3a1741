"""The test call in Anthropic's protocol: what counts as an answer, and how refusals are told."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from glmdesk.domain.errors import UserError
from glmdesk.providers.messages import check_messages
from glmdesk.providers.transport import Transport
from tests.providers.loopback import KEY, SHORT, Handler, hangs, head, refuses, sends, serve

MESSAGE = {"type": "message", "role": "assistant", "model": "GLM-4.7", "content": [{"type": "text", "text": "hi"}]}


def called(handler: Handler) -> str:
    """The model that answered, or the kind of the error."""

    async def body() -> str:
        async with serve(handler) as server:
            transport = Transport(limits=SHORT)
            try:
                return await check_messages(transport, f"http://127.0.0.1:{server.port}/x/", model="glm-4.7", key=KEY)
            except UserError as error:
                return error.info.kind
            finally:
                await transport.close()

    return asyncio.run(body())


def test_the_model_that_answered_is_told() -> None:
    assert called(refuses(200, MESSAGE)) == "GLM-4.7"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"error": {"code": "1000", "message": "身份验证失败"}}, "key_wrong"),
        (401, {"type": "error", "error": {"type": "authentication_error", "message": "no"}}, "key_wrong"),
        (400, {"type": "error", "error": {"code": "1211", "message": "x"}, "request_id": "1"}, "no_model"),
        (429, {"type": "error", "error": {"code": "1311", "message": "x"}}, "plan_lacks_model"),
        (200, {"code": 401, "msg": "token expired or incorrect", "success": False}, "key_elsewhere"),
        (200, {"choices": []}, "unknown_error"),
        (404, "nothing here", "not_found"),
    ],
)
def test_refusals_are_told_by_their_code(status: int, body: Any, kind: str) -> None:
    assert called(refuses(status, body)) == kind


def test_a_web_page_is_no_answer() -> None:
    assert called(sends(head(200, "text/html"), b"<html>login</html>")) == "web_page"


def test_silence_ends() -> None:
    assert called(hangs(head(200, "application/json"), json.dumps(MESSAGE).encode()[:20])) != "GLM-4.7"
