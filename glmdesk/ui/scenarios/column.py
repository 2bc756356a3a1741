"""A scrolling page with one centred column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class ColumnPage(QScrollArea):
    """Put widgets into `column`; it is at most `width` wide (at zoom 1) and centred."""

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
        px = self._page_theme.px
        self.body.setMaximumWidth(px(self._page_width))
        self._outer.setContentsMargins(px(24), px(24), px(24), px(24))
