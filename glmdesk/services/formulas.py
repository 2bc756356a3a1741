"""Formulas as pictures, drawn by a process of their own."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from time import monotonic

from glmdesk.domain.formula import FormulaDrawing
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.workers import Worker, WorkerError

_SECONDS = 2.0  # a formula that takes longer is shown as its source
_KEPT = 150  # drawings, of some 13 KB each
_IDLE_SECONDS = 60.0  # after which the process goes: it holds some 40 MB
_TRIVIAL = {"tex": "x", "display": False}


class FormulaService:
    """Draws and remembers. What cannot be drawn is remembered too."""

    def __init__(self, tasks: TaskOwner, *, seconds: float = _SECONDS) -> None:
        self._worker = Worker("formulas", limit=seconds)
        self._tasks = tasks
        self._used = 0.0  # when a formula was drawn last, in monotonic seconds
        self._known: OrderedDict[tuple[str, bool], FormulaDrawing | None] = OrderedDict()

    async def draw(self, tex: str, *, display: bool) -> FormulaDrawing | None:
        """The picture, None when the source must be shown instead."""
        key = (tex, display)
        if key not in self._known:
            self._known[key] = await self._draw(tex, display)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            self._used = monotonic()
            if not self._tasks.running("formulas:idle"):
                self._tasks.start("formulas:idle", self._end_when_idle())
        return self._known[key]

    async def _draw(self, tex: str, display: bool) -> FormulaDrawing | None:
        try:
            await self._worker.warm_up(_TRIVIAL)
            reply = await self._worker.ask({"tex": tex, "display": display})
        except WorkerError:
            return None
        return None if "error" in reply else FormulaDrawing(**reply)

    async def _end_when_idle(self) -> None:
        left = self._used + _IDLE_SECONDS - monotonic()
        if left > 0:
            await asyncio.sleep(left)
            await self._end_when_idle()
        else:
            await self._worker.close()

    @property
    def worker_pid(self) -> int | None:
        """The process that draws, None while there is none."""
        return self._worker.pid

    async def close(self) -> None:
        await self._worker.close()
