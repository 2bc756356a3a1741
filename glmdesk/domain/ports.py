"""Ports: what a layer needs from a neighbour it must not import."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from glmdesk.domain.event import Event
from glmdesk.domain.exchange import Recorder
from glmdesk.domain.request import ChatRequest, WireRequest
from glmdesk.domain.secret import Secret


class Dialect(Protocol):
    """One way of speaking chat completions."""

    def stream(
        self,
        request: ChatRequest,
        key: Secret | None,
        *,
        hurry: asyncio.Event | None = None,
        record: Recorder | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Send and yield events until `Finished`. Raises ProviderError or ConnectionFault; cancel by closing.

        Setting `hurry` ends a retry countdown at once. `record` takes down what goes over the wire.
        """
        ...

    def wire_request(self, request: ChatRequest) -> WireRequest:
        """What `stream` would send, with the key masked."""
        ...

    async def check(self, model: str, key: Secret | None) -> None:
        """One cheap call that proves the key and the address. Raises what `stream` raises."""
        ...


class Trace(Protocol):
    """Where measurements go (`GLMDESK_TRACE`); nobody holds one when none was asked for."""

    def event(self, name: str, *, at: float | None = None, **fields: float | str) -> None:
        """`at` in monotonic seconds, now when it is left out."""
        ...


class StoreKind(StrEnum):
    """Where a key went."""

    SECRET_SERVICE = "secret_service"  # noqa: S105 (a name, not a secret)
    KWALLET = "kwallet"
    MACOS = "macos"
    WINDOWS = "windows"
    MEMORY = "memory"  # this session only, by the user's choice


class SecretStore(Protocol):
    """The operating system's keyring, or this session's memory. All calls end within 5 s or raise SecretError."""

    async def kind(self) -> StoreKind:
        """Which store a key would go to. Raises SecretError when there is none that may be used."""
        ...

    async def get(self, name: str) -> Secret | None: ...

    async def set(self, name: str, secret: Secret) -> StoreKind:
        """Store and say where it went."""
        ...

    async def delete(self, name: str) -> None: ...

    def keep_in_memory(self, name: str, secret: Secret) -> None:
        """For this session only; called after the user chose so."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """What a fetch brought. `url` is where it ended after redirects; `cut` says that more was there."""

    url: str
    status: int
    media_type: str
    charset: str
    body: bytes
    cut: bool = False


class Fetcher(Protocol):
    """Reads pages of the public web for a tool; sends no key and no cookie."""

    async def fetch(self, url: str) -> Page:
        """GET an http(s) page. Raises ToolFault for what is not allowed or cannot be reached.

        No private address is ever connected to, also not by a redirect or by a name that resolves anew.
        """
        ...
