"""The words of an HTML page, without its scripts and looks."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import urljoin

_DROPPED = {"script", "style", "noscript", "template", "svg", "iframe", "object", "select", "canvas"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = {
    *("p", "div", "br", "li", "ul", "ol", "tr", "table", "section", "article", "header", "footer", "pre", "hr"),
    *("blockquote", "dt", "dd", "main", "nav", "aside", "figure", "td", "th", *_HEADINGS),
}
_BREAKS = re.compile(r"\s*\n\s*")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")


class _Words(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.pieces: list[str] = []
        self._base = base
        self._dropped = 0
        self._in_title = False
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropped += 1
        elif tag == "title":
            self._in_title = True
        elif tag in _BLOCKS:
            self.pieces.append(f"\n{'#' * int(tag[1])} " if tag in _HEADINGS else "\n")
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self._dropped = max(0, self._dropped - 1)
        elif tag == "title":
            self._in_title = False
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "a" and self._link:
            self._end_link()

    def _end_link(self) -> None:
        target = urljoin(self._base, self._link) if not self._link.startswith("#") else ""
        if target.startswith(("http://", "https://")):
            self.pieces.append(f" <{target}> ")
        self._link = ""

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._dropped:
            self.pieces.append(data)


def page_text(html: str, *, base: str) -> str:
    """Title, then the text; headings keep `#`, links their address. Never raises."""
    words = _Words(base)
    with suppress(AssertionError, ValueError):  # a parser that gives up: what it has read stays
        words.feed(html)
        words.close()
    body = _BREAKS.sub("\n", _SPACES.sub(" ", "".join(words.pieces))).strip()
    title = " ".join(words.title.split())
    return f"{title}\n\n{body}" if title else body
