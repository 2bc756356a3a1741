"""An answer while it comes in: what the transcript pulls and what the store saves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from glmdesk.domain.assemble import Assembly
from glmdesk.domain.event import Event, Phase, Retrying, Waiting
from glmdesk.domain.message import Message
from glmdesk.services.transcript import Notice

_CONNECTING = Notice("transcript.notice.connecting")
_WAITING = {
    Phase.HEADERS: "transcript.notice.no_headers",
    Phase.STREAM: "transcript.notice.silence",
}
_CLOCK_STEP = 0.1  # seconds between two repaints of the thinking clock


class LiveAnswer:
    """Wraps an `Assembly`; `take()` is called by the view once a frame, `unsaved` by the checkpoint."""

    def __init__(self, base: Message, *, clock: Callable[[], float] = monotonic) -> None:
        self.message_id = base.id
        self.conversation_id = base.conversation_id
        self.assembly = Assembly(base, clock=clock)
        self.hurry = asyncio.Event()
        self.notice: Notice | None = _CONNECTING
        self.unsaved = False
        self._clock = clock
        self._fresh = True
        self._taken_at = clock()

    def apply(self, event: Event) -> None:
        """Fold an event in; retries and silence become the notice, anything else ends it."""
        match event:
            case Retrying(after, cause, attempt, limit):
                self.hurry.clear()
                args = {"cause_id": cause.what_id, **cause.args, "attempt": str(attempt), "limit": str(limit)}
                until = self._clock() + after
                self.notice = Notice("transcript.notice.retrying", args, until=until, can_hurry=True)
            case Waiting(seconds, phase):
                self.notice = Notice(_WAITING[phase], {"seconds": f"{seconds:.0f}"})
            case _:
                self.notice = None
                self.assembly.apply(event)
                self.unsaved = True
        self._fresh = True

    @property
    def has_news(self) -> bool:
        """True when a frame should look again; the thinking clock counts as news."""
        if self._fresh:
            return True
        ticking = self.assembly.thinking_now or (self.notice is not None and self.notice.until is not None)
        return ticking and self._clock() - self._taken_at >= _CLOCK_STEP

    def take(self) -> Message:
        """The newest state, for the view."""
        self._fresh = False
        self._taken_at = self._clock()
        return self.assembly.snapshot()

    def save_point(self) -> Message:
        """The newest state, for the store."""
        self.unsaved = False
        return self.assembly.snapshot()
