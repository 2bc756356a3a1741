"""Tasks of a page that can be left while they run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from glmdesk.services.tasks import TaskOwner

T = TypeVar("T")


class PageTasks(TaskOwner):
    """Starts a page's tasks at the window's owner. After `leave` they run on: what is stored must not be lost.

    Only what they then fail to show, because the page's widgets are gone, is no error any more.
    """

    def __init__(self, owner: TaskOwner) -> None:
        super().__init__(owner.on_error)
        self._owner = owner
        self._left = False

    def leave(self) -> None:
        """The page is dropped."""
        self._left = True

    def start(
        self,
        key: str,
        coroutine: Coroutine[Any, Any, T],
        *,
        on_error: Callable[[BaseException], None] | None = None,
    ) -> asyncio.Task[T]:
        def report(error: BaseException) -> None:
            if not (self._left and isinstance(error, RuntimeError)):  # PySide's error for a widget that is gone
                (on_error or self.on_error)(error)

        return self._owner.start(key, coroutine, on_error=report)

    def running(self, key: str) -> bool:
        return self._owner.running(key)

    def get(self, key: str) -> asyncio.Task[Any] | None:
        return self._owner.get(key)

    def cancel(self, key: str) -> asyncio.Task[Any] | None:
        return self._owner.cancel(key)
