"""The one soft shadow of the window, painted without an effect (an effect would redraw the text at every key)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

SPREAD = 12  # pixels around the card at zoom 1
_STEPS = 12


def paint_shadow(painter: QPainter, card: QRectF, *, radius: float, dark: bool, spread: float = SPREAD) -> None:
    """Soft rings around `card`, a little lower than it."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 6 if dark else 2))
    for step in range(_STEPS, 0, -1):
        grow = spread * (step / _STEPS) ** 1.6  # denser near the card
        ring = card.adjusted(-grow, -grow * 0.6, grow, grow * 0.9)
        painter.drawRoundedRect(ring, radius + grow, radius + grow)
    painter.restore()


def paint_card(painter: QPainter, card: QRectF, *, radius: float, ground: str, line: str) -> None:
    """A filled rounded card with a hairline that sits on whole pixels."""
    painter.setPen(QColor(line))
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
