"""A line of text whose Enter belongs to the input method while that is composing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from glmdesk.ui.composer.clean import clean_text
from glmdesk.ui.widgets.keys import keep_escape

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_METHOD_KEYS = (*ENTER_KEYS, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab)


class LineEdit(QLineEdit):
    """Use this wherever Enter, Esc or an arrow does something.

    `submitted` is Enter, `cancelled` is Esc, `stepped` is an arrow (+1 down, -1 up); none of them while composing.
    """

    submitted = Signal(str)
    cancelled = Signal()
    stepped = Signal(int)

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._composing = False

    @property
    def composing(self) -> bool:
        """True while the input method shows text that is not yet part of the line."""
        return self._composing

    @property
    def cleaned(self) -> str:
        return clean_text(self.text()).replace("\n", " ").strip()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # Some input methods drop their text on a change of focus without saying so.
        self._composing = False
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        return keep_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._composing and event.key() in _METHOD_KEYS:
            event.accept()
            return
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.submitted.emit(self.cleaned)
            case Qt.Key.Key_Escape:
                self.cancelled.emit()
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case Qt.Key.Key_Down:
                self.stepped.emit(1)
            case _:
                super().keyPressEvent(event)
