"""The user's turn: a tinted bubble on the right, chips for its files above the words."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from glmdesk.domain.message import Message
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.base import Span, rounded
from glmdesk.ui.transcript.blocks.lined import LinedPiece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.estimate import estimate_lines
from glmdesk.ui.transcript.glyphs import paint_glyph

_SHOWN = 20_000  # characters of a turn that are shown; Copy takes all of it


def _shown(message: Message) -> str:
    text = message.text.strip("\n")
    if len(text) <= _SHOWN:
        return text
    return f"{text[:_SHOWN]}…\n\n{tr('transcript.status.shortened', count=f'{len(text):,}')}"


class BubblePiece(LinedPiece):
    kind = "bubble"

    def __init__(self, message: Message) -> None:
        super().__init__(_shown(message))
        self._names = [a.name for a in message.attachments]

    def shows(self, message: Message) -> bool:
        """True when this is what the bubble of a message looks like."""
        return _shown(message) == self.content and [a.name for a in message.attachments] == self._names

    def _most(self, context: Context) -> int:
        return round(context.width * 0.8) - 2 * context.style.px(14)

    def text_width(self, context: Context) -> int:
        return self._most(context)

    def _wide(self, context: Context) -> int:
        """The width of the words as they stand."""
        return min(self._most(context), self.lines(context).ideal_width()) if self.content else 0

    def _bubble(self, context: Context) -> QRect:
        px = context.style.px
        chips = self._chip_rows(context)
        if not self.content:
            return QRect(context.width, chips, 0, 0)
        width = self._wide(context) + 2 * px(14)
        return QRect(context.width - width, chips, width, self.lines(context).height + 2 * px(10))

    def _chip_rows(self, context: Context) -> int:
        return len(self._names) * context.style.px(38)

    def inset(self, context: Context) -> int:
        return self._bubble(context).left() + context.style.px(14)

    def text_top(self, context: Context) -> int:
        return self._chip_rows(context) + context.style.px(10)

    def raw_estimate(self, context: Context) -> float:
        lines = estimate_lines(self.content, self._most(context) / context.style.char)
        return max(1.0, lines) * context.style.line + 2 * context.style.px(10) + self._chip_rows(context)

    def measure(self, context: Context) -> int:
        bubble = self._bubble(context)
        return bubble.top() + bubble.height()

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        for number, name in enumerate(self._names):
            self._paint_chip(context, painter, number * style.px(38), name)
        if not self.content:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("user_turn"))
        painter.drawPath(rounded(QRectF(self._bubble(context)), style.px(14)))
        painter.restore()
        self.paint_lines(context, painter, clip, selected)

    def _paint_chip(self, context: Context, painter: QPainter, top: int, name: str) -> None:
        style = context.style
        metrics = QFontMetrics(style.meta_font)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, style.px(280))
        width = metrics.horizontalAdvance(shown) + style.px(42)
        rect = QRectF(context.width - width - 0.5, top + 0.5, width, style.px(30))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.color("line"), 1))
        painter.drawPath(rounded(rect, style.px(8)))
        size = style.px(15)
        icon = QRectF(rect.left() + style.px(10), rect.center().y() - size / 2, size, size)
        paint_glyph(painter, "file", icon, style.color("muted"))
        painter.setPen(style.color("muted"))
        painter.setFont(style.meta_font)
        painter.drawText(rect.adjusted(style.px(31), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
