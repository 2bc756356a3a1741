"""An answer while it comes in: what the transcript pulls and what the store saves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic

from glmdesk.domain.assemble import Assembly
from glmdesk.domain.event import Event, Retrying
from glmdesk.domain.message import Message
from glmdesk.domain.prices import Cost
from glmdesk.services.transcript import Notice, Step, StepState

_CONNECTING = Notice("transcript.notice.connecting")
# Seconds without a word after which it is told; neither is an error (decisions.md).
_NO_HEADERS, _SILENCE = 60.0, 20.0
_CLOCK_STEP = 0.1  # seconds between two repaints of the thinking clock
_TOOL_STEP = 1.0  # and of the clock of a running tool


class LiveAnswer:
    """Wraps an `Assembly`; every view follows it with a `Follower` of its own, `unsaved` is for the checkpoint."""

    def __init__(self, base: Message, *, can_rest: bool = True, clock: Callable[[], float] = monotonic) -> None:
        self.cost = base.cost  # of all requests that have ended; None: one of them has no price
        self._charged = base.cost is not None
        self.can_rest = can_rest  # its model can be asked without thinking
        self.message_id = base.id
        self.conversation_id = base.conversation_id
        self.assembly = Assembly(base, clock=clock)
        self.hurry = asyncio.Event()
        self.unsaved = False
        self.clock = clock
        self.revision = 0
        self._heard_at = clock()
        self._begun = False  # something of the answer has come
        self._countdown: Notice | None = None
        self._steps: dict[str, Step] = {}

    def apply(self, event: Event) -> None:
        """Fold an event in; a retry becomes the notice, anything else ends it."""
        match event:
            case Retrying(after, cause, attempt, limit):
                self.hurry.clear()
                args = {"cause_id": cause.what_id, **cause.args, "attempt": str(attempt), "limit": str(limit)}
                until = self.clock() + after
                self._countdown = Notice("transcript.notice.retrying", args, until=until, can_hurry=True)
                self._heard_at = until  # from then on an answer is waited for
            case _:
                self._countdown = None
                self._begun = True
                self._heard_at = self.clock()
                self.assembly.apply(event)
                self.unsaved = True
        self.revision += 1

    def charge(self, cost: Cost | None) -> None:
        """Put what one more request has cost upon the rest; None: it has no price, and so the answer has none."""
        known = not self._charged or self.cost is not None
        self._charged = True
        self.cost = (self.cost + cost if self.cost else cost) if known and cost is not None else None

    def advance(self, message: Message, *, waiting: bool) -> None:
        """Go on from `message`; `waiting`: the next words come from the service."""
        self.assembly = Assembly(replace(message, cost=self.cost), clock=self.clock)
        self._begun = not waiting
        self._heard_at = self.clock()
        self.unsaved = True
        self.revision += 1

    def set_step(self, call_id: str, state: StepState | None) -> None:
        """Where a call stands; None when it has its result."""
        if state is None:
            self._steps.pop(call_id, None)
        else:
            self._steps[call_id] = Step(state, self.clock())
        self._heard_at = self.clock()
        self.revision += 1

    @property
    def steps(self) -> Mapping[str, Step]:
        """The calls that are on their way."""
        return dict(self._steps)

    @property
    def notice(self) -> Notice | None:
        """What is waited for, by the clock: a connection has no events of its own while nothing comes."""
        if self._steps:
            return None
        silent = self.clock() - self._heard_at
        if self._countdown is not None and silent < 0 and not self.hurry.is_set():
            return self._countdown
        if silent >= (_SILENCE if self._begun else _NO_HEADERS):
            text_id = "transcript.notice.silence" if self._begun else "transcript.notice.no_headers"
            return Notice(text_id, {"seconds": str(int(silent))})
        return _CONNECTING if self._countdown is not None or not self._begun else None

    @property
    def runs_tools(self) -> bool:
        """True while a call is being carried out: its clock ticks."""
        return any(step.state is StepState.RUNNING for step in self._steps.values())

    def save_point(self) -> Message:
        """The newest state, for the store."""
        self.unsaved = False
        return self.assembly.snapshot()


class Follower:
    """What one view has seen of a running answer; `take()` is called once a frame."""

    def __init__(self, live: LiveAnswer) -> None:
        self._live = live
        self.message_id = live.message_id
        self.can_rest = live.can_rest
        self._seen = -1
        self._taken_at = live.clock()
        self._shown: Notice | None = None

    @property
    def notice(self) -> Notice | None:
        return self._live.notice

    @property
    def steps(self) -> Mapping[str, Step]:
        return self._live.steps

    @property
    def has_news(self) -> bool:
        """True when a frame should look again; the thinking clock and a notice that changed count as news."""
        live, notice = self._live, self._live.notice
        if live.revision != self._seen or notice != self._shown:
            return True
        ticking = live.assembly.thinking_now or (notice is not None and notice.until is not None)
        step = _CLOCK_STEP if ticking else _TOOL_STEP
        return (ticking or live.runs_tools) and live.clock() - self._taken_at >= step

    def take(self) -> Message:
        """The newest state."""
        self._seen = self._live.revision
        self._shown = self._live.notice
        self._taken_at = self._live.clock()
        return self._live.assembly.snapshot()
