"""A scrolling page with one centred column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class ColumnPage(QScrollArea):
    """Put widgets into `column`; it is at most `width` wide (at zoom 1), never wider than the page, and centred."""

    def __init__(self, *, theme: ThemeManager, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page_theme = theme
        self._page_width = width
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        ground = QWidget()
        self.body = QWidget()
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._outer = QHBoxLayout(ground)
        self._outer.addStretch(1)
        self._outer.addWidget(self.body, 1000)
        self._outer.addStretch(1)
        self.setWidget(ground)
        ground.setAutoFillBackground(False)  # Qt has just switched it on
        theme.changed.connect(self._fit_page)
        self._fit_page()

    def _fit_page(self) -> None:
        # The room of the scroll bar is left free beside a short page: nothing moves when the bar comes.
        bar = self.verticalScrollBar().sizeHint().width()
        px, room = self._page_theme.px, self.width() - bar
        margin = px(24) if room > px(480) else px(16)
        self.body.setMaximumWidth(max(min(px(self._page_width), room - 2 * margin), 1))
        free = max(0, bar - (self.width() - self.viewport().width()))
        self._outer.setContentsMargins(margin, margin, margin + free, margin)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_page()
