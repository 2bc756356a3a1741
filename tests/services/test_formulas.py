"""Formulas drawn by the real process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable

import pytest

from glmdesk.services.formulas import FormulaService
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.workers import Worker, WorkerError
from tests.helpers.stored import child

SLOW = "+".join(["\\frac{1}{\\sqrt{x^2}}"] * 150)  # flat and allowed, but it takes a while


def with_formulas(body: Callable[[FormulaService], Awaitable[None]], *, seconds: float = 2.0) -> None:
    async def main() -> None:
        tasks = TaskOwner(lambda error: pytest.fail(repr(error)))
        service = FormulaService(tasks, seconds=seconds)
        try:
            await body(service)
        finally:
            await service.close()
            await tasks.close()
        assert service.worker_pid is None

    asyncio.run(main())


def test_a_formula_comes_back_as_a_drawing_that_stands_on_the_baseline() -> None:
    async def body(service: FormulaService) -> None:
        drawing = await service.draw("\\frac{a}{b}", display=False)
        assert drawing is not None
        assert drawing.svg.startswith("<svg")
        assert drawing.descent > 0.2
        assert 0.5 < drawing.height < 4

    with_formulas(body)


@pytest.mark.parametrize("tex", ["\\foo{x}", "\\frac{1}{", "", "\\ce{H2O}", "😀"])
def test_what_cannot_be_drawn_is_none_and_the_process_goes_on(tex: str) -> None:
    async def body(service: FormulaService) -> None:
        assert await service.draw(tex, display=True) is None
        assert await service.draw("x", display=True) is not None

    with_formulas(body)


def test_a_formula_that_takes_too_long_is_given_up_and_the_next_one_is_drawn() -> None:
    async def body(service: FormulaService) -> None:
        assert await service.draw("x", display=True) is not None
        first = service.worker_pid
        assert await service.draw(SLOW, display=True) is None
        assert await service.draw("y", display=True) is not None
        assert service.worker_pid != first

    with_formulas(body, seconds=0.02)


def test_a_process_that_was_killed_is_replaced() -> None:
    async def body(service: FormulaService) -> None:
        await service.draw("x", display=True)
        assert service.worker_pid is not None
        os.kill(service.worker_pid, signal.SIGTERM)
        await service.draw("y", display=True)
        assert await service.draw("z", display=True) is not None

    with_formulas(body)


def test_a_known_formula_asks_nobody() -> None:
    async def body(service: FormulaService) -> None:
        drawing = await service.draw("x", display=True)
        await service.close()
        assert await service.draw("x", display=True) is drawing
        assert service.worker_pid is None

    with_formulas(body)


def test_a_worker_without_a_name_of_ours_is_an_error_and_no_hang() -> None:
    async def main() -> None:
        worker = Worker("no-such-worker", limit=1.0)
        with pytest.raises(WorkerError):
            await worker.ask({})
        await worker.close()

    asyncio.run(main())


ORPHAN = """
import asyncio, os
from glmdesk.services.formulas import FormulaService
from glmdesk.services.tasks import TaskOwner

async def body():
    service = FormulaService(TaskOwner(print))
    await service.draw("x", display=True)
    print(service.worker_pid, flush=True)
    os.kill(os.getpid(), 9)

asyncio.run(body())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process is looked for with kill(pid, 0)")
def test_the_process_ends_with_a_program_that_is_killed() -> None:
    with child(ORPHAN) as program:
        out, _ = program.communicate(timeout=60)
    pid = int(out)
    # `tail --pid` returns when the process has gone.
    subprocess.run(["tail", f"--pid={pid}", "-f", "/dev/null"], timeout=20, check=True)
