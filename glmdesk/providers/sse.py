"""An incremental decoder of server-sent events, with caps."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LINE = 16 * 1024 * 1024  # bytes
_BOM = b"\xef\xbb\xbf"
_BREAK = re.compile(rb"\r\n|\n|\r")


class LineTooLong(ValueError):
    """A line is longer than the cap; the stream cannot be trusted any more."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event. `whole` is False for a last event that no blank line ended."""

    data: str
    name: str = ""
    whole: bool = True


class SseDecoder:
    """Feed bytes in any chunking, get the same events; one decoder per response.

    Follows the WHATWG rules, but an unterminated last event is handed out by `finish` (marked), because some gateways
    never send the last blank line. Invalid UTF-8 becomes U+FFFD.
    """

    def __init__(self, *, max_line: int = MAX_LINE) -> None:
        self._max_line = max_line
        self._buffer = bytearray()
        self._scan = 0  # where the search for the next line break goes on: every byte is looked at once
        self._at_start = True
        self._data: list[bytes] = []
        self._data_size = 0
        self._name = b""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that `chunk` completes. Raises LineTooLong."""
        self._buffer += chunk
        if self._at_start and not self._skip_bom():
            return []
        events: list[ServerEvent] = []
        start = 0
        for found in _BREAK.finditer(self._buffer, self._scan):
            if found.group() == b"\r" and found.end() == len(self._buffer):
                break  # its line feed may be in the next chunk
            self._line(bytes(self._buffer[start : found.start()]), events)
            start = found.end()
        if start:
            del self._buffer[:start]
        if len(self._buffer) > self._max_line:
            raise LineTooLong(f"a line is longer than {self._max_line} bytes")
        self._scan = len(self._buffer) - (1 if self._buffer.endswith(b"\r") else 0)
        return events

    def finish(self) -> list[ServerEvent]:
        """The end of the body: an event that no blank line ended."""
        events: list[ServerEvent] = []
        rest = bytes(self._buffer)
        self._buffer.clear()
        if rest and not (self._at_start and _BOM.startswith(rest)):
            self._line(rest.removesuffix(b"\r"), events)  # a lone carriage return ends a line too, also an empty one
        if self._data:
            events.append(self._take(whole=False))
        return events

    def _skip_bom(self) -> bool:
        """False while it is not known yet whether the stream begins with a byte order mark."""
        if len(self._buffer) < len(_BOM) and _BOM.startswith(bytes(self._buffer)):
            return False
        self._at_start = False
        if self._buffer.startswith(_BOM):
            del self._buffer[: len(_BOM)]
        return True

    def _line(self, line: bytes, events: list[ServerEvent]) -> None:
        if len(line) > self._max_line:
            raise LineTooLong(f"a line is longer than {self._max_line} bytes")
        if not line:
            if self._data:
                events.append(self._take(whole=True))
            self._name = b""
            return
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._append(value)
        elif field == b"event":
            self._name = value

    def _append(self, value: bytes) -> None:
        self._data_size += len(value)
        if self._data_size > self._max_line:
            raise LineTooLong(f"an event is longer than {self._max_line} bytes")
        self._data.append(value)

    def _take(self, *, whole: bool) -> ServerEvent:
        data = b"\n".join(self._data).decode("utf-8", "replace")
        event = ServerEvent(data, self._name.decode("utf-8", "replace"), whole)
        self._data, self._data_size = [], 0
        return event
