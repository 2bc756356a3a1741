"""A quiet line that says as much as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class HintLine(QWidget):
    """Shows the longest of its texts that fits, and none when none does; a warning is elided instead."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._texts: Sequence[str] = ("",)
        self._warning = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """The whole text, also when a shorter one is shown."""
        return self._texts[0]

    @property
    def shown(self) -> str:
        """What is painted at this width."""
        metrics = QFontMetrics(self._theme.ui_font(12))
        if self._warning:
            return metrics.elidedText(self.text, Qt.TextElideMode.ElideRight, self.width())
        return next((text for text in self._texts if metrics.horizontalAdvance(text) <= self.width()), "")

    def show_texts(self, texts: Sequence[str], *, warning: bool = False) -> None:
        """`texts` from the longest to the shortest."""
        self._texts, self._warning = texts, warning
        self.setAccessibleName(self.text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, self._theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.ui_font(12))
        painter.setPen(QColor(self._theme.tokens.warn if self._warning else self._theme.tokens.faint))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.shown)
        painter.end()
