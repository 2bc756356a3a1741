"""What a dialect yields while an answer comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class Started:
    """The first chunk arrived. `model` may differ from the one asked for (glm-api.md §9)."""

    request_id: str
    model: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A whole call or a fragment of one: pieces with the same `index` and an empty `call_id` belong together."""

    index: int
    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ServerToolReported:
    """A tool the provider ran itself (web search, server-side MCP): shown, never answered."""

    kind: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class UsageReported:
    usage: Usage


@dataclass(frozen=True, slots=True)
class Retrying:
    """The request will be sent again `after` seconds from now. `attempt` counts from 1."""

    after: float
    cause: ErrorInfo
    attempt: int
    limit: int


@dataclass(frozen=True, slots=True)
class EventsSkipped:
    """`count` events in all could not be read and were left out."""

    count: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The end. `reason` is the last non-empty finish_reason, '' when the stream ended without one."""

    reason: str
    complete: bool = True  # False: the stream ended without finish_reason and without [DONE]


Event = (
    Started
    | ReasoningDelta
    | TextDelta
    | ToolCallDelta
    | ServerToolReported
    | UsageReported
    | Retrying
    | EventsSkipped
    | Finished
)
