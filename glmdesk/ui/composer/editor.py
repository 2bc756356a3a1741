"""The growing text field of the composer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from glmdesk.domain.settings import SendKey
from glmdesk.ui.composer.clean import clean_text
from glmdesk.ui.composer.line_edit import ENTER_KEYS
from glmdesk.ui.composer.plain_edit import PlainEdit

MAX_LINES = 10
LONG_PASTE = 6_000  # characters above which a paste becomes a chip
MOST_PASTED = 4_000_000  # four times what the largest window holds
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_METHOD_KEYS = (*ENTER_KEYS, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab)


class Editor(PlainEdit):
    """Plain text, 1 to 10 lines high. Enter asks to send, never while an input method is composing."""

    submitted = Signal()
    files_given = Signal(list)  # paths of files that were pasted or dropped
    long_pasted = Signal(str)
    too_long_pasted = Signal(int)  # its characters; nothing was put in
    image_pasted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._send_key = SendKey.ENTER
        self._history: Sequence[str] = ()
        self._recalled = -1
        self._most_lines = MAX_LINES
        self.key_taker: Callable[[int], bool] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self._grow)

    def set_history(self, texts: Sequence[str]) -> None:
        """The user's own earlier turns, oldest first."""
        self._history = texts
        self._recalled = -1

    def set_send_key(self, key: SendKey) -> None:
        self._send_key = key

    # --- pastes -----------------------------------------------------------------------------------------------------

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasImage() or bool(local_files(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = clean_text(source.text())
        if files := local_files(source):
            self.files_given.emit(files)
        elif len(text) > MOST_PASTED:
            self.too_long_pasted.emit(len(text))
        elif len(text) > LONG_PASTE:
            self.long_pasted.emit(text)
        elif source.hasImage() and not text.strip():
            self.image_pasted.emit()
        else:
            super().insertFromMimeData(source)

    # --- keys -------------------------------------------------------------------------------------------------------

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        self._grow()

    def event(self, event: QEvent) -> bool:
        # The window's Esc stops an answer; here it first belongs to the input method and to the list of templates.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            open_list = self.key_taker is not None and self.key_taker(0)
            if event.key() == Qt.Key.Key_Escape and (self._composing or open_list):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._composing and event.key() in _METHOD_KEYS:
            event.accept()
            return
        plain = not event.modifiers() & (_CTRL | _SHIFT)
        if plain and self.key_taker is not None and self.key_taker(event.key()):
            event.accept()
        elif event.key() in ENTER_KEYS:
            self._enter(event)
        elif not (plain and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._recall(event.key())):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes the chosen template before it moves on; Qt asks here before any key event."""
        if self.composing or (forward and self.key_taker is not None and self.key_taker(Qt.Key.Key_Tab)):
            return True
        return super().focusNextPrevChild(forward)

    def _enter(self, event: QKeyEvent) -> None:
        ctrl, shift = bool(event.modifiers() & _CTRL), bool(event.modifiers() & _SHIFT)
        wanted = ctrl if self._send_key is SendKey.CTRL_ENTER else not shift
        if wanted and not shift:
            self.submitted.emit()
        else:
            self.textCursor().insertText("\n")
            self.ensureCursorVisible()
        event.accept()

    def _recall(self, key: int) -> bool:
        """Up in an empty field, or in a recalled text that was not touched, goes back through the turns."""
        shown = self._history[self._recalled] if self._recalled >= 0 else ""
        if self.text != shown or (self._recalled < 0 and key == Qt.Key.Key_Down):
            return False
        last = len(self._history)
        at = (last if self._recalled < 0 else self._recalled) + (-1 if key == Qt.Key.Key_Up else 1)
        if not 0 <= at <= last or not last:
            return self._recalled >= 0
        self._recalled = at if at < last else -1
        self.replace_text(self._history[at] if at < last else "")
        return True

    # --- height -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._grow()

    def set_room(self, height: int) -> None:
        """Grow no higher than this, but show one line at least."""
        lines = (height - round(2 * self.document().documentMargin())) // self._line_height()
        most = min(max(lines, 1), MAX_LINES)
        if most != self._most_lines:
            self._most_lines = most
            self._grow()
            self.ensureCursorVisible()

    def room_for(self, lines: int) -> int:
        """The height of so many lines."""
        return lines * self._line_height() + round(2 * self.document().documentMargin())

    def line_count(self) -> int:
        """Lines as wrapped, counted up to the most that are shown."""
        lines, block = 0, self.document().firstBlock()
        while block.isValid() and lines < self._most_lines:
            self.blockBoundingRect(block)  # lays the block out
            lines += max(1, block.layout().lineCount())
            block = block.next()
        return min(max(lines, 1), self._most_lines)

    def _grow(self) -> None:
        lines = self.line_count()
        height = self.room_for(lines)
        policy = (
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if lines == self._most_lines > 1
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.setVerticalScrollBarPolicy(policy)
        if height != self.height():
            self.setFixedHeight(height)
        if lines < self._most_lines:
            self.verticalScrollBar().setValue(0)  # all of it fits

    def _line_height(self) -> int:
        line = self.document().firstBlock().layout().lineAt(0)
        return max(round(line.height()) if line.isValid() else 0, self.fontMetrics().lineSpacing())

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())


def local_files(source: QMimeData) -> list[Path]:
    """The files of a paste or a drop; addresses of the web are words."""
    return [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
