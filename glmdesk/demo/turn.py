"""One answer on its way: the planned pieces, paced and written as events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from glmdesk.demo import http, wire
from glmdesk.demo.http import Exchange, Headers
from glmdesk.demo.pieces import Piece, weigh
from glmdesk.demo.wire import Count, Json, Profile, Stamp

SSE = "text/event-stream;charset=UTF-8"  # no space after the semicolon (glm-api.md §1)
_HELD = 16 * 1024  # bytes collected before a write when nothing slows the stream
_CREDIT = 0.25  # seconds that a stream held up by its client may be late and still make up
_FIRST_TOKEN = 20  # a person waits about as long as this many tokens take


@dataclass(slots=True)
class Pen:
    """Writes events at `rate` tokens per second (0: as fast as it goes)."""

    exchange: Exchange
    rate: float
    _due: float = field(default=0.0, init=False)
    _held: bytearray = field(default_factory=bytearray, init=False)

    async def write(self, data: bytes, weight: float = 1) -> None:
        """Write `data` when its time has come; what is in time is collected."""
        self._held += self.exchange.framed(data)
        await self._keep_time(weight)
        if len(self._held) >= _HELD:
            await self.flush()
            await asyncio.sleep(0)

    async def flush(self) -> None:
        if self._held:
            data, self._held = bytes(self._held), bytearray()
            await self.exchange.raw(data)

    async def _keep_time(self, weight: float) -> None:
        if not self.rate:
            return
        now = asyncio.get_running_loop().time()
        # A late stream catches up a little, but a new one starts without credit.
        self._due = max(self._due or now, now - _CREDIT) + weight / self.rate
        if self._due > now:
            await self.flush()
            await self.exchange.pause(self._due - now)


@dataclass(slots=True)
class Turn:
    """A request that was accepted, and the means to answer it well or badly."""

    exchange: Exchange
    profile: Profile
    stamp: Stamp
    pieces: Sequence[Piece]
    finish: str
    prompt: tuple[int, int]  # prompt tokens, cached tokens
    rate: float
    english: bool = False
    top: Json = field(default_factory=dict[str, Any])
    told: bool = True
    at: int = field(default=0, init=False)
    pen: Pen = field(init=False)

    def __post_init__(self) -> None:
        self.pen = Pen(self.exchange, self.rate)

    async def open(self, *, headers: Headers = (("Content-Type", SSE),), chunked: bool = True) -> None:
        """The head of the stream, after the short wait for a first token."""
        if self.rate:
            await self.exchange.pause(min(0.6, _FIRST_TOKEN / self.rate))
        await self.exchange.begin(200, headers, chunked=chunked)

    async def say(self, upto: int | None = None) -> None:
        """Write the pieces up to number `upto` (None: all that are left)."""
        for piece in self.pieces[self.at : upto]:
            self.at += 1
            await self.pen.write(self.frame(piece.delta, finish=piece.finish), piece.weight)
        await self.pen.flush()

    async def write(self, data: bytes) -> None:
        """Body bytes out of turn."""
        await self.pen.flush()
        await self.exchange.send(data)

    async def conclude(self, *, finish: str | None = None, done: bool = True) -> None:
        """The last event with its usage, then the end mark."""
        await self.write(self.last(finish=finish, told=self.told) + (wire.DONE if done else b""))
        await self.exchange.end()

    def frame(self, delta: Json, *, finish: str | None = None, **top: Any) -> bytes:
        return wire.frame(wire.chunk(self.stamp, self.profile, delta=delta, finish=finish, **top))

    def last(self, *, finish: str | None = None, told: bool = True) -> bytes:
        """The event with the finish reason; usage stands in the same event (glm-api.md §4.1)."""
        usage = {"usage": wire.usage(self.count(), self.profile)} if told else {}
        return self.frame({"role": "assistant", "content": ""}, finish=finish or self.finish, **self.top, **usage)

    def count(self) -> Count:
        return Count(*self.prompt, *weigh(self.pieces))

    def joined(self) -> tuple[str, str]:
        """(content, reasoning) as a plain reply carries them."""
        return "".join(p.content for p in self.pieces), "".join(p.reasoning for p in self.pieces)


async def answer_stream(turn: Turn) -> None:
    await turn.open()
    await turn.say()
    await turn.conclude()


async def answer_plain(turn: Turn, request_id: str) -> None:
    """The same answer as one JSON object."""
    if turn.rate:
        await turn.exchange.pause(min(3.0, turn.count().completion / turn.rate / 4))
    content, reasoning = turn.joined()
    message: Json = {"role": "assistant", "content": content}
    if reasoning:
        message["reasoning_content"] = reasoning
    if calls := tuple(piece.call for piece in turn.pieces if piece.call):
        message["tool_calls"] = wire.plain_calls(calls)
    told = wire.usage(turn.count(), turn.profile) if turn.told else None
    body = wire.plain_reply(
        turn.stamp,
        turn.profile,
        message=message,
        finish=turn.finish,
        request_id=request_id or turn.stamp.id,
        told=told,
        **turn.top,
    )
    await http.reply_json(turn.exchange, 200, body)
