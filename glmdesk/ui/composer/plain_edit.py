"""A field of plain text: cleaned pastes, a cap on their length, and knowledge of the input method."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QInputMethodEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from glmdesk.ui.composer.clean import clean_text

# More than the window of any GLM-4.5 model holds in Chinese; a longer text would also make every key slow.
MAX_CHARACTERS = 200_000


class PlainEdit(QPlainTextEdit):
    """Text in, text out: no rich text, no NUL, no half characters, at most `MAX_CHARACTERS` by pasting."""

    capped = Signal()  # a paste was longer than there is room; what fits was put in

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_in(self, font: QFont) -> None:
        """Another font than that of the style sheet, also for the placeholder: the viewport keeps its first one."""
        self.setFont(font)
        self.viewport().setFont(font)

    @property
    def text(self) -> str:
        """What is written, cleaned; not the input method's text in the making."""
        # toPlainText would turn no-break spaces into spaces.
        return clean_text(self.document().toRawText())

    @property
    def composing(self) -> bool:
        """True while the input method shows text that is not yet part of the field."""
        return self._composing

    def replace_text(self, text: str) -> None:
        """Put in another text; can be undone."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(self._fitting(clean_text(text), free=MAX_CHARACTERS))
        self.setTextCursor(cursor)

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

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # Some input methods drop their text on a change of focus without saying so.
        self._composing = False
        super().focusOutEvent(event)
