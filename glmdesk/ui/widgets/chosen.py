"""The ground of the row that is chosen in a list of its own delegate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from glmdesk.ui.theme.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


def paint_chosen(painter: QPainter, rect: QRect, theme: ThemeManager) -> None:
    """A rounded ground, a pixel smaller than the row."""
    radius = theme.px(RADIUS_CONTROL)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.tokens.accent_ground))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
