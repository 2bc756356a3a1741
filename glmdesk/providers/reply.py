"""A reply of status 200, whatever it turns out to be: a stream, a JSON body, a web page or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from glmdesk.domain.errors import Action, Retry
from glmdesk.domain.event import Event, ReasoningDelta, TextDelta, ToolCallDelta
from glmdesk.providers.chunks import ChunkReader
from glmdesk.providers.errors import decode, wire_error
from glmdesk.providers.limits import Limits
from glmdesk.providers.sse import LineTooLong, ServerEvent, SseDecoder

_BOM = b"\xef\xbb\xbf"
_OPENING = 200  # bytes shown of what came instead of an answer


class ReplyReader:
    """Looks at the first byte and not at Content-Type, which gateways get wrong (glm-api.md §4.3.7, faults row 34)."""

    def __init__(self, chunks: ChunkReader, limits: Limits) -> None:
        self._chunks = chunks
        self._limits = limits
        self._sse = SseDecoder(max_line=limits.line)
        self._early: bytearray | None = bytearray()  # until the first byte that tells
        self._body: bytearray | None = None  # when it is no stream
        self._words = ""
        self._events = 0
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events `chunk` completes. Raises ProviderError."""
        if self._early is not None:
            self._early += chunk
            chunk = self._sniff(self._early)
        if self._body is None:
            yield from self._read(self._decoded(chunk))
            return
        self._body += chunk
        if len(self._body) > self._limits.body:
            raise wire_error("too_big")

    def finish(self) -> Iterator[Event]:
        """The events of the end. Raises ProviderError."""
        if self._body is not None:
            yield from self._whole(bytes(self._body))
            return
        yield from self._read(self._sse.finish())
        if not self._events:
            raise wire_error("empty_reply", retry=Retry.SHORT, detail=self._words)
        yield from self._chunks.finish()

    def _sniff(self, early: bytearray) -> bytes:
        """All that came so far once it is known what it is, nothing before that."""
        start = early.removeprefix(_BOM).lstrip()
        if (not start or _BOM.startswith(bytes(early))) and len(early) < _OPENING:
            return b""
        if start.startswith((b"{", b"[", b"<")):
            self._body = bytearray()
        self._words = early[:_OPENING].decode("utf-8", "replace")
        self._early = None
        return bytes(early)

    def _decoded(self, chunk: bytes) -> list[ServerEvent]:
        try:
            return self._sse.feed(chunk)
        except LineTooLong:
            raise wire_error("line_too_long", action=Action.CONTINUE) from None

    def _read(self, events: Iterable[ServerEvent]) -> Iterator[Event]:
        for event in events:
            if self._chunks.done:
                return
            self._events += 1
            yield from self._counted(self._chunks.event(event))

    def _counted(self, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            if isinstance(event, TextDelta | ReasoningDelta):
                self._size += len(event.text)
            elif isinstance(event, ToolCallDelta):
                self._size += len(event.arguments)
            if self._size > self._limits.answer:
                raise wire_error("answer_too_long", action=Action.CONTINUE)
            yield event

    def _whole(self, raw: bytes) -> Iterator[Event]:
        body = decode(raw.removeprefix(_BOM))
        if not isinstance(body, dict):
            raise self._chunks.refused(body)
        fields = cast(dict[str, Any], body)
        if "choices" not in fields:
            raise self._chunks.refused(fields)
        yield from self._counted(self._chunks.chunk(fields))
        yield from self._chunks.finish()
