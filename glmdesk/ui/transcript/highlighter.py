"""Colours code in one background thread; results come back to the GUI thread."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from glmdesk.markup.highlight import StyleRun, highlight

if TYPE_CHECKING:
    from glmdesk.ui.transcript.blocks.base import Piece


class Highlighter(QObject):
    """`found(piece, text, runs)` is emitted on the GUI thread."""

    found = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None

    def ask(self, piece: Piece, text: str, language: str) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "highlight")
        future = self._pool.submit(highlight, text, language)
        future.add_done_callback(lambda done: self._tell(piece, text, done))

    def _tell(self, piece: Piece, text: str, done: Future[tuple[StyleRun, ...]]) -> None:
        if not done.cancelled() and done.exception() is None and self._pool is not None:
            self.found.emit(piece, text, done.result())

    def close(self) -> None:
        """Drop what waits; what runs ends by itself."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            pool.shutdown(wait=False, cancel_futures=True)
