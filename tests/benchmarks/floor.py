"""The floor: a `QPlainTextEdit` that the same client feeds once a frame.

`python -m tests.benchmarks.floor URL ORDER beat|still` prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import aclosing
from time import monotonic
from typing import Any

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.event import ReasoningDelta, TextDelta
from glmdesk.domain.message import Role
from glmdesk.domain.request import ChatRequest, RequestMessage
from glmdesk.domain.secret import Secret
from glmdesk.providers.registry import open_dialect
from glmdesk.providers.transport import Transport
from glmdesk.ui.generators import GeneratorKeeper
from tests.benchmarks.meter import Beat, cpu

FRAME = 33  # milliseconds, as in the transcript
SIZE = (1020, 640)  # the transcript's viewport in a new window


class Floor(QPlainTextEdit):
    """Appends what came since the last frame and stays at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.resize(*SIZE)
        self._waiting: list[str] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._flush)

    def add(self, text: str) -> None:
        self._waiting.append(text)
        if not self._timer.isActive():
            self._timer.start(FRAME)

    def _flush(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText("".join(self._waiting))
        self._waiting.clear()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())


async def _stream(floor: Floor, url: str, order: str) -> None:
    transport = Transport()
    dialect = open_dialect(Endpoint("floor", "Floor", DialectName.BIGMODEL, url), transport)
    request = ChatRequest("glm-4.5", (RequestMessage(Role.USER, order),), thinking=True)
    async with aclosing(dialect.stream(request, Secret("a.b"))) as events:
        async for event in events:
            if isinstance(event, TextDelta | ReasoningDelta):
                floor.add(event.text)
    await asyncio.sleep(3 * FRAME / 1000)
    await transport.close()


async def _measure(url: str, order: str, *, beats: bool) -> dict[str, Any]:
    generators = GeneratorKeeper(asyncio.get_running_loop())
    floor, beat = Floor(), Beat()
    floor.show()
    warm = json.dumps({"tokens": 60, "thought": 20, "rate": 200})
    await _stream(floor, url, warm)
    floor.clear()
    if beats:
        beat.start()
    began, at = cpu(), monotonic()
    await _stream(floor, url, order)
    result = {"cpu": cpu() - began, "seconds": monotonic() - at, "late": beat.late}
    beat.stop()
    floor.close()
    await generators.close()
    return result


def main() -> None:
    app = QApplication([])
    with qasync.QEventLoop(app) as loop:
        asyncio.set_event_loop(loop)
        result = loop.run_until_complete(_measure(sys.argv[1], sys.argv[2], beats=sys.argv[3] == "beat"))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
