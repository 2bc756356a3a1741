"""The open HTTP clients, one for each proxy, and what becomes of them when the machine has slept."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

_SLEPT = 5.0  # seconds by which the clocks part; no setting of a clock in small steps does that
# A peer that is gone is noticed within a minute, also while nothing is sent: (option, value in its own unit).
_ALIVE = (
    ("TCP_KEEPIDLE", 30),
    ("TCP_KEEPALIVE", 30),  # macOS' name of it
    ("TCP_KEEPINTVL", 10),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", 60_000),  # the only one in milliseconds
)


def socket_options() -> list[tuple[int, int, int]]:
    """For `setsockopt`; what the system does not know is left out."""
    known = [(socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in _ALIVE if hasattr(socket, name)]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *known]


class Clients:
    """Lends clients by their proxy ('' for none). `make` may raise; `close` closes all."""

    def __init__(self, make: Callable[[str], httpx.AsyncClient]) -> None:
        self._make = make
        self._open: dict[str, httpx.AsyncClient] = {}
        self._lent: Counter[httpx.AsyncClient] = Counter()
        self._gap = _gap()

    @asynccontextmanager
    async def lend(self, proxy: str) -> AsyncGenerator[httpx.AsyncClient]:
        """A client whose idle connections were made since the machine last slept."""
        await self._forget_after_sleep()
        if proxy not in self._open:
            self._open[proxy] = self._make(proxy)
        client = self._open[proxy]
        self._lent[client] += 1
        try:
            yield client
        finally:
            self._lent[client] -= 1
            if client not in self._open.values():
                await self._close_unused(client)

    async def close(self) -> None:
        """Close every connection, also those in use."""
        clients = {*self._open.values(), *self._lent}
        self._open, self._lent = {}, Counter()
        for client in clients:
            await client.aclose()

    async def _forget_after_sleep(self) -> None:
        # During sleep the clock stands still by which connections grow old, while routers and servers forget them:
        # a question on such a one would wait for minutes.
        gap, before = _gap(), self._gap
        self._gap = gap
        if abs(gap - before) < _SLEPT:
            return
        asleep, self._open = self._open, {}
        for client in asleep.values():
            await self._close_unused(client)

    async def _close_unused(self, client: httpx.AsyncClient) -> None:
        if not self._lent[client]:
            del self._lent[client]
            await client.aclose()


def _gap() -> float:
    return time.time() - time.monotonic()
