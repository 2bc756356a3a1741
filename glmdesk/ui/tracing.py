"""What the window tells a trace: when words are on the screen, and when its thread did not answer."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from glmdesk.domain.message import Role

if TYPE_CHECKING:
    from glmdesk.domain.ports import Trace
    from glmdesk.ui.transcript.view import TranscriptView

STALL = 0.050  # seconds
_BEAT = 10  # milliseconds


class PaintTrace:
    """`painted` whenever the number of visible characters of the newest answer changed."""

    def __init__(self, view: TranscriptView, trace: Trace) -> None:
        self._view = view
        self._trace = trace
        self._last = ("", 0)

    def __call__(self) -> None:
        """The view has painted."""
        items = self._view.stack.items
        if not items or items[-1].row.message.role is not Role.ASSISTANT:
            return
        view, item = self._view, items[-1]
        end = view.stack.top(item) + item.height - view.context.style.row_gap
        seen = (item.id, len(item.row.message.text))
        if seen != self._last and end <= view.origin + view.viewport().height():
            self._last = seen
            self._trace.event("painted", message=seen[0], characters=seen[1])


class StallTrace(QObject):
    """`stall` with its milliseconds whenever a timer came more than 50 ms too late."""

    def __init__(self, trace: Trace, parent: QObject) -> None:
        super().__init__(parent)
        self._trace = trace
        self._due = monotonic() + _BEAT / 1000
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(_BEAT)

    def _beat(self) -> None:
        now = monotonic()
        late = now - self._due
        self._due = now + _BEAT / 1000
        if late > STALL:
            self._trace.event("stall", at=now, ms=round(1000 * late, 1))
