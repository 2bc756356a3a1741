"""The interface the message view pulls from: rows, a revision, and what changed since it last looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from glmdesk.domain.conversation import path_to, question_among
from glmdesk.domain.message import Message, Role

_SHOWN = (Role.USER, Role.ASSISTANT)


@dataclass(frozen=True, slots=True)
class Notice:
    """The state of a running answer that is not part of it: connecting, retry countdown, silence.

    `until` is the end of a countdown in monotonic seconds; the view fills `{seconds}` from it as it paints.
    """

    text_id: str
    args: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    until: float | None = None
    can_hurry: bool = False  # "retry now" makes sense


class StepState(StrEnum):
    """Where a call stands before it has a result."""

    PREPARING = "preparing"
    ASKING = "asking"  # waits for the user
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Step:
    """A call on its way; `since` in monotonic seconds."""

    state: StepState
    since: float


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the path that is shown. `variant` counts from 1 of `variants`.

    `steps` are the calls of a running answer that have no result yet, by call id.
    """

    message: Message
    live: bool = False
    variant: int = 1
    variants: int = 1
    notice: Notice | None = None
    can_rest: bool = False  # a running answer whose model can be asked without thinking
    asked: bool = True  # its question is there, so that it can be asked again
    steps: Mapping[str, Step] = field(default_factory=lambda: _NO_STEPS)
    alone: bool = False  # a column of a comparison

    @property
    def id(self) -> str:
        return self.message.id


_NO_STEPS: Mapping[str, Step] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TranscriptChanges:
    """`reset`: rows may differ anywhere; `updated`: ids whose row changed; `appended`: new rows at the end."""

    reset: bool = False
    updated: frozenset[str] = frozenset()
    appended: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.reset or self.updated or self.appended)


class LiveSource(Protocol):
    """An answer that is still coming in."""

    @property
    def message_id(self) -> str: ...

    @property
    def notice(self) -> Notice | None: ...

    @property
    def has_news(self) -> bool: ...

    @property
    def can_rest(self) -> bool: ...

    @property
    def steps(self) -> Mapping[str, Step]: ...

    def take(self) -> Message: ...


class Transcript:
    """The shown path of one conversation, or `only` one message of it. Plain Python on the event loop's thread;
    nothing is pushed."""

    def __init__(self, conversation_id: str, *, only: str = "") -> None:
        self.conversation_id = conversation_id
        self._only = only
        self.revision = 0
        self._rows: list[Row] = []
        self._place: dict[str, int] = {}
        self._reset = True
        self._updated: set[str] = set()
        self._appended = 0
        self._live: dict[str, LiveSource] = {}

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def row(self, message_id: str) -> Row | None:
        place = self._place.get(message_id)
        return None if place is None else self._rows[place]

    def take_changes(self) -> TranscriptChanges:
        """What changed since the last call; call it at most once a frame. Joins the deltas of a running answer."""
        self._pull()
        taken = TranscriptChanges(self._reset, frozenset(self._updated), self._appended)
        self._reset, self._appended = False, 0
        self._updated.clear()
        return taken

    def _pull(self) -> None:
        for message_id, live in self._live.items():
            if message_id in self._place and live.has_news:
                self._replace(live.take(), live=True, notice=live.notice, can_rest=live.can_rest, steps=live.steps)

    # The service's side.

    def follow(self, live: LiveSource) -> None:
        """Pull this answer from now on, while it is on the shown path."""
        self._live[live.message_id] = live
        self._pull()

    def settle(self, message: Message) -> None:
        """The running answer has ended as `message`."""
        self._live.pop(message.id, None)
        self.update(message, live=False)

    def load(self, messages: Sequence[Message], leaf_id: str | None) -> None:
        """Show the path to `leaf_id`."""
        path = [m for m in path_to(messages, leaf_id) if m.role in _SHOWN and self._only in ("", m.id)]
        siblings, by_id = _siblings(messages), {m.id: m for m in messages}
        self._rows = [self._make_row(m, siblings[m.parent_id, m.role], by_id) for m in path]
        self._place = {row.id: i for i, row in enumerate(self._rows)}
        self._reset = True
        self.revision += 1

    def _make_row(self, message: Message, siblings: Sequence[str], by_id: Mapping[str, Message]) -> Row:
        asked = question_among(by_id, message) is not None
        if self._only:
            return Row(message, asked=asked, alone=True)
        return Row(message, variant=siblings.index(message.id) + 1, variants=len(siblings), asked=asked)

    def append(self, messages: Iterable[Message], *, live: bool = False) -> None:
        for message in messages:
            self._place[message.id] = len(self._rows)
            self._rows.append(Row(message, live=live and message.role is Role.ASSISTANT))
            self._appended += 1
        self.revision += 1

    def update(self, message: Message, *, live: bool, notice: Notice | None = None, can_rest: bool = False) -> None:
        """Replace a row's message; unknown ids (another variant is shown) are ignored."""
        self._replace(message, live=live, notice=notice, can_rest=can_rest, steps=_NO_STEPS)

    def _replace(self, message: Message, **fields: Any) -> None:
        place = self._place.get(message.id)
        if place is None:
            return
        self._rows[place] = replace(self._rows[place], message=message, **fields)
        self._updated.add(message.id)
        self.revision += 1


def _siblings(messages: Iterable[Message]) -> dict[tuple[str | None, Role], list[str]]:
    """The ids of the variants of every turn, oldest first: one look at a long conversation, not one a row."""
    made: dict[tuple[str | None, Role], list[str]] = {}
    for message in sorted(messages, key=lambda m: m.seq):
        if message.deleted_at is None:
            made.setdefault((message.parent_id, message.role), []).append(message.id)
    return made
