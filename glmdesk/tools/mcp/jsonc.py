"""JSON as people paste it, with line numbers: comments, commas too many, a missing outer brace, a fence around it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_FENCE = re.compile(r"^[ \t]*```.*$", re.MULTILINE)
_TOKEN = re.compile(
    r"(?P<space>[\s\ufeff]+|//[^\n]*|/\*.*?\*/)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<mark>[{}\[\]:,])"
    r"|(?P<word>[-+.\w]+)",
    re.DOTALL,
)
_WORDS = {"true": True, "false": False, "null": None}
_DEEPEST = 50


class JsonFault(ValueError):
    """`line` counts from 1; `reason` ends the id of a text, `server.import.<reason>`; `found` is what stood there."""

    def __init__(self, line: int, reason: str, found: str = "") -> None:
        super().__init__(f"line {line}: {reason} {found}")
        self.line = line
        self.reason = reason
        self.found = found


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line it begins on: `members` of an object, `items` of a list, else the plain `value`."""

    line: int
    value: object = None
    members: dict[str, Node] | None = None
    items: list[Node] | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def parse(text: str) -> Node:
    """The one value in `text`. Raises JsonFault."""
    reader = _Reader(list(_tokens(_FENCE.sub("", text))))
    return reader.whole()


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place, line = 0, 1
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise JsonFault(line, "unclosed" if text[place] == '"' else "character", text[place])
        if match.lastgroup != "space":
            found.append(_Token(match.lastgroup or "", match[0], line))
        line += match[0].count("\n")
        place = match.end()
    return [*found, _Token("end", "", line)]


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def whole(self) -> Node:
        first = self._tokens[0]
        if first.kind == "end":
            raise JsonFault(1, "empty")
        bare = first.kind == "string" and self._tokens[1].text == ":"
        node = self._members(first.line, end="", depth=0) if bare else self._value(0)
        self._take_if(",")
        if self._now.kind != "end":
            raise JsonFault(self._now.line, "after_end", self._now.text)
        return node

    @property
    def _now(self) -> _Token:
        return self._tokens[self._place]

    def _next(self) -> _Token:
        token = self._now
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _take_if(self, text: str) -> bool:
        if self._now.text == text and self._now.kind == "mark":
            self._next()
            return True
        return False

    def _value(self, depth: int) -> Node:
        token = self._next()
        if depth > _DEEPEST:
            raise JsonFault(token.line, "deep")
        match token:
            case _Token("mark", "{"):
                return self._members(token.line, end="}", depth=depth)
            case _Token("mark", "["):
                return self._items(token.line, depth)
            case _Token("string"):
                return Node(token.line, _string(token))
            case _Token("word"):
                return Node(token.line, _word(token))
            case _:
                raise JsonFault(token.line, "value", token.text)

    def _members(self, line: int, *, end: str, depth: int) -> Node:
        members: dict[str, Node] = {}
        while not self._ended(end):
            key = self._next()
            if key.kind not in ("string", "word"):
                raise JsonFault(key.line, "key", key.text)
            if not self._take_if(":"):
                raise JsonFault(self._now.line, "colon", self._now.text)
            members[_string(key) if key.kind == "string" else key.text] = self._value(depth + 1)
            self._between(end)
        return Node(line, members=members)

    def _items(self, line: int, depth: int) -> Node:
        items: list[Node] = []
        while not self._ended("]"):
            items.append(self._value(depth + 1))
            self._between("]")
        return Node(line, items=items)

    def _ended(self, end: str) -> bool:
        """Whether the object or list is over; a bare member list ends with the text, or with a brace too many."""
        if end:
            return self._take_if(end)
        self._take_if("}")
        return self._now.kind == "end"

    def _between(self, end: str) -> None:
        if self._take_if(","):
            return
        closing = self._now.text == (end or "}") or (not end and self._now.kind == "end")
        if not closing:
            reason = "not_closed" if self._now.kind == "end" else "comma"
            raise JsonFault(self._now.line, reason, self._now.text)


def _string(token: _Token) -> str:
    try:
        return json.loads(token.text, strict=False)
    except ValueError:
        raise JsonFault(token.line, "string", token.text[:40]) from None


def _word(token: _Token) -> object:
    if token.text in _WORDS:
        return _WORDS[token.text]
    try:
        return json.loads(token.text)
    except ValueError:
        raise JsonFault(token.line, "word", token.text[:40]) from None
