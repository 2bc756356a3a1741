"""What a message is made of: text, reasoning, tool calls and results, attachments, errors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.tools import Link


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


class Outcome(StrEnum):
    """How a call ended."""

    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    TIMEOUT = "timeout"
    STOPPED = "stopped"  # the user pressed Stop
    INTERRUPTED = "interrupted"  # the program died meanwhile
    LIMIT = "limit"  # too many calls in one turn: not run


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """The answer to one call. `content` is what the model reads.

    `is_data` says that the words come from outside (a file, a page, a server) and are fenced when they are sent.
    `arguments` is what the call ran with when the user edited it, else ''; `diff` and `links` are shown only.
    """

    call_id: str
    content: str
    is_error: bool = False
    outcome: Outcome = Outcome.DONE
    seconds: float = 0.0
    is_data: bool = False
    arguments: str = ""
    diff: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ServerToolPart:
    """A tool that the service ran itself (glm-api.md §7): shown, never answered, never sent back.

    `tool` is its type on the wire: web_search, mcp, …
    """

    tool: str
    name: str = ""
    content: str = ""
    links: tuple[Link, ...] = ()


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


Part = TextPart | ReasoningPart | ToolCallPart | ToolResultPart | ServerToolPart | AttachmentPart | ErrorPart
