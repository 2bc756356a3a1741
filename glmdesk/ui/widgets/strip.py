"""A tinted note inside a page, and the question before something is deleted for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.ui.theme.tokens import RADIUS_CODE
from glmdesk.ui.widgets.button import Button, ButtonKind
from glmdesk.ui.widgets.keys import keep_escape
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class Strip(QWidget):
    """A tinted ground; put the content into `column`."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.column = QVBoxLayout(self)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _restyle(self) -> None:
        px = self._theme.px
        self.column.setContentsMargins(px(14), px(10), px(14), px(10))
        self.column.setSpacing(px(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.tokens.line))
        painter.setBrush(QColor(self._theme.tokens.side))
        radius = self._theme.px(RADIUS_CODE)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()


class ConfirmStrip(Strip):
    """A question with Cancel and a (dangerous) button, in place of a dialog; `stacked` is for narrow places."""

    confirmed = Signal()

    def __init__(
        self,
        *,
        theme: ThemeManager,
        cancel_id: str,
        confirm_id: str,
        kind: ButtonKind = "danger",
        stacked: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme=theme, parent=parent)
        self.question = PlainLabel(role="text", theme=theme)
        self.question.setWordWrap(True)
        self.cancel_button = Button(cancel_id)
        self.confirm_button = Button(confirm_id, kind=kind)
        self._lay_out(QVBoxLayout() if stacked else QHBoxLayout())
        self._first = self.cancel_button if kind == "danger" else self.confirm_button
        self.cancel_button.clicked.connect(self.hide)
        self.confirm_button.clicked.connect(self._confirm)

    def _lay_out(self, row: QBoxLayout) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.confirm_button)
        row.addWidget(self.question, 1)
        row.addLayout(buttons)
        self.column.addLayout(row)

    def ask(self, question: str) -> None:
        """Show the question; the harmless button has the focus."""
        self.question.setText(question)
        self.show()
        self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _confirm(self) -> None:
        self.hide()
        self.confirmed.emit()

    def event(self, event: QEvent) -> bool:
        return keep_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
