"""Top-level units of a text: what can be frozen on its own while the rest still grows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

from glmdesk.domain.blocks import Block, CodeBlock, FormulaBlock, TableBlock
from glmdesk.markup.grammar import NESTING_LIMIT, parser
from glmdesk.markup.render import render_blocks, render_inline

if TYPE_CHECKING:
    from markdown_it.token import Token

BLOCK_LIMIT = 200_000  # characters of one block; a longer one is shown as it was written

_FENCE_CLOSE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")
_SPECIAL = frozenset(("fence", "code_block", "formula_block", "table_open"))
_LISTS = {"bullet_list_open": "ul", "ordered_list_open": "ol"}


@dataclass(frozen=True, slots=True)
class Item:
    """Where a piece of prose stands in a top-level list. `continues`: the list began before."""

    tag: str
    number: int
    continues: bool


@dataclass(frozen=True, slots=True)
class Prose:
    """HTML of one unit; `alone` keeps it out of runs (quotes and rules are painted in their own way)."""

    source: str
    html: str
    item: Item | None = None
    alone: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class ListState:
    """The list a text goes on with: its tag, its mark and the number of the next item."""

    tag: str
    markup: str
    number: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A top-level block, or one item of a top-level list; lines count from the start of the parsed text."""

    start: int
    parts: tuple[Prose | Block, ...]
    kind: str
    list_after: ListState | None = None  # set for items
    continues: bool = False  # an item that is not the first of its list


def parse_units(text: str, env: MutableMapping[str, Any], carried: ListState | None = None) -> list[Unit]:
    """Parse a text whose first line starts a top-level unit. `env` collects link definitions."""
    lines = text.split("\n")
    tokens = parser().parse(text, env)
    units: list[Unit] = []
    for group in _top_level(tokens):
        tag = _LISTS.get(group[0].type)
        if tag is None:
            units.append(_plain_unit(group, lines))
        else:
            units += _items(group, lines, tag, carried if not units else None)
    return units


def _top_level(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    return _groups(tokens, 0)


def _groups(tokens: Sequence[Token], level: int) -> Iterator[Sequence[Token]]:
    first = 0
    for i, token in enumerate(tokens):
        if token.level == level and token.nesting <= 0:
            yield tokens[first : i + 1]
            first = i + 1


def _source(token: Token, lines: Sequence[str]) -> str:
    start, end = token.map or (0, 0)
    return "\n".join(lines[start:end]).rstrip("\n")


def _plain_unit(group: Sequence[Token], lines: Sequence[str]) -> Unit:
    first = group[0]
    source = _source(first, lines)
    start = first.map[0] if first.map else 0
    return Unit(start, (_part(group, lines, source),), first.type)


def _part(group: Sequence[Token], lines: Sequence[str], source: str) -> Prose | Block:
    kind = group[0].type
    if kind in ("fence", "code_block"):
        return _code(group[0], lines, source)
    if _too_much(group, source):
        return Prose(source, plain_html(source))
    if kind == "formula_block":
        return FormulaBlock(source, group[0].content)
    if kind == "table_open":
        return _table(group, source)
    return Prose(source, render_blocks(group), alone=kind in ("blockquote_open", "hr"))


def _too_much(group: Sequence[Token], source: str) -> bool:
    return len(source) > BLOCK_LIMIT or any(token.level > NESTING_LIMIT for token in group)


def plain_html(source: str) -> str:
    """Text as it was written."""
    return "<p>" + escape(source).replace("\n", "<br>") + "</p>"


def code_block(source: str, content: str, info: str, *, closed: bool) -> CodeBlock:
    """The block of a fence; `content` with its last line break."""
    words = info.strip().strip("{}").lstrip(".").split()
    return CodeBlock(source, content.removesuffix("\n"), words[0] if words else "", closed)


def _code(token: Token, lines: Sequence[str], source: str) -> CodeBlock:
    closed = token.type == "code_block" or _is_closed(token, lines)
    return code_block(source, token.content, token.info, closed=closed)


def _is_closed(token: Token, lines: Sequence[str]) -> bool:
    start, end = token.map or (0, 0)
    match = _FENCE_CLOSE.fullmatch(lines[end - 1].lstrip(" >")) if end - 1 > start else None
    return match is not None and match[1].startswith(token.markup)


def _table(group: Sequence[Token], source: str) -> TableBlock:
    rows: list[list[str]] = []
    aligns: list[str] = []
    for token in group:
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("inline", "plain_inline"):
            rows[-1].append(render_inline(token.children or []))
        elif token.type == "th_open":
            aligns.append(str(token.attrGet("style") or "").removeprefix("text-align:"))
    header, *body = rows
    return TableBlock(source, tuple(header), tuple(tuple(row) for row in body), tuple(aligns))


def _items(group: Sequence[Token], lines: Sequence[str], tag: str, carried: ListState | None) -> list[Unit]:
    markup = group[0].markup
    goes_on = carried is not None and (carried.tag, carried.markup) == (tag, markup)
    number = carried.number if carried is not None and goes_on else int(group[0].attrGet("start") or 1)
    if tag == "ol" and not goes_on and group[0].attrGet("start") == 0:
        number = 0
    units: list[Unit] = []
    for item in _groups(group[1:-1], 1):
        place = Item(tag, number, goes_on or bool(units))
        number += 1
        start = item[0].map[0] if item[0].map else 0
        parts = tuple(_item_parts(item, lines, place))
        units.append(Unit(start, parts, "item", ListState(tag, markup, number), place.continues))
    return units


def _item_parts(item: Sequence[Token], lines: Sequence[str], place: Item) -> Iterator[Prose | Block]:
    """An item, cut where a code block, a table or a formula stands directly in it."""
    source = _source(item[0], lines)
    if _too_much(item, source):
        yield Prose(source, plain_html(source))
        return
    prose: list[Token] = [item[0]]
    first = True
    for group in _groups(item[1:-1], 2):
        if group[0].type not in _SPECIAL:
            prose += group
            continue
        if first or prose:
            yield _item_prose(prose, lines, place if first else None, source)
        part = _part(group, lines, _source(group[0], lines))
        yield replace(part, depth=1)
        prose, first = [], False
    if first or prose:
        yield _item_prose(prose, lines, place if first else None, source)


def _item_prose(tokens: Sequence[Token], lines: Sequence[str], place: Item | None, source: str) -> Prose:
    html = render_blocks(tokens)
    if place is None:
        starts = [token.map for token in tokens if token.map]
        return Prose("\n".join(lines[starts[0][0] : starts[-1][1]]).strip("\n") if starts else "", html, depth=1)
    ends = [token.map[1] for token in tokens[1:] if token.map]
    start = tokens[0].map[0] if tokens[0].map else 0
    own = "\n".join(lines[start : max(ends)]).rstrip("\n") if ends else source.split("\n", 1)[0]
    return Prose(own, f"{html}</li>", place)


def definitions_before(env: Mapping[str, Any], line: int) -> dict[str, Any]:
    """The link definitions that end at or before a line."""
    references: Mapping[str, Any] = env.get("references", {})
    return {name: value for name, value in references.items() if value["map"][1] <= line}
