"""One request and its reply, read ahead, with notices while nothing comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType

from glmdesk.domain.event import Phase, Waiting
from glmdesk.providers.limits import MEGABYTE, Limits

_AHEAD = MEGABYTE


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers (names in lower case)."""

    status: int
    headers: Mapping[str, str]


Source = AsyncGenerator[Head | bytes, None]


class Exchange:
    """Owns the task that reads: it ends with the `async with` block, also on Stop.

    A read that is cancelled closes the connection, so a notice must not interrupt it: that is what the task is for.
    Bytes that came together are handed on together.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._head: Head | None = None
        self._bytes = bytearray()
        self._error: Exception | None = None
        self._ended = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Exchange:
        self._task = asyncio.get_running_loop().create_task(self._read(), name="exchange")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _read(self) -> None:
        try:
            async with aclosing(self._source) as items:
                async for item in items:
                    await self._put(item)
        except Exception as error:
            self._error = error
        finally:
            self._ended = True
            self._news.set()

    async def _put(self, item: Head | bytes) -> None:
        if isinstance(item, Head):
            self._head = item
        else:
            self._bytes += item
        self._news.set()
        while len(self._bytes) > _AHEAD:
            self._room.clear()
            await self._room.wait()

    @property
    def head(self) -> Head:
        """Known once `until_head` has ended."""
        if self._head is None:
            raise RuntimeError("the head has not come yet")
        return self._head

    async def until_head(self) -> AsyncGenerator[Waiting, None]:
        """Notices until the head has come. Raises what the source raises."""
        notice = self._limits.headers_notice
        count = 0
        while self._head is None:
            self._raise()
            if not await self._came(notice):
                count += 1
                yield Waiting(notice * count, Phase.HEADERS)

    async def body(self) -> AsyncGenerator[bytes | Waiting, None]:
        """The bytes, notices between them. Raises what the source raises, after the bytes before it."""
        notice = self._limits.stream_notice
        count = 0
        while True:
            if self._bytes:
                count, chunk = 0, bytes(self._bytes)
                self._bytes.clear()
                self._room.set()
                yield chunk
            elif self._ended:
                self._raise()
                return
            elif not await self._came(notice):
                count += 1
                yield Waiting(notice * count, Phase.STREAM)

    async def _came(self, seconds: float) -> bool:
        """False when nothing came for that long."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error
