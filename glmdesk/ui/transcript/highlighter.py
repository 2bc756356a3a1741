"""Colours code in one background thread; results are fetched by the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from glmdesk.markup.grammar import parser
from glmdesk.markup.highlight import highlight

if TYPE_CHECKING:
    from glmdesk.ui.transcript.blocks.base import Piece

Job = tuple["Piece", str, str] | None
Result = tuple["Piece", str, Sequence[tuple[int, int, str]]]
_LOOK = 30  # milliseconds between two looks for results while some are awaited


class Highlighter(QObject):
    """`found(piece, text, runs)` is emitted on the GUI thread.

    The thread is a daemon: a language that takes for ever to read does not keep the program from ending. It knows the
    queues alone: a signal of an object that is being destroyed on another thread is a fault that nothing can catch.
    """

    found = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._results: SimpleQueue[Result] = SimpleQueue()
        self._awaited = 0
        self._thread: Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(self._fetch)

    def ask(self, piece: Piece, text: str, language: str) -> None:
        """Colour a text some time soon."""
        self.warm_up()
        self._awaited += 1
        self._jobs.put((piece, text, language))
        self._timer.start()

    def warm_up(self) -> None:
        """Start the thread; it loads the Markdown parser first, so that the first answer does not wait for it."""
        if self._thread is None:
            queues = (self._jobs, self._results)
            self._thread = Thread(target=_work, args=queues, name="highlight", daemon=True)
            self._thread.start()

    def _fetch(self) -> None:
        while not self._results.empty():
            self._awaited -= 1
            self.found.emit(*self._results.get())
        if self._awaited <= 0:
            self._timer.stop()

    def close(self) -> None:
        """Let the thread end after what it is doing."""
        self._jobs.put(None)


def _work(jobs: SimpleQueue[Job], results: SimpleQueue[Result]) -> None:
    parser()
    while (job := jobs.get()) is not None:
        piece, text, language = job
        results.put((piece, text, highlight(text, language)))
