"""A label of one line that gives way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette

from glmdesk.ui.widgets.label import LabelRole, PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class CutLabel(PlainLabel):
    """A label that is cut with dots down to `least` logical pixels."""

    def __init__(self, text: str = "", *, theme: ThemeManager, role: LabelRole = "text", least: int = 0) -> None:
        self._least = least
        super().__init__(text, theme=theme, role=role)

    def minimumSizeHint(self) -> QSize:
        full = super().minimumSizeHint()
        return QSize(min(full.width(), self._theme.px(self._least)), full.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()
