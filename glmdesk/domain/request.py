"""A chat request before a dialect turns it into a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from glmdesk.domain.message import Role
from glmdesk.domain.part import ToolCallPart
from glmdesk.domain.tools import ToolSpec


@dataclass(frozen=True, slots=True)
class RequestMessage:
    """One message of the history as it is sent (glm-api.md §2, "Message forms")."""

    role: Role
    content: str
    reasoning: str = ""
    tool_calls: tuple[ToolCallPart, ...] = ()
    tool_call_id: str = ""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Sampling and limits; None is not sent, so that the server's default for the model holds.

    `temperature` in [0, 1], `top_p` in [0.01, 1], `max_tokens` ≥ 1, at most one stop word (glm-api.md §2).
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop: str | None = None
    json_object: bool = False


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Everything one request needs. `thinking` is always explicit where the dialect has a switch.

    `server_tools` are tools of other types that run at the service (glm-api.md §7), as they go over the wire.
    `keeps_reasoning`: the messages have the thoughts of earlier answers, and the model is to read them (§6).
    """

    model: str
    messages: tuple[RequestMessage, ...]
    thinking: bool
    parameters: Parameters = Parameters()
    tools: tuple[ToolSpec, ...] = ()
    server_tools: tuple[Mapping[str, Any], ...] = ()
    user_id: str = ""
    keeps_reasoning: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class WireRequest:
    """What goes over the wire, with the key masked: for the inspector and "copy as"."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
