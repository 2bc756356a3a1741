"""Rows read straight from the pages of a damaged SQLite file, without SQLite (sqlite.org/fileformat2.html)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Value = int | float | str | bytes | None

_PAGE_SIZE = 4096  # what SQLite gives a new file, and so every file of ours whose header is lost
_HEADER = b"SQLite format 3\0"
_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR = 0x0D, 0x0A, 0x02
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_WAL_HEADER, _FRAME_HEADER = 32, 24
_LONGEST_ROW = 1 << 28  # a length beyond this is damage, not a row
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row of some table. `whole` is False when a later page of it is gone: its last values are cut or missing."""

    rowid: int
    values: tuple[Value, ...]
    whole: bool


class BrokenCell(Exception):
    """Bytes that are no row."""


class Pages:
    """The pages of a file, the newest committed ones of its log before those of the file itself."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self.size = _page_size(self._data)
        self._newer = _log_pages(path.with_name(path.name + "-wal"), self.size)
        self.count = max(-(-len(self._data) // self.size), *self._newer, 0)

    def page(self, number: int) -> bytes:
        """Page `number` (from 1); what lies behind the end of the file is empty."""
        newer = self._newer.get(number)
        if newer is not None:
            return newer
        return self._data[(number - 1) * self.size : number * self.size]

    def rows(self) -> Iterator[FoundRow]:
        """Every row of every table, in the order of pages; what cannot be read is passed over."""
        for number in range(1, self.count + 1):
            for cell in self._cells(number, _TABLE_LEAF):
                try:
                    yield self._row(self.page(number), cell)
                except BrokenCell:
                    continue

    def index_entries(self) -> Iterator[tuple[Value, ...]]:
        """The entries of every index that fit on their page."""
        for number in range(1, self.count + 1):
            for kind, skipped in ((_INDEX_LEAF, 0), (_INDEX_INTERIOR, 4)):
                for cell in self._cells(number, kind):
                    page = self.page(number)
                    try:
                        length, at = _varint(page, cell + skipped)
                        values, whole = _record(page[at : at + length])
                    except BrokenCell:
                        continue
                    if whole:
                        yield values

    def _cells(self, number: int, kind: int) -> list[int]:
        page = self.page(number)
        start = 100 if number == 1 else 0
        if len(page) < start + 12 or page[start] != kind:
            return []
        (count,) = struct.unpack_from(">H", page, start + 3)
        first = start + (12 if kind == _INDEX_INTERIOR else 8)
        if first + 2 * count > len(page):
            return []
        return [cell for (cell,) in struct.iter_unpack(">H", page[first : first + 2 * count]) if cell >= first]

    def _row(self, page: bytes, cell: int) -> FoundRow:
        length, at = _varint(page, cell)
        rowid, at = _varint(page, at)
        if not 0 < length <= _LONGEST_ROW:
            raise BrokenCell
        payload = self._payload(page, at, length)
        values, whole = _record(payload)
        return FoundRow(_signed(rowid), values, whole and len(payload) == length)

    def _payload(self, page: bytes, at: int, length: int) -> bytes:
        """The bytes of a row, as many as its chain of overflow pages still has."""
        most = self.size - 35
        if length <= most:
            return page[at : at + length]
        least = (self.size - 12) * 32 // 255 - 23
        local = least + (length - least) % (self.size - 4)
        if local > most:
            local = least
        pieces = [page[at : at + local]]
        follow = page[at + local : at + local + 4]
        missing = length - local
        while missing > 0 and len(follow) == 4:
            number = int.from_bytes(follow, "big")
            overflow = self.page(number) if 1 < number <= self.count else b""
            if not overflow:
                break
            pieces.append(overflow[4 : 4 + missing])
            missing -= self.size - 4
            follow = overflow[:4]
        return b"".join(pieces)


def _page_size(data: bytes) -> int:
    if not data.startswith(_HEADER):
        return _PAGE_SIZE
    size = int.from_bytes(data[16:18], "big")
    size = 65536 if size == 1 else size
    return size if size >= 512 and size & (size - 1) == 0 else _PAGE_SIZE


def _log_pages(path: Path, page_size: int) -> dict[int, bytes]:
    """Pages that transactions of the log committed; frames after the last commit, or of an older log, do not count."""
    data = path.read_bytes() if path.exists() else b""
    if len(data) < _WAL_HEADER or int.from_bytes(data[:4], "big") not in _WAL_MAGIC:
        return {}
    if int.from_bytes(data[8:12], "big") != page_size:
        return {}
    salts = data[16:24]
    committed: dict[int, bytes] = {}
    open_frames: dict[int, bytes] = {}
    for at in range(_WAL_HEADER, len(data) - _FRAME_HEADER - page_size + 1, _FRAME_HEADER + page_size):
        number, size_after = struct.unpack_from(">II", data, at)
        if data[at + 8 : at + 16] != salts:
            break
        open_frames[number] = data[at + _FRAME_HEADER : at + _FRAME_HEADER + page_size]
        if size_after:
            committed.update(open_frames)
            open_frames.clear()
    return committed


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(9):
        if at >= len(data):
            raise BrokenCell
        byte = data[at]
        at += 1
        if place == 8:
            return value << 8 | byte, at
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
    raise BrokenCell


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _record(payload: bytes) -> tuple[tuple[Value, ...], bool]:
    """The values of a record; False when its end is missing."""
    header, at = _varint(payload, 0)
    if not at <= header <= len(payload):
        raise BrokenCell
    kinds: list[int] = []
    while at < header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    at = header
    for kind in kinds:
        length = _length(kind)
        values.append(_value(kind, payload[at : at + length], length))
        at += length
    return tuple(values), at <= len(payload)


def _length(kind: int) -> int:
    if kind in (10, 11):
        raise BrokenCell
    return (kind - 12) // 2 if kind >= 12 else 8 if kind == 7 else _INTEGER_BYTES.get(kind, 0)


def _value(kind: int, data: bytes, length: int) -> Value:
    if kind in (8, 9):
        return kind - 8
    if kind >= 12:
        return data if kind % 2 == 0 else data.decode("utf-8", "replace")
    if kind == 0 or len(data) < length:
        return None
    return float(struct.unpack(">d", data)[0]) if kind == 7 else int.from_bytes(data, "big", signed=True)
