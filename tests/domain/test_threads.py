"""Work in a thread: its result, its error, and what becomes of it when nobody waits any more."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from glmdesk.domain.threads import in_thread


def fail() -> None:
    raise OSError("disk")


def test_the_result_and_the_error_come_back() -> None:
    assert asyncio.run(in_thread(lambda: 7, name="glmdesk-test")) == 7
    with pytest.raises(OSError, match="disk"):
        asyncio.run(in_thread(fail, name="glmdesk-test"))


def test_the_error_of_a_thread_that_was_left_behind_is_nobodys() -> None:
    complaints: list[dict[str, Any]] = []
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(10)
        fail()

    async def body() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(in_thread(work, name="glmdesk-left"), 0.01)
        begun.wait(10)
        go_on.set()
        while any(thread.name == "glmdesk-left" for thread in threading.enumerate()):
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()

    asyncio.run(body())
    gc.collect()
    assert complaints == []
