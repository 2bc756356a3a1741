"""Async generators that are dropped half-way are closed by the loop, as asyncio's own loops do; qasync's does not."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from typing import Any
from weakref import WeakSet

Generator = AsyncGenerator[Any, Any]


class GeneratorKeeper:
    """Install it on the running loop's thread; `close` before the loop ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._open: WeakSet[Generator] = WeakSet()
        self._closing: set[asyncio.Task[None]] = set()
        self._before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(self._open.add, self._dropped)

    def _dropped(self, generator: Generator) -> None:
        self._open.discard(generator)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close_soon, generator)

    def _close_soon(self, generator: Generator) -> None:
        task = self._loop.create_task(_closed(generator))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close what is still open and give the hooks back."""
        sys.set_asyncgen_hooks(*self._before)
        for generator in list(self._open):
            await generator.aclose()
        if self._closing:
            await asyncio.wait(set(self._closing))


async def _closed(generator: Generator) -> None:
    await generator.aclose()
