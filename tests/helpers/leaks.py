"""Finds what a test leaves behind: threads, asyncio tasks, top-level widgets."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
from asyncio import AbstractEventLoop, Task, runners, tasks
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

GRACE = 1.0  # seconds that something already ending may take


class Leaks:
    """Compares the state after a test with the one before it."""

    def __init__(self) -> None:
        self._threads = _threads()
        self._tasks = _pending_tasks()
        self._widgets = set(_widgets())
        self._left: list[str] = []

    @contextmanager
    def watch(self) -> Generator[None]:
        """Look at what `asyncio.run` would cancel without a word when its main coroutine ends."""
        cancel_all = runners._cancel_all_tasks  # pyright: ignore[reportAttributeAccessIssue]

        def note_and_cancel(loop: AbstractEventLoop) -> None:
            self._left += _unfinished(loop)
            cancel_all(loop)

        with patch.object(runners, "_cancel_all_tasks", note_and_cancel):
            yield

    def found(self) -> list[str]:
        """One phrase for each thing left behind; empty when there is none."""
        return self._left + self._left_tasks() + self._left_threads() + self._left_widgets()

    def _left_tasks(self) -> list[str]:
        return [f"task {_name(task)}" for task in _pending_tasks() - self._tasks]

    def _left_threads(self) -> list[str]:
        deadline = time.monotonic() + GRACE
        for thread in _threads() - self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [f"thread {thread.name}" for thread in _threads() - self._threads]

    def _left_widgets(self) -> list[str]:
        if set(_widgets()) - self._widgets:
            gc.collect()  # a widget in a reference cycle is free, only not yet gone
            _delete_deferred()
        return [f"widget {type(w).__name__} {w.objectName()!r}" for w in set(_widgets()) - self._widgets]


def _threads() -> set[threading.Thread]:
    return {t for t in threading.enumerate() if not t.daemon and t.is_alive()}


def _pending_tasks() -> set[Task[Any]]:
    """Pending tasks of loops that nobody runs any more."""
    known = getattr(tasks, "_scheduled_tasks", None) or getattr(tasks, "_all_tasks", ())  # 3.12 renamed it
    return {t for t in list(known) if not t.done() and not t.get_loop().is_running()}


def _unfinished(loop: AbstractEventLoop) -> list[str]:
    """The tasks that are still pending after a moment, by name."""
    pending = asyncio.all_tasks(loop)
    if pending:
        _, pending = loop.run_until_complete(asyncio.wait(pending, timeout=0.2))
    return [f"task {_name(task)}" for task in pending]


def _name(task: Task[Any]) -> str:
    return getattr(task.get_coro(), "__qualname__", task.get_name())


def _application() -> Any:
    """The QApplication of a test that uses Qt; None without importing Qt for the others."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets else None


def _widgets() -> list[Any]:
    """Top-level widgets that no other object will delete. Qt's own tooltip is one of its kind and stays."""
    app = _application()
    if app is None or not hasattr(app, "topLevelWidgets"):
        return []
    return [w for w in app.topLevelWidgets() if w.parent() is None and w.metaObject().className() != "QTipLabel"]


def _delete_deferred() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
