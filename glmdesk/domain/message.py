"""A message: one node of a conversation's tree of turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from glmdesk.domain.part import (
    AttachmentPart,
    ErrorPart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
)
from glmdesk.domain.prices import Cost
from glmdesk.domain.usage import Timing, Usage

P = TypeVar("P", bound=Part)


class Role(StrEnum):
    """Roles of the wire (glm-api.md §2)."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Status(StrEnum):
    """Where an answer stands. User turns are always `COMPLETE`."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"  # the user pressed Stop: an outcome, not an error
    INTERRUPTED = "interrupted"  # the program died while it streamed
    FAILED = "failed"  # an ErrorPart says why
    WITHDRAWN = "withdrawn"  # finish_reason `sensitive`: not shown, not sent


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `seq` orders messages in a conversation and is given by the store (0 = not stored yet).

    `created_at` is seconds since the epoch, for display only: never for order.
    """

    id: str
    conversation_id: str
    role: Role
    parts: tuple[Part, ...] = ()
    parent_id: str | None = None
    seq: int = 0
    status: Status = Status.COMPLETE
    model: str = ""
    endpoint_id: str = ""
    thinking: bool | None = None
    finish_reason: str = ""
    request_id: str = ""
    usage: Usage | None = None
    timing: Timing = Timing()
    cost: Cost | None = None  # None: unpriced, or the server named no usage
    created_at: float = 0.0
    deleted_at: float | None = None  # a deleted turn stays a link of the tree until it is forgotten
    damaged: bool = False  # its checksum did not match when it was read

    def of(self, kind: type[P]) -> tuple[P, ...]:
        """All parts of one kind, in order."""
        return tuple(part for part in self.parts if isinstance(part, kind))

    @property
    def text(self) -> str:
        """The words, joined; byte-exact."""
        return "".join([part.text for part in self.parts if isinstance(part, TextPart)])  # often asked for: no detour

    @property
    def reasoning(self) -> str:
        """The reasoning, joined; byte-exact."""
        return "".join([part.text for part in self.parts if isinstance(part, ReasoningPart)])

    @property
    def reasoning_seconds(self) -> float:
        return sum(part.seconds for part in self.of(ReasoningPart))

    @property
    def tool_calls(self) -> tuple[ToolCallPart, ...]:
        return self.of(ToolCallPart)

    @property
    def attachments(self) -> tuple[AttachmentPart, ...]:
        return self.of(AttachmentPart)

    @property
    def error(self) -> ErrorPart | None:
        """The newest error, if the turn ended with one."""
        errors = self.of(ErrorPart)
        return errors[-1] if errors else None

    def without_errors(self) -> Message:
        """The same turn with its error parts taken off (before it is continued)."""
        return replace(self, parts=tuple(p for p in self.parts if not isinstance(p, ErrorPart)))
