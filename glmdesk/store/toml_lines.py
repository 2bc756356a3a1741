"""In which line of a TOML file a key stands: tomllib does not say, and a bad file is rare enough to look again."""

from __future__ import annotations

import re
from collections.abc import Iterator

Key = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|[\[\]{}#]')
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_AT_END = "(at end of document)"


def line_of(source: str, key: Key) -> int:
    """The line, from 1, of a key like `("variables", 2, "kind")`; without one, that of the nearest table around it."""
    lines = dict(_keys(source))
    return next((lines[key[:n]] for n in range(len(key), 0, -1) if key[:n] in lines), 1)


def line_with(source: str, key: Key, name: str) -> int:
    """The line where the text at `key` uses `{{name}}`."""
    start = line_of(source, key)
    use = re.compile(r"\{\{\s*" + re.escape(name) + r"\s*\}\}")
    lines = source.split("\n")
    return next((n for n in range(start, len(lines) + 1) if use.search(lines[n - 1])), start)


def parser_line(message: str, source: str) -> tuple[int, str]:
    """Line and reason of a message of tomllib."""
    if found := _AT_LINE.search(message):
        return int(found[1]), message[: found.start()].strip()
    return source.rstrip("\n").count("\n") + 1, message.removesuffix(_AT_END).strip()


class _Value:
    """Follows a value over its lines: open until its quotes and brackets are closed."""

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0

    @property
    def open(self) -> bool:
        return bool(self.quote) or self.depth > 0

    def feed(self, text: str) -> None:
        position = 0
        while position < len(text):
            position = self._in_string(text, position) if self.quote else self._in_code(text, position)

    def _in_string(self, text: str, position: int) -> int:
        end = text.find(self.quote, position)
        while end > 0 and self.quote == '"""' and _escaped(text, end):
            end = text.find(self.quote, end + 1)
        if end < 0:
            return len(text)
        while text.startswith(self.quote, end + 1):
            end += 1  # up to two quotes may stand before the closing three
        self.quote = ""
        return end + 3

    def _in_code(self, text: str, position: int) -> int:
        token = _TOKEN.search(text, position)
        if token is None or token[0] == "#":
            return len(text)
        if token[0] in ('"""', "'''"):
            self.quote = token[0]
        self.depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        return token.end()


def _escaped(text: str, position: int) -> bool:
    before = text[:position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _keys(source: str) -> Iterator[tuple[Key, int]]:
    """Every table and assignment outside of values, with its line; the first of a key counts."""
    seen: dict[Key, int] = {}
    counts: dict[Key, int] = {}
    table: Key = ()
    value = _Value()
    for number, line in enumerate(source.split("\n"), 1):
        if value.open:
            value.feed(line)
        elif header := _HEADER.match(line):
            table = _table(_path(header[2]), counts, is_list=header[1] == "[[")
            seen.setdefault(table, number)
        elif assignment := _ASSIGNMENT.match(line):
            seen.setdefault((*table, *_path(assignment[1])), number)
            value = _Value()
            value.feed(line[assignment.end() :])
    yield from seen.items()


def _path(dotted: str) -> Key:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _table(path: Key, counts: dict[Key, int], *, is_list: bool) -> Key:
    if not is_list:
        return path
    counts[path] = counts.get(path, -1) + 1
    return (*path, counts[path])
