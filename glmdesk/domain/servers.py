"""MCP servers as data: how one is reached, what it offers, in which state it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.tools import ToolSpec

_SECRET_NAME = re.compile(r"key|token|secret|pass|auth|cred|pwd|cookie|session|dsn|connection", re.IGNORECASE)
# Switches, numbers, one short word, folders, locales: everything else may be a secret.
_HARMLESS = re.compile(
    r"|true|false|\d{1,6}(\.\d+)?|[A-Za-z]{1,12}|[~/.][\w./~ -]*|[A-Za-z]:\\[\w\\. -]*|[a-z]{2}_[A-Z]{2}(\.UTF-8)?"
)
_NOT_IN_NAMES = re.compile(r"[^\w.-]")
_REFERENCE = re.compile(r"\$\{keyring:([^${}]+)\}")


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
    """How a server is reached. Values of `env` and `headers`, and `url`, may hold `${keyring:name}`.

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

    @property
    def references(self) -> frozenset[str]:
        """Names of the secrets it refers to."""
        texts = (*self.env.values(), *self.headers.values(), self.url)
        return frozenset(name for text in texts for name in _REFERENCE.findall(text))


def is_secret_name(name: str) -> bool:
    """Whether what has this name is to be kept from sight."""
    return bool(_SECRET_NAME.search(name))


def looks_secret(name: str, value: str) -> bool:
    """Whether a value belongs into the keyring: by its name, or because it is not plainly harmless."""
    return bool(value) and (is_secret_name(name) or not _HARMLESS.fullmatch(value))


def hide_secrets(config: ServerConfig, plain: Collection[str]) -> tuple[ServerConfig, dict[str, str]]:
    """The config with references in the place of its secrets, and the secrets by name.

    `plain` names variables and headers that may stay as they are.
    """
    taken: dict[str, str] = {}

    def hidden(kind: str, name: str, value: str) -> str:
        if not value or _REFERENCE.search(value):
            return value
        key = f"mcp:{config.id}:{kind}-{_NOT_IN_NAMES.sub('_', name)}"
        taken[key] = value
        return reference(key)

    def mapped(kind: str, values: Mapping[str, str]) -> dict[str, str]:
        return {name: value if name in plain else hidden(kind, name, value) for name, value in values.items()}

    def in_query(found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        return f"{name}={hidden('url', name, value)}" if _SECRET_NAME.search(name) else found[0]

    base, mark, query = config.url.partition("?")
    url = base + mark + re.sub(r"([^&=#]+)=([^&#]*)", in_query, query)
    return replace(config, env=mapped("env", config.env), headers=mapped("header", config.headers), url=url), taken


def tool_shape(spec: ToolSpec) -> str:
    """What the model reads of a tool, as lines that can be compared."""
    return f"{spec.description}\n\n{json.dumps(spec.parameters, ensure_ascii=False, indent=2, sort_keys=True)}\n"


def reference(name: str) -> str:
    """The text that stands for a secret in a config."""
    return f"${{keyring:{name}}}"


def name_references(text: str, word: str) -> str:
    """`text` with `word` in the place of each reference, for the eye."""
    return _REFERENCE.sub(lambda _: word, text)


def fill_references(text: str, secrets: Mapping[str, str]) -> str:
    """`text` with its references replaced. Raises KeyError with the name of one that is missing."""
    return _REFERENCE.sub(lambda found: secrets[found[1]], text)


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
