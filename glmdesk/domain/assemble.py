"""Events folded into a message.

`apply` is cheap (it appends to lists); `snapshot` joins and is called once a frame or once a checkpoint, so a
long answer costs one join per frame and not one copy per token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.event import (
    Event,
    Finished,
    ReasoningDelta,
    ServerToolReported,
    Started,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from glmdesk.domain.message import Message, Status
from glmdesk.domain.part import ErrorPart, Part, ReasoningPart, ServerToolPart, TextPart, ToolCallPart
from glmdesk.domain.rounds import split_tail
from glmdesk.domain.seam import Seam
from glmdesk.domain.server_tools import server_tool
from glmdesk.domain.usage import Timing, Usage


@dataclass(slots=True)
class _Call:
    index: int
    call_id: str
    name: str
    arguments: list[str] = field(default_factory=list[str])

    def part(self) -> ToolCallPart:
        return ToolCallPart(self.call_id, self.name, "".join(self.arguments), self.index)


class Assembly:
    """Builds one assistant message from its events.

    `base` is the stored row (status `STREAMING`); what it has stays in front: earlier rounds of a tool loop as they
    are, text and reasoning after them are continued.
    `clock` gives monotonic seconds.
    """

    def __init__(self, base: Message, *, clock: Callable[[], float] = monotonic) -> None:
        self._base = base
        self._clock = clock
        self._sent_at = clock()
        self._kept, tail = split_tail(base)
        self._text: list[str] = [tail.text] if tail.text else []
        self._reasoning: list[str] = [tail.reasoning] if tail.reasoning else []
        self._seam = Seam(tail.text) if tail.text else None
        self._kept_seconds = tail.reasoning_seconds
        self._server_tools: list[ServerToolPart] = list(tail.of(ServerToolPart))
        self._calls: list[_Call] = []
        self._first_token: float | None = None
        self._thought_from: float | None = None
        self._thought_to: float | None = None
        self._text_started = False
        self._message = replace(base, timing=Timing())
        self.request_usage: Usage | None = None  # of this request alone

    @property
    def thinking_now(self) -> bool:
        """True while reasoning comes in and no answer text has started."""
        return self._thought_from is not None and not self._text_started

    def apply(self, event: Event) -> None:
        """Fold one event in. Events that say nothing about the message are ignored."""
        match event:
            case Started(request_id, model):
                self._message = replace(self._message, request_id=request_id, model=model or self._message.model)
            case ReasoningDelta(text):
                self._reason(text)
            case TextDelta(text):
                self._write(text)
            case ToolCallDelta():
                self._call(event)
            case ServerToolReported(kind, payload):
                self._server_tools.append(server_tool(kind, payload))
            case UsageReported(usage):
                self.request_usage = usage
                before = self._base.usage if self._kept else None  # each round of a tool loop is paid for
                self._message = replace(self._message, usage=before + usage if before else usage)
            case Finished(reason):
                self._message = replace(self._message, finish_reason=reason)
            case _:
                pass

    def _touch(self) -> float:
        now = self._clock()
        if self._first_token is None:
            self._first_token = now - self._sent_at
        return now

    def _reason(self, text: str) -> None:
        now = self._touch()
        if self._thought_from is None:
            self._thought_from = now
        if not self._text_started:
            self._thought_to = now
        self._reasoning.append(text)

    def _write(self, text: str) -> None:
        now = self._touch()
        # Whitespace content may come before reasoning and must not end the thought (glm-api.md §4.1).
        if not self._text_started and text.strip():
            self._text_started = True
            if self._thought_from is not None:
                self._thought_to = now
        self._text.append(self._seam.feed(text) if self._seam else text)

    def _call(self, delta: ToolCallDelta) -> None:
        self._touch()
        last = next((c for c in reversed(self._calls) if c.index == delta.index), None)
        if last is None or (delta.call_id and last.call_id and delta.call_id != last.call_id):
            last = _Call(delta.index, delta.call_id, delta.name)
            self._calls.append(last)
        last.call_id = last.call_id or delta.call_id
        last.name = last.name or delta.name
        last.arguments.append(delta.arguments)

    def _seconds(self) -> float:
        if self._thought_from is None:
            return self._kept_seconds
        end = self._clock() if self.thinking_now else (self._thought_to or self._thought_from)
        return self._kept_seconds + end - self._thought_from

    def snapshot(self) -> Message:
        """The message as it stands, status `STREAMING`."""
        parts: list[Part] = [*self._kept]
        if self._reasoning:
            self._reasoning = ["".join(self._reasoning)]
            parts.append(ReasoningPart(self._reasoning[0], round(self._seconds(), 3)))
        parts += self._server_tools
        if self._text:
            self._text = ["".join(self._text)]
            parts.append(TextPart(self._text[0]))
        parts += [call.part() for call in self._calls]
        return replace(self._message, parts=tuple(parts), timing=self._timing(None))

    def _timing(self, total: float | None) -> Timing:
        """The first token of the first round; the seconds of all rounds without the tools between them."""
        if not self._kept:
            return Timing(self._first_token, total)
        before = self._base.timing
        first = self._first_token if before.first_token is None else before.first_token
        return Timing(first, (before.total or 0.0) + total if total is not None else before.total)

    def close(self, status: Status, error: ErrorInfo | None = None) -> Message:
        """The final message: what has come stays, an error stands beside it."""
        now = self._clock()
        self._thought_to = self._thought_to if self._text_started or self._thought_from is None else now
        self._text_started = True  # stops the thinking clock
        if self._seam:
            self._text.append(self._seam.rest())
        message = self.snapshot()
        parts = (*message.parts, ErrorPart(error)) if error else message.parts
        return replace(message, parts=parts, status=status, timing=self._timing(round(now - self._sent_at, 3)))
