"""Where the values of a JSON text stand: paths to offsets, offsets to line and column."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'[\s,:]*(?:([{\[])|([}\]])|("(?:[^"\\]|\\.)*")|([^\s,:{}\[\]"]+))', re.DOTALL)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Both count from 1; a column counts characters."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def places(text: str) -> Mapping[Path, int]:
    """The offset of every value of a JSON text that has been parsed before, by its path."""
    found: dict[Path, int] = {}
    stack: list[tuple[bool, Path]] = []  # (is an object, its path)
    key: str | None = None
    counts: list[int] = []
    for token in _TOKEN.finditer(text):
        opening, closing, string, _ = token.groups()
        if closing:
            if stack:
                stack.pop()
                counts.pop()
            continue
        start = token.end() - len(token[0].lstrip(" \t\r\n,:"))
        if string and stack and stack[-1][0] and key is None:
            key = json.loads(string, strict=False)
            continue
        path = _path(stack, counts, key)
        found.setdefault(path, start)
        key = None
        if opening:
            stack.append((opening == "{", path))
            counts.append(0)
    return found


def _path(stack: list[tuple[bool, Path]], counts: list[int], key: str | None) -> Path:
    if not stack:
        return ()
    is_object, parent = stack[-1]
    if is_object:
        return (*parent, key or "")
    counts[-1] += 1
    return (*parent, counts[-1] - 1)


def json_path(path: Path) -> str:
    """`$.items[2].price`; names that are no plain words stand in quotes."""
    shown = "$"
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        elif re.fullmatch(r"\w+", step):
            shown += f".{step}"
        else:
            shown += f"[{json.dumps(step, ensure_ascii=False)}]"
    return shown
