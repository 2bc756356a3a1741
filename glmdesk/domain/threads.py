"""Work in a thread of its own that can never keep the program from ending."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T], *, name: str) -> T:
    """The result of `work`, run in a new daemon thread.

    The loop's own executor is not used: under qasync it is made of QThreads, and its threads are joined at exit.
    A caller that is cancelled or has waited long enough leaves the thread behind.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    waited = asyncio.wrap_future(done)
    # Nobody asks for the error of a thread that was left behind; asyncio would complain about that.
    waited.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return await asyncio.shield(waited)
