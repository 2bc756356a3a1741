"""A page of the public web as text."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any

from glmdesk.domain.page_text import page_text
from glmdesk.domain.ports import Fetcher, Page
from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import Link, ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.tools.base import Tool, schema

_LONGEST = 60_000  # characters of a page that the model reads
_SAME = {"gb2312": "gb18030", "gbk": "gb18030"}  # as browsers read them
_NO_CHARSETS = {"punycode", "idna", "undefined"}  # Python's own; the first takes hours for a long page
_TEXTS = ("text/", "application/json", "application/xml", "application/xhtml")


class FetchPageTool(Tool):
    """http and https, public addresses only."""

    spec = ToolSpec(
        "fetch_page",
        "Fetches a web page and returns its text. Public http(s) addresses only.",
        schema("url", url={"type": "string", "maxLength": 4_000}),
        label_id="tool.fetch_page.label",
    )

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        page = await self._fetcher.fetch(str(arguments["url"]))
        text = await in_thread(lambda: _text(page), name="glmdesk-page")
        more = "\n… (the page is longer)" if page.cut or len(text) > _LONGEST else ""
        head = f"{page.url} (status {page.status})\n\n"
        return ToolResult(head + text[:_LONGEST] + more, page.status >= 400, links=(Link(page.url, page.url),))


def _text(page: Page) -> str:
    if page.media_type and not page.media_type.startswith(_TEXTS):
        raise ToolFault(f"{page.url} is {page.media_type} and not a text.")
    text = _declared(page) or _guessed(page)
    is_html = "html" in page.media_type or text.lstrip()[:1] == "<"
    return page_text(text, base=page.url) if is_html else text


def _declared(page: Page) -> str:
    """By the charset that the page names, its faulty bytes replaced; empty when there is no such charset."""
    try:
        name = codecs.lookup(page.charset).name
        return "" if name in _NO_CHARSETS else page.body.decode(_SAME.get(name, name), "replace")
    except (LookupError, ValueError):
        return ""


def _guessed(page: Page) -> str:
    try:  # a page that was cut may end within a character
        return codecs.getincrementaldecoder("utf-8")().decode(page.body, final=not page.cut)
    except UnicodeDecodeError:
        return page.body.decode("gb18030", "replace")
