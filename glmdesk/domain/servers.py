"""MCP servers as data: how one is reached, what it offers, in which state it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.tools import ToolSpec


class ServerTransport(StrEnum):
    """How messages travel: the pipes of a process, or HTTP (`SSE` is the old form of it)."""

    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"


class ServerState(StrEnum):
    """`REVIEW`: the command was never agreed to, or is another one now. `SIGN_IN`: the server wants a login."""

    OFF = "off"
    REVIEW = "review"
    STARTING = "starting"
    SIGN_IN = "sign_in"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """How a server is reached. `args`, `url` and values of `env` and `headers` may hold `${keyring:name}`, for secrets
    that are this server's own (domain/server_secrets.py).

    `id` is `[a-z0-9-]{1,24}` and starts the wire names of its tools. `folder` is where a process starts ('' = home).
    `trusted` is the fingerprint the user has agreed to; `seen` the shape of each tool as the user knows it, by name.
    """

    id: str
    name: str
    transport: ServerTransport = ServerTransport.STDIO
    command: str = ""
    args: tuple[str, ...] = ()
    folder: str = ""
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    enabled: bool = True
    trusted: str = ""
    seen: Mapping[str, str] = field(default_factory=dict[str, str])

    def fingerprint(self, program: str) -> str:
        """SHA-256 over everything that decides what is started or reached; `program` is the resolved command."""
        shape = [
            self.transport,
            self.command,
            program,
            self.args,
            self.folder,
            sorted(self.env.items()),
            self.url,
            sorted(self.headers.items()),
        ]
        return hashlib.sha256(json.dumps(shape).encode("utf-8", "surrogatepass")).hexdigest()


def tool_shape(spec: ToolSpec) -> str:
    """What the model reads of a tool, as lines that can be compared."""
    return f"{spec.description}\n\n{json.dumps(spec.parameters, ensure_ascii=False, indent=2, sort_keys=True)}\n"


@dataclass(frozen=True, slots=True)
class ServerTool:
    """A tool of a server. `name` is the server's own; `spec` is what is offered; `tokens` is what offering it costs."""

    name: str
    spec: ToolSpec
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class ServerResource:
    """Something a server can be asked to read. `size` in bytes, None when it does not say."""

    server_id: str
    uri: str
    name: str
    description: str = ""
    media_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class PromptArgument:
    name: str
    description: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class ServerPrompt:
    """A text a server has ready."""

    server_id: str
    name: str
    title: str
    description: str = ""
    arguments: tuple[PromptArgument, ...] = ()


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of a server now. All texts of the server are untrusted."""

    state: ServerState = ServerState.OFF
    error: ErrorInfo | None = None
    title: str = ""
    version: str = ""
    protocol: str = ""
    tools: tuple[ServerTool, ...] = ()
    resources: tuple[ServerResource, ...] = ()
    prompts: tuple[ServerPrompt, ...] = ()
    refused: tuple[str, ...] = ()  # tools that cannot be offered: a clash of names, a schema that is none


@dataclass(frozen=True, slots=True)
class ResourceText:
    """A resource as it was read."""

    name: str
    media_type: str
    text: str
