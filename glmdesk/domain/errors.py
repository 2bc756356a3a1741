"""What can go wrong, as three kinds of exception.

BaseException
├── asyncio.CancelledError      cancelled: Stop and quit; always re-raised, never shown
└── Exception
    ├── UserError               the user is told what happened and what to do
    │   ├── ProviderError       an answer of the service, classified by its code (providers/errors.py)
    │   ├── ConnectionFault     no answer: DNS, TLS, proxy, refused, time-out, cut stream
    │   ├── StoreError          the database or a file: full, locked, newer, damaged
    │   ├── SecretError         the keyring: absent, locked, denied, slow
    │   └── TemplateError       a template file: which line and why
    └── anything else           a bug: logged, one generic notice
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Action(StrEnum):
    """The button offered beside an error."""

    RETRY = "retry"
    CONTINUE = "continue"
    REGENERATE = "regenerate"
    OPEN_KEYS = "open_keys"
    OPEN_ENDPOINTS = "open_endpoints"
    OPEN_NETWORK = "open_network"
    SWITCH_MODEL = "switch_model"
    TRIM = "trim"
    RECHARGE = "recharge"
    NEW_CHAT = "new_chat"
    CHOOSE_FOLDER = "choose_folder"
    SEND_ANYWAY = "send_anyway"


class Retry(StrEnum):
    """Whether asking again by itself can heal an error (only before the first delta)."""

    NEVER = "never"
    SHORT = "short"  # 1, 2, 4 s: account concurrency (1302), server faults
    LONG = "long"  # 10, 20, 30 s: model overloaded (1305, 1312)


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An error as data: it can be stored on an answer and shown in any language later.

    `kind` names two texts of the catalogue, `error.<kind>.what` and `error.<kind>.fix`; `args` fills them.
    `detail` is the server's own sentence: untrusted, shown as plain text only.
    """

    kind: str
    args: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    action: Action | None = None
    retry: Retry = Retry.NEVER
    code: str = ""
    status: int = 0
    detail: str = ""
    request_id: str = ""

    @property
    def what_id(self) -> str:
        return f"error.{self.kind}.what"

    @property
    def fix_id(self) -> str:
        return f"error.{self.kind}.fix"


class UserError(Exception):
    """Base of everything the user is told; carries an `ErrorInfo` and never a key."""

    def __init__(self, info: ErrorInfo) -> None:
        super().__init__(f"{info.kind} code={info.code or '-'} status={info.status or '-'}")
        self.info = info


class ProviderError(UserError):
    """The service answered with an error. `retry_after` is the header as received, '' when there was none."""

    def __init__(self, info: ErrorInfo, *, retry_after: str = "") -> None:
        super().__init__(info)
        self.retry_after = retry_after


class ConnectionFault(UserError):
    """The service could not be reached or the connection broke."""


class StoreError(UserError):
    """The database or a file could not be read or written."""


class SecretError(UserError):
    """The keyring could not give or take a key."""


class TemplateError(UserError):
    """A template file is wrong; `info.args` has `file`, `line` and `reason`."""
