"""The card beside the bar that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

if TYPE_CHECKING:
    from glmdesk.ui.usage.chart import Chart

Line = tuple[str, str]


def paint_card(
    painter: QPainter, chart: Chart, title: str, lines: Sequence[Line], colours: Sequence[QColor], slot: QRect
) -> None:
    """A title and lines of (name, value); the first lines have the colours of the bar's parts."""
    theme = chart.theme
    px, tokens, metrics = theme.px, theme.tokens, QFontMetrics(theme.ui_font(12))
    bold = QFontMetrics(theme.ui_font(12, bold=True))
    line, edge, gap = metrics.height() + px(4), px(10), px(18)
    widest = max(metrics.horizontalAdvance(name) + metrics.horizontalAdvance(value) for name, value in lines)
    width = min(max(widest + px(16) + gap, bold.horizontalAdvance(title)) + 2 * edge, chart.width())
    box = _placed(QSize(width, line * (len(lines) + 1) + 2 * edge), slot, chart)
    painter.setPen(QColor(tokens.line))
    painter.setBrush(QColor(tokens.background))
    painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), px(8), px(8))
    inner = box.adjusted(edge, edge, -edge, -edge)
    painter.setFont(theme.ui_font(12, bold=True))
    painter.setPen(QColor(tokens.text))
    shown = bold.elidedText(title, Qt.TextElideMode.ElideMiddle, inner.width())
    painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, shown)
    painter.setFont(theme.ui_font(12))
    for number, (name, value) in enumerate(lines):
        row = QRect(inner.left(), inner.top() + line * (number + 1), inner.width(), line)
        if number < len(colours):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours[number])
            painter.drawRoundedRect(QRectF(row.left(), row.center().y() - px(4), px(8), px(8)), px(2), px(2))
        painter.setPen(QColor(tokens.muted))
        room = row.width() - px(16 + 6) - metrics.horizontalAdvance(value)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(row.adjusted(px(16), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(QColor(tokens.text))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, value)


def _placed(size: QSize, slot: QRect, chart: Chart) -> QRect:
    """Beside a column, or below or above a row, wholly inside the chart where it fits."""
    gap = chart.theme.px(6)
    if slot.width() > chart.width() // 2:  # a row
        left = slot.right() - size.width() - gap
        top = slot.bottom() + gap
        if top + size.height() > chart.height():
            top = slot.top() - size.height() - gap
    else:
        left = slot.right() + gap
        if left + size.width() > chart.width():
            left = slot.left() - size.width() - gap
        top = slot.top() + gap
    left = max(0, min(left, chart.width() - size.width()))
    top = max(0, min(top, chart.height() - size.height()))
    return QRect(left, top, size.width(), size.height())
