"""All servers, in a thread of its own with its own event loop: nothing they do can hold up the window."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

from glmdesk.domain.servers import ResourceText, ServerConfig, ServerStatus
from glmdesk.domain.tools import ToolResult
from glmdesk.tools.mcp.connection import Connection, Surroundings
from glmdesk.tools.mcp.faults import fault

T = TypeVar("T")
_STOP_SECONDS = 8.0
_LAST_SECONDS = 2.0


class Hub:
    """Methods belong to the caller's event loop; the work is done in the hub's thread."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._connections: dict[str, Connection] = {}
        self._tasks: dict[str, Future[None]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="glmdesk-mcp", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(_end_others())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def start(self, config: ServerConfig, *, interactive: bool = False) -> None:
        """Start a server, ending it first when it runs. Returns at once; news come through `changed`."""
        await self.stop(config.id)
        made = await self._there(self._make(config, interactive))
        self._connections[config.id] = made
        self._tasks[config.id] = asyncio.run_coroutine_threadsafe(made.run(), self._loop)

    async def _make(self, config: ServerConfig, interactive: bool) -> Connection:
        return Connection(config, self._around, interactive=interactive)  # its events belong to the hub's loop

    async def stop(self, server_id: str) -> None:
        """End a server; at most 8 s, then its task is cancelled and its guardian ends the process."""
        connection, task = self._connections.get(server_id), self._tasks.pop(server_id, None)
        if connection is None or task is None:
            return
        self._loop.call_soon_threadsafe(connection.stop)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await asyncio.shield(asyncio.wrap_future(task))
        except TimeoutError:
            task.cancel()

    def status(self, server_id: str) -> ServerStatus:
        """What is known of a server; `OFF` for one that was never started."""
        connection = self._connections.get(server_id)
        return connection.status if connection else ServerStatus()

    def log(self, server_id: str) -> tuple[str, ...]:
        connection = self._connections.get(server_id)
        return connection.log.lines() if connection else ()

    async def call(self, server_id: str, name: str, arguments: Mapping[str, Any], *, seconds: float) -> ToolResult:
        """Raises ServerFault."""
        return await self._there(self._known(server_id).call(name, arguments, seconds))

    async def read(self, server_id: str, uri: str) -> ResourceText:
        """Raises ServerFault."""
        return await self._there(self._known(server_id).read(uri))

    async def prompt(self, server_id: str, name: str, arguments: Mapping[str, str]) -> str:
        """Raises ServerFault."""
        return await self._there(self._known(server_id).prompt(name, arguments))

    def _known(self, server_id: str) -> Connection:
        if server_id not in self._connections:
            raise fault("lost")
        return self._connections[server_id]

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work` in the hub's loop; cancelling here cancels there."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def close(self) -> None:
        """End every server, then the thread."""
        await asyncio.gather(*(self.stop(server_id) for server_id in list(self._tasks)))
        self._loop.call_soon_threadsafe(self._loop.stop)
        ended: Future[None] = Future()
        threading.Thread(target=_tell_end, args=(self._thread, ended), name="glmdesk-mcp-end", daemon=True).start()
        await asyncio.wrap_future(ended)


async def _end_others() -> None:
    """What is still running when the thread ends is cancelled and gets a moment to clean up."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=_LAST_SECONDS)


def _tell_end(thread: threading.Thread, ended: Future[None]) -> None:
    thread.join(_STOP_SECONDS + _LAST_SECONDS)
    ended.set_result(None)
