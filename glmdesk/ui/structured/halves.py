"""Two cards side by side; a narrow page puts one below the other and scrolls."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from glmdesk.ui.theme.theme import ThemeManager

_STACKED = 860
_WIDEST = 1500


class Halves(QScrollArea):
    """`set_halves` gives it its two widgets."""

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self._second: QWidget | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._body = QWidget()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._body)
        self.setWidget(self._body)
        self._body.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self._fit_halves)
        self._fit_halves()

    def set_halves(self, left: QWidget, right: QWidget) -> None:
        self._second = right
        for widget in (left, right):
            widget.setMinimumWidth(0)
            self._box.addWidget(widget, 1)

    @property
    def stacked(self) -> bool:
        """Whether the second stands below the first."""
        return self.width() < self._theme.px(_STACKED)

    def show_second(self) -> None:
        """Where it stands below the first: bring it into view, when what it has got by now is laid out."""
        QTimer.singleShot(0, self, self._scroll_to_second)

    def _scroll_to_second(self) -> None:
        if self.stacked and self._second is not None:
            self.verticalScrollBar().setValue(self._second.y() - self._box.spacing())

    def _fit_halves(self) -> None:
        px = self._theme.px
        way = QBoxLayout.Direction.TopToBottom if self.stacked else QBoxLayout.Direction.LeftToRight
        self._box.setDirection(way)
        side = max(px(16), (self.width() - px(_WIDEST)) // 2)
        self._box.setContentsMargins(side, px(4), side, px(16))
        self._box.setSpacing(px(16))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_halves()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(self._theme.tokens.side))
        painter.end()


def swap(first: QWidget, second_one: QWidget, *, second: bool) -> None:
    """Show one of two buttons in the same place; the focus stays there."""
    shown, hidden = (second_one, first) if second else (first, second_one)
    focused = hidden.hasFocus()
    shown.show()
    if focused:
        shown.setFocus()
    hidden.hide()
