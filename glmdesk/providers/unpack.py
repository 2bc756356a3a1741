"""Packed bodies unpacked piece by piece: a bomb never becomes one big piece."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_PIECE = 1024 * 1024


class Unpackable(ValueError):
    """The body is packed in a way that cannot be read, or is damaged."""


class Unpacker:
    """`encoding` is the reply's Content-Encoding. We ask for none; gzip and deflate are read all the same."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Unpackable(name)
        # 47: the header says whether it is gzip or zlib.
        self._inflater = zlib.decompressobj(47) if name not in ("", "identity") else None

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """Pieces of at most 1 MB. Raises Unpackable."""
        if self._inflater is None:
            yield raw
            return
        while raw:
            try:
                piece = self._inflater.decompress(raw, _PIECE)
            except zlib.error as error:
                raise Unpackable(str(error)) from None
            raw = self._inflater.unconsumed_tail
            if piece:
                yield piece

    def finish(self) -> None:
        """Raises Unpackable when the end is missing."""
        if self._inflater is not None and not self._inflater.eof:
            raise Unpackable("truncated")
