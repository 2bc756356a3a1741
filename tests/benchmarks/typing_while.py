"""Keys that arrive from outside while the window is busy, and when their glyphs are there."""

from __future__ import annotations

import asyncio
import random
from threading import Thread
from time import monotonic, sleep

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from glmdesk.ui.main_window import MainWindow

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Glyphs(QObject):
    """Notes when the editor has been painted with more characters than before, after the paint has ended."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self.painted: list[float] = []
        editor.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._editor.document().characterCount() - 1 > len(self.painted):
            QTimer.singleShot(0, self._ended)
        return False

    def _ended(self) -> None:
        now = monotonic()
        self.painted += [now] * (self._editor.document().characterCount() - 1 - len(self.painted))


async def type_keys(window: MainWindow, count: int) -> list[float]:
    """Press `count` letters at random moments of a typist's rhythm; the milliseconds each took."""
    editor = window.page.composer.editor
    editor.clear()
    editor.setFocus()
    await asyncio.sleep(1.0)
    glyphs = Glyphs(editor)
    pressed: list[float] = []
    typist = Thread(target=_press, args=(editor, count, pressed))
    typist.start()
    while len(glyphs.painted) < count:
        await asyncio.sleep(0.02)
    typist.join()
    return [1000 * (shown - when) for shown, when in zip(glyphs.painted, pressed, strict=True)]


def _press(editor: QPlainTextEdit, count: int, pressed: list[float]) -> None:
    dice = random.Random(3)
    for number in range(count):
        sleep(dice.uniform(0.06, 0.2))
        letter = _LETTERS[number % len(_LETTERS)]
        key = Qt.Key(Qt.Key.Key_A + number % len(_LETTERS))
        pressed.append(monotonic())
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.postEvent(editor, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter))
