"""Cuts a byte stream into lines in linear time, with a cap on one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 4 * 1024 * 1024
_KEPT = 4096  # of both ends of a line that is too long

# A JSON-RPC answer has its id in the outer object, before or after the result.
_AT_START = re.compile(rb'^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+|"[^"\\]*")\s*,')
_AT_END = re.compile(rb'\}\s*,\s*"id"\s*:\s*(\d+|"[^"\\]*")\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$')


@dataclass(frozen=True, slots=True)
class TooLong:
    """A line over the cap, of which only the ends were kept."""

    size: int
    request_id: int | str | None


class LineCutter:
    """The SDK's own reader joins and splits everything it has for every chunk: 20 MB take half a minute."""

    def __init__(self, cap: int = MOST_BYTES) -> None:
        self._cap = cap
        self._pieces: list[bytes] = []
        self._size = 0
        self._tail = b""

    def feed(self, chunk: bytes) -> Iterator[bytes | TooLong]:
        """The lines that `chunk` completes, without their line ends."""
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            self._add(piece)
            yield self._take()
        self._add(rest)

    def _add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= self._cap:
            self._pieces.append(piece)
            return
        if len(self._pieces) != 1 or len(self._pieces[0]) > _KEPT:
            whole = b"".join(self._pieces) + piece[:_KEPT]
            self._pieces = [whole[:_KEPT]]
        self._tail = (self._tail + piece)[-_KEPT:]

    def _take(self) -> bytes | TooLong:
        pieces, size, tail = self._pieces, self._size, self._tail
        self._pieces, self._size, self._tail = [], 0, b""
        if size > self._cap:
            return TooLong(size, _request_id(pieces[0], tail))
        return b"".join(pieces)


def _request_id(head: bytes, tail: bytes) -> int | str | None:
    found = _AT_START.search(head) or _AT_END.search(tail)
    if found is None:
        return None
    text = found[1].decode("utf-8", "replace")
    return text[1:-1] if text.startswith('"') else int(text)
