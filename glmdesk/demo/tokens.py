"""Splits text into the pieces that arrive one per chunk: a Han character, a word piece, a mark or white space."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A word carries the space before it, as the recorded replies do (" the"); line breaks stand alone.
_PIECE = re.compile(r"[^\S\n]*[A-Za-z\u00c0-\u024f]{1,12}|[^\S\n]*\d{1,3}|\n+|[^\S\n]+|[\s\S]")


def pieces(text: str) -> Iterator[str]:
    """The tokens of `text`, in order; joined they are `text` again."""
    return (match.group() for match in _PIECE.finditer(text))


def count(text: str) -> int:
    """How many tokens `text` has here (about 1 per Han character or short word)."""
    return sum(1 for _ in _PIECE.finditer(text))
