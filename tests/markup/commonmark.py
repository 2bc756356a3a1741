"""The examples of the CommonMark specification, read from its text, and the words of an expected page.

The text of the specification (CC-BY-SA 4.0) is not part of this project. `npm pack commonmark-spec@0.31.2` fetches it;
GLMDESK_COMMONMARK names the `spec.txt` in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from glmdesk.domain.blocks import Block, CodeBlock, FormulaBlock, ProseBlock, TableBlock
from glmdesk.markup.links import CHIP, link_allowed

_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)
_INLINE = ("em", "strong", "code", "a", "s", "sup", "sub", "kbd", "img")
_SECTION = re.compile(r"^#{1,6} +(.*?) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """`number` counts from 1, as the specification does."""

    number: int
    section: str
    markdown: str
    html: str


def specification() -> Path | None:
    """The file with the examples, where there is one."""
    named = os.environ.get("GLMDESK_COMMONMARK", "")
    return Path(named) if named and Path(named).is_file() else None


def examples(text: str) -> Iterator[Example]:
    """All examples in order; `→` stands for a tab."""
    heads = [(m.start(), m[1]) for m in _SECTION.finditer(_EXAMPLE.sub(lambda m: " " * len(m[0]), text))]
    for number, match in enumerate(_EXAMPLE.finditer(text), 1):
        section = [name for start, name in heads if start < match.start()][-1]
        yield Example(number, section, match[1].replace("→", "\t"), match[2].replace("→", "\t"))


class _Words(HTMLParser):
    """What a reader of the page sees. With `ours` an image is a chip, and a link that cannot open shows its address."""

    def __init__(self, *, ours: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._ours = ours
        self._links: list[tuple[str, int]] = []

    def handle_data(self, data: str) -> None:
        self.out.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "img":
            parts = [part for part in (values.get("alt", ""), values.get("src", "")) if part]
            self.out.append(f"{CHIP} {' · '.join(parts)}")
        elif tag == "a":
            self._links.append((values.get("href", ""), len(self.out)))
        elif tag not in _INLINE:
            self.out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            href, first = self._links.pop()
            told = link_allowed(href) or not href or href.startswith("#") or "".join(self.out[first:]) == href
            self.out.append("" if told or not self._ours else f" ({href})")
        elif tag not in _INLINE:
            self.out.append(" ")


def words_of(html: str, *, ours: bool = False) -> str:
    """The words of a page, each run of space as one."""
    reader = _Words(ours=ours)
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.out).split())


def shown(blocks: tuple[Block, ...]) -> str:
    """The words that the transcript shows, each run of space as one."""
    out: list[str] = []
    for block in blocks:
        match block:
            case ProseBlock():
                out.append(words_of(block.html))
            case CodeBlock():
                out.append(block.text)
            case TableBlock():
                out += [words_of(cell) for row in (block.header, *block.rows) for cell in row]
            case FormulaBlock():
                out.append(block.tex)
    return " ".join(" ".join(out).split())
