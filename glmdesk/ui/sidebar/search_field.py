"""A search line: a glass on the left, a button that clears on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.theme.icons import pixmap
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_ICON = 16


class SearchField(LineEdit):
    """Esc clears, as the button does."""

    def __init__(self, clear_id: str, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme = theme
        self._hint, self._keys = "", ""
        self.clear_button = IconButton("x", clear_id, theme=theme, parent=self)
        self.clear_button.hide()
        self.clear_button.clicked.connect(self.clear)
        self.cancelled.connect(self.clear)
        self.textChanged.connect(self._show_button)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        px = self._theme.px
        self.setTextMargins(px(22), 0, px(24), 0)
        self.setMinimumHeight(px(36))
        self._show_hint()

    def set_hint(self, hint: str, keys: str) -> None:
        """What the field is for, and the keys that lead to it where there is room for them."""
        self._hint, self._keys = hint, keys
        self._show_hint()

    def _show_hint(self) -> None:
        both = f"{self._hint}   {self._keys}".strip()
        room = self.contentsRect().width() - self._theme.px(22 + 24 + 8)
        fits = self.fontMetrics().horizontalAdvance(both) <= room
        self.setPlaceholderText(both if fits else self._hint)
        set_tooltip(self, "" if fits else self._keys)

    def _show_button(self, text: str) -> None:
        self.clear_button.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        button = self.clear_button
        self._show_hint()
        button.move(self.width() - button.width() - 2, (self.height() - button.height()) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = self._theme.px(_ICON)
        box = QRect(self._theme.px(10), (self.height() - side) // 2, side, side)
        painter = QPainter(self)
        painter.drawPixmap(box, pixmap("search", self._theme.tokens.faint, side, dpr=self.devicePixelRatioF()))
        painter.end()
