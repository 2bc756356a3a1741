"""The growing text field of the composer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from glmdesk.domain.settings import SendKey
from glmdesk.ui.composer.clean import clean_text
from glmdesk.ui.composer.line_edit import ENTER_KEYS

MAX_LINES = 10
# More than the window of any GLM model holds in Chinese; a longer text would also make every key slow.
MAX_CHARACTERS = 200_000
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_METHOD_KEYS = (*ENTER_KEYS, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab)


class Editor(QPlainTextEdit):
    """Plain text, 1 to 10 lines high. Enter asks to send, never while an input method is composing."""

    submitted = Signal()
    capped = Signal()  # a paste was longer than there is room; what fits was put in

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self._send_key = SendKey.ENTER
        self._history: Sequence[str] = ()
        self._recalled = -1
        self.key_taker: Callable[[int], bool] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self._grow)

    # --- text -------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is written, cleaned; not the input method's text in the making."""
        # toPlainText would turn no-break spaces into spaces.
        return clean_text(self.document().toRawText())

    @property
    def composing(self) -> bool:
        return self._composing

    def replace_text(self, text: str) -> None:
        """Put in another text; can be undone."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(self._fitting(clean_text(text), free=MAX_CHARACTERS))
        self.setTextCursor(cursor)

    def set_history(self, texts: Sequence[str]) -> None:
        """The user's own earlier turns, oldest first."""
        self._history = texts
        self._recalled = -1

    def set_send_key(self, key: SendKey) -> None:
        self._send_key = key

    def insertFromMimeData(self, source: QMimeData) -> None:
        cursor = self.textCursor()
        free = MAX_CHARACTERS - self.document().characterCount() + len(cursor.selectedText())
        cursor.insertText(self._fitting(clean_text(source.text()), free=max(free, 0)))
        self.ensureCursorVisible()

    def _fitting(self, text: str, *, free: int) -> str:
        if len(text) <= free:
            return text
        self.capped.emit()
        return text[:free]

    # --- keys -------------------------------------------------------------------------------------------------------

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        self._grow()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # Some input methods drop their text on a change of focus without saying so.
        self._composing = False
        super().focusOutEvent(event)

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

    def line_count(self) -> int:
        """Lines as wrapped, counted up to the most that are shown."""
        lines, block = 0, self.document().firstBlock()
        while block.isValid() and lines < MAX_LINES:
            self.blockBoundingRect(block)  # lays the block out
            lines += max(1, block.layout().lineCount())
            block = block.next()
        return min(max(lines, 1), MAX_LINES)

    def _grow(self) -> None:
        lines = self.line_count()
        height = lines * self._line_height() + round(2 * self.document().documentMargin())
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if lines == MAX_LINES else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        if height != self.height():
            self.setFixedHeight(height)

    def _line_height(self) -> int:
        line = self.document().firstBlock().layout().lineAt(0)
        return max(round(line.height()) if line.isValid() else 0, self.fontMetrics().lineSpacing())

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())
