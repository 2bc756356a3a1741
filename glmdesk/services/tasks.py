"""Every task has an owner: the handle is kept, an error is reported, the owner's end cancels all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class TaskOwner:
    """Starts tasks by key. `on_error` gets every exception that a task did not handle itself."""

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self.on_error = on_error
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._leaving: set[asyncio.Task[Any]] = set()

    def start(
        self,
        key: str,
        coroutine: Coroutine[Any, Any, T],
        *,
        on_error: Callable[[BaseException], None] | None = None,
    ) -> asyncio.Task[T]:
        """Run a coroutine; a task already running under the same key is cancelled first."""
        self.cancel(key)
        task = asyncio.get_running_loop().create_task(coroutine, name=key)
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._finished(key, done, on_error or self.on_error))
        return task

    def _finished(self, key: str, task: asyncio.Task[Any], report: Callable[[BaseException], None]) -> None:
        self._leaving.discard(task)
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            report(error)

    def running(self, key: str) -> bool:
        return key in self._tasks

    def get(self, key: str) -> asyncio.Task[Any] | None:
        """The running task, for a caller that waits for it."""
        return self._tasks.get(key)

    def cancel(self, key: str) -> asyncio.Task[Any] | None:
        """Ask the task to end; it is still awaited by `close`. Returns it, so that a caller can wait too."""
        task = self._tasks.pop(key, None)
        if task is not None:
            self._leaving.add(task)
            task.cancel()
        return task

    async def finish(self, beginnings: tuple[str, ...], *, seconds: float) -> None:
        """Let the tasks whose keys begin so come to their end, for a while."""
        tasks = [task for key, task in self._tasks.items() if key.startswith(beginnings)]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    async def close(self) -> None:
        """Cancel all and wait until their `finally` blocks have run."""
        for key in list(self._tasks):
            self.cancel(key)
        while self._leaving:
            await asyncio.wait(set(self._leaving))
