"""Values as readable Python source that gives the same values back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG = 88  # characters of a value that may stand on one line
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def literal(value: Any, indent: int = 0) -> str:
    """`value` of JSON kinds; `indent` is that of the line on which it begins."""
    if isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, Mapping):
        rows = cast("Mapping[str, Any]", value).items()
        inner = [f"{_line(key)}: {literal(item, indent + 4)}" for key, item in rows]
        return _bracketed("{", inner, "}", indent)
    if isinstance(value, Sequence):
        items = cast("Sequence[Any]", value)
        return _bracketed("[", [literal(item, indent + 4) for item in items], "]", indent)
    return repr(value)


def _bracketed(opening: str, parts: list[str], closing: str, indent: int) -> str:
    flat = opening + ", ".join(parts) + closing
    if len(flat) + indent <= _LONG and "\n" not in flat:
        return flat
    pad = " " * (indent + 4)
    return opening + "\n" + "".join(f"{pad}{part},\n" for part in parts) + " " * indent + closing


def _text(text: str, indent: int) -> str:
    """One line, or the lines of a longer text below each other."""
    lines = _LINES.findall(text)
    if len(lines) < 2:
        return _line(text)
    pad = " " * (indent + 4)
    return "(\n" + "".join(f"{pad}{_line(line)}\n" for line in lines) + " " * indent + ")"


def _line(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(ch) or _shown(ch) for ch in text) + '"'


def _shown(ch: str) -> str:
    """What cannot be seen is written by its number, so that nothing hides in the source."""
    if ch.isprintable():
        return ch
    code = ord(ch)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
