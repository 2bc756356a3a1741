"""A request as code that sends it: one writer per language, the key only as the name of an environment variable."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from urllib.parse import urlsplit

from glmdesk.domain.exchange import Exchange

KEY = "ZAI_API_KEY"  # the name that the provider's own clients look for
_PATH = "/chat/completions"


class CodeKind(StrEnum):
    CURL = "curl"
    ZAI_PYTHON = "zai_python"
    ZHIPUAI_PYTHON = "zhipuai_python"
    ZAI_JAVA = "zai_java"


@dataclass(frozen=True, slots=True)
class Call:
    """What the code has to send. `needs_key` is False for a server without keys."""

    url: str
    body: Mapping[str, Any]
    needs_key: bool = True

    @property
    def base_url(self) -> str:
        """With a slash at the end, as the clients want it."""
        return self.url.removesuffix(_PATH).rstrip("/") + "/"

    @property
    def international(self) -> bool:
        """True for z.ai, whose client has a name of its own."""
        return (urlsplit(self.url).hostname or "").endswith("z.ai")


def call_of(exchange: Exchange) -> Call:
    """The request of an exchange. Raises ValueError when its body is no JSON object."""
    body = json.loads(exchange.body)
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return Call(exchange.url, cast("dict[str, Any]", body), "Authorization" in exchange.headers)


def write_code(exchange: Exchange, kind: CodeKind) -> str:
    """The request of an exchange as a program. Raises ValueError as `call_of` does."""
    from glmdesk.exporters.curl import curl
    from glmdesk.exporters.zai_java import zai_java
    from glmdesk.exporters.zai_python import zai_python
    from glmdesk.exporters.zhipuai_python import zhipuai_python

    writers: dict[CodeKind, Callable[[Call], str]] = {
        CodeKind.CURL: curl,
        CodeKind.ZAI_PYTHON: zai_python,
        CodeKind.ZHIPUAI_PYTHON: zhipuai_python,
        CodeKind.ZAI_JAVA: zai_java,
    }
    return writers[kind](call_of(exchange))
