"""Colours code in one background thread; results come back to the GUI thread."""

from __future__ import annotations

from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from glmdesk.markup.grammar import parser
from glmdesk.markup.highlight import highlight

if TYPE_CHECKING:
    from glmdesk.ui.transcript.blocks.base import Piece

Job = tuple["Piece", str, str] | None


class Highlighter(QObject):
    """`found(piece, text, runs)` is emitted on the GUI thread.

    The thread is a daemon: a language that takes for ever to read does not keep the program from ending.
    """

    found = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._thread: Thread | None = None

    def ask(self, piece: Piece, text: str, language: str) -> None:
        """Colour a text some time soon."""
        self.warm_up()
        self._jobs.put((piece, text, language))

    def warm_up(self) -> None:
        """Start the thread; it loads the Markdown parser first, so that the first answer does not wait for it."""
        if self._thread is None:
            self._thread = Thread(target=self._work, args=(self._jobs,), name="highlight", daemon=True)
            self._thread.start()

    def _work(self, jobs: SimpleQueue[Job]) -> None:
        parser()
        while (job := jobs.get()) is not None:
            piece, text, language = job
            runs = highlight(text, language)
            with suppress(RuntimeError):  # the view is gone
                self.found.emit(piece, text, runs)

    def close(self) -> None:
        """Let the thread end after what it is doing."""
        self._jobs.put(None)
