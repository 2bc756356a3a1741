"""Tools as data and ports: what is offered to the model, what a call gives, who may decide about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from glmdesk.domain.structured import SchemaFault

BUILT_IN = "builtin"
USER = "user"
"""The origin of the user's own functions."""
CALL_SECONDS = 60.0
"""How long a call may take when its tool says nothing else (faults.md row 49)."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function offered to the model; `parameters` is a JSON Schema.

    `name` is what goes over the wire, `^[a-zA-Z0-9_-]{1,64}$` (glm-api.md §7); a server's tools are `server__tool`.
    `origin` is `BUILT_IN` or the id of the server. `read_only` is the server's own hint: shown, and never believed.
    `label_id` names a text of the catalogue, '' when the name is the label. `seconds` is the time a call may take.
    """

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    origin: str = BUILT_IN
    read_only: bool = False
    label_id: str = ""
    seconds: float = CALL_SECONDS

    @property
    def digest(self) -> str:
        """SHA-256 over what the user has agreed to: name, description and schema."""
        shape = [self.name, self.description, self.parameters]
        text = json.dumps(shape, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class UserTool:
    """A function of the user's own. `parameters` is a JSON Schema; `mock` answers its calls (tools/user_tools.py)."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    mock: str = ""

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(self.name, self.description, self.parameters, origin=USER)


@dataclass(frozen=True, slots=True)
class Link:
    """A source to show beside a result. `url` is untrusted."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call gave. `text` goes to the model; `diff` (unified) and `links` are for the user's eyes.

    `is_data` False: the words are the program's own and need no fence.
    """

    text: str
    is_error: bool = False
    is_data: bool = True
    links: tuple[Link, ...] = ()
    diff: str = ""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Where a call happens. `workspace` is the folder the user chose for the conversation.

    No tool looks into a `hidden` folder, wherever the workspace is: in the program's own a call could allow itself all.
    """

    conversation_id: str = ""
    workspace: Path | None = None
    hidden: tuple[Path, ...] = ()


class ToolFault(Exception):
    """A call that could not be done; its text goes to the model as the result.

    `faults`, or `text_id` with `args_shown`, say the same to a user whose arguments these are; without them `str` does.
    """

    def __init__(self, words: str, text_id: str = "", *, faults: Sequence[SchemaFault] = (), **args: str) -> None:
        super().__init__(words)
        self.text_id = text_id
        self.args_shown: Mapping[str, str] = args
        self.faults = tuple(faults)


class Toolbox(Protocol):
    """A source of tools: the built-in ones, or the MCP servers. All calls belong to the event loop's thread."""

    def specs(self) -> Sequence[ToolSpec]:
        """The tools that are known now, in a fixed order. Announce `Changes(tools=True)` when they change."""
        ...

    async def preview(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> str:
        """What the call would change, as a unified diff for the approval; '' when there is nothing to show.

        Must not change anything itself. Raises ToolFault when the call cannot succeed.
        """
        ...

    async def call(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        """Do it. The arguments fit the schema and the user has agreed. Ends at once when it is cancelled.

        Raises ToolFault; any other exception is a bug of the tool and is told to the model without its trace.
        """
        ...


class Scope(StrEnum):
    """How far a decision reaches."""

    ONCE = "once"
    CHAT = "chat"
    ALWAYS = "always"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A call that waits for the user.

    `arguments` is the JSON object that will be used, pretty-printed in full; `can_always` is False at first sight of
    this exact tool (its digest); `changed` says that the tool is not the one that was allowed before.
    """

    id: str
    conversation_id: str
    call_id: str
    spec: ToolSpec
    arguments: str
    diff: str = ""
    can_always: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The user's word. `arguments` replaces those of the request when not None; `reason` is told to the model."""

    scope: Scope
    reason: str = ""
    arguments: str | None = None

    @property
    def allowed(self) -> bool:
        return self.scope is not Scope.DENY


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of the journal of decisions. `at` is seconds since the epoch; `revoked_at` None = still in force.

    `digest` is '' when the server of the tool is gone or another one now: nothing brings such a grant back.
    """

    id: str
    at: float
    origin: str
    tool: str
    digest: str
    scope: Scope
    conversation_id: str = ""
    revoked_at: float | None = None
