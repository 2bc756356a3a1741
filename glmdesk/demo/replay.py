"""Serves recorded replies byte by byte as they were, in chosen pieces and at a chosen rate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from glmdesk.demo import http
from glmdesk.demo.http import Exchange, Headers, Request


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded reply: status, headers and the body's exact bytes."""

    status: int
    headers: Headers
    body: bytes


@dataclass(slots=True)
class Replay:
    """Answers request number n with recorded reply number n (after the last one: with the last again).

    `size` is the bytes of a piece (0: the body in one), `rate` the pieces per second (0: as fast as it goes).
    `requests` keeps what was asked.
    """

    replies: Sequence[Recorded]
    size: int = 0
    rate: float = 0
    requests: list[Request] = field(default_factory=list[Request], init=False)

    async def handle(self, exchange: Exchange) -> None:
        recorded = self.replies[min(len(self.requests), len(self.replies) - 1)]
        self.requests.append(exchange.request)
        await exchange.begin(recorded.status, recorded.headers, chunked=True)
        await self._send(exchange, recorded.body)
        await exchange.end()

    async def _send(self, exchange: Exchange, body: bytes) -> None:
        start = asyncio.get_running_loop().time()
        size = self.size or max(1, len(body))
        for number, at in enumerate(range(0, len(body), size)):
            if self.rate:
                await exchange.pause(start + number / self.rate - asyncio.get_running_loop().time())
            await exchange.send(body[at : at + size])
            await asyncio.sleep(0)  # a piece is a write of its own


@asynccontextmanager
async def replay_server(
    replies: Sequence[Recorded], *, size: int = 0, rate: float = 0, path: str = "/api/paas/v4"
) -> AsyncGenerator[tuple[str, Replay], None]:
    """Serve `replies` in this process; yields (base URL, what is served and was asked)."""
    replay = Replay(replies, size, rate)
    server = await http.start_server(replay.handle)
    try:
        yield f"http://127.0.0.1:{http.port_of(server)}{path}", replay
    finally:
        server.close()
