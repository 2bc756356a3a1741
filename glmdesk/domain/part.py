"""What a message is made of: text, reasoning, tool calls and results, attachments, errors."""

from __future__ import annotations

from dataclasses import dataclass

from glmdesk.domain.errors import ErrorInfo


@dataclass(frozen=True, slots=True)
class TextPart:
    """The words of a turn, byte-exact as received or typed; the view trims for display."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """What the model thought, byte-exact for replay; `seconds` from the first to the last delta."""

    text: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """One call the model asks for; `arguments` is the JSON text as received (glm-api.md §3)."""

    call_id: str
    name: str
    arguments: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """The answer to one call."""

    call_id: str
    content: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class AttachmentPart:
    """A file or long paste given with a turn, already read to text."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class ErrorPart:
    """Why an answer ended early; stands beside the text, never in its place."""

    error: ErrorInfo


Part = TextPart | ReasoningPart | ToolCallPart | ToolResultPart | AttachmentPart | ErrorPart
