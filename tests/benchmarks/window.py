"""The real program, measured: `python -m tests.benchmarks.window MODE JSON`; prints one JSON object.

It is started by its own `run` on the profile of `GLMDESK_HOME`; only its window goes through MODE by itself.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from glmdesk import app
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.secret import Secret
from glmdesk.ui.main_window import MainWindow
from glmdesk.ui.tracing import PaintTrace
from tests.benchmarks import reading, typing_while
from tests.benchmarks.meter import Beat, cpu

Json = dict[str, Any]
_WARM = {"tokens": 2000, "thought": 60, "rate": 1000}  # a formula is in it: its worker starts once a run


class Painted:
    """Stands in for the trace: (monotonic seconds, answer characters visible) for every paint with news."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, int]] = []

    def event(self, name: str, *, at: float | None = None, **fields: float | str) -> None:
        if name == "painted":
            self.seen.append((monotonic(), int(fields["characters"])))


async def ask(window: MainWindow, url: str, order: Json) -> None:
    """One question in a new chat; returns when its answer has ended and its end is painted."""
    window.new_chat()
    await window.chat.send(json.dumps(order))
    transcript = await window.desk.chat.open(window.chat.conversation_id)
    await window.desk.chat.until_idle(window.chat.conversation_id)
    view = window.page.transcript
    while view.stack.items[-1].row.live or view.stack.items[-1].row != transcript.rows[-1]:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)


async def use_server(window: MainWindow, url: str) -> None:
    """Every question goes to the benchmark's server."""
    window.desk.endpoints.add_for_session(Endpoint("test", "Test", DialectName.BIGMODEL, url), Secret("a.b"))
    window.desk.endpoints.use_for_session("test")
    await ask(window, url, _WARM)  # what is loaded once is loaded


async def stream(window: MainWindow, order: Json) -> Json:
    """CPU time, lateness and what was painted when, of one streamed answer."""
    await use_server(window, order["url"])
    painted, beat = Painted(), Beat()
    if order["beat"]:
        beat.start()
    view = window.page.transcript
    view.painted = PaintTrace(view, painted)
    began, at = cpu(), monotonic()
    await ask(window, order["url"], order)
    result = {"cpu": cpu() - began, "seconds": monotonic() - at, "late": beat.late, "painted": painted.seen}
    beat.stop()
    return result | {"viewport": (view.viewport().width(), view.viewport().height())}


async def long(window: MainWindow, order: Json) -> Json:
    """CPU seconds at each tenth of a long answer, by the characters that are shown."""
    await use_server(window, order["url"])
    marks: list[float] = []
    view = window.page.transcript
    size = order["characters"]

    async def watch() -> None:
        while len(marks) < 11:
            items = view.stack.items
            shown = len(items[-1].row.message.text) if items else 0
            while len(marks) <= 10 and shown >= max(1, size * len(marks) // 10):
                marks.append(cpu())
            await asyncio.sleep(0.02)

    watching = window.tasks.start("watch", watch())
    await ask(window, order["url"], order)
    await watching
    return {"tenths": [b - a for a, b in itertools.pairwise(marks)]}


async def typed(window: MainWindow, order: Json) -> Json:
    """Milliseconds from a key press to its glyph while an answer streams in."""
    await use_server(window, order["url"])
    window.tasks.start("ask", ask(window, order["url"], order))
    return {"keys": await typing_while.type_keys(window, order["keys"])}


MODES: dict[str, Callable[[MainWindow, Json], Awaitable[Json]]] = {
    "stream": stream,
    "long": long,
    "type": typed,
    "open": reading.open_and_read,
    "memory": reading.memory,
}


async def _rest() -> None:
    """Until the first paint and all that it starts (the HTTP client is loaded in a thread) are over."""
    quiet = 0
    while quiet < 4:
        began = cpu()
        await asyncio.sleep(0.3)
        quiet = quiet + 1 if cpu() - began < 0.02 else 0


class MeasuredWindow(MainWindow):
    """Runs its mode once it has started, then closes."""

    async def start(self, *, demo: bool = False) -> None:
        await super().start(demo=demo)
        self.tasks.start("measure", self._measure())

    async def _measure(self) -> None:
        try:
            await _rest()
            print(json.dumps(await MODES[sys.argv[1]](self, json.loads(sys.argv[2]))), flush=True)
        finally:
            self.close()


if __name__ == "__main__":
    app.MainWindow = MeasuredWindow
    raise SystemExit(app.run())
