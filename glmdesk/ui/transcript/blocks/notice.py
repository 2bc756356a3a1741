"""Quiet lines with buttons (stopped, waiting, damaged) and the error card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from glmdesk.domain.errors import ErrorInfo
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.transcript.blocks.base import PaintedButton, Span, button_width, paint_buttons, rounded
from glmdesk.ui.transcript.blocks.lined import LinedPiece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.glyphs import paint_glyph
from glmdesk.ui.transcript.lines import LineFont
from glmdesk.ui.transcript.style import Style


@dataclass(frozen=True, slots=True)
class Offer:
    """A button beside a notice: the action's id and the id of its words."""

    key: str
    text_id: str
    primary: bool = False


class NoticePiece(LinedPiece):
    """A sentence and what can be done about it."""

    kind = "notice"
    reads_as_text = False

    def __init__(self, text: str, offers: Sequence[Offer] = (), *, tone: str = "muted", right: bool = False) -> None:
        super().__init__(text)
        self.offers = tuple(offers)
        self.tone = tone
        self.right = right

    def inset(self, context: Context) -> int:
        if not self.right:
            return 0
        words = QFontMetrics(context.style.small_font).horizontalAdvance(self.content)
        return max(0, context.width - words - context.style.px(4))

    def same(self, other: NoticePiece) -> bool:
        return type(self) is type(other) and self.look_of() == other.look_of()

    @property
    def length(self) -> int:
        return super().length if self.reads_as_text else 0

    def look_of(self) -> tuple[object, ...]:
        """What two notices share that differ only in their words."""
        return self.offers, self.tone, self.right

    def look(self, style: Style) -> LineFont:
        return LineFont(style.small_font, style.small_line, style.color(self.tone))

    def text_top(self, context: Context) -> int:
        return context.style.px(4)

    def _beside(self, context: Context) -> bool:
        """Whether the buttons stand on the line of the sentence."""
        needed = sum(b.rect.width() + context.style.px(8) for b in self._row_of_buttons(context, 0, 0))
        words = QFontMetrics(context.style.small_font).horizontalAdvance(self.content)
        return words + needed + context.style.px(12) <= self.text_width(context)

    def measure(self, context: Context) -> int:
        text = self.lines(context).height + context.style.px(8)
        below = self.offers and not self._beside(context)
        return text + (context.style.px(36) if below else 0)

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        style = context.style
        if self._beside(context):
            words = QFontMetrics(style.small_font).horizontalAdvance(self.content)
            return self._row_of_buttons(context, self.inset(context) + words + style.px(12), 0)
        return self._row_of_buttons(context, self.inset(context), self.height - style.px(32))

    def _row_of_buttons(self, context: Context, left: int, top: int) -> Sequence[PaintedButton]:
        style = context.style
        made: list[PaintedButton] = []
        for offer in self.offers:
            text = tr(offer.text_id)
            rect = QRect(left, top, button_width(style, text) + style.px(4), style.px(29))
            made.append(PaintedButton(offer.key, rect, text, text=text, boxed=True, primary=offer.primary))
            left += rect.width() + style.px(8)
        return made

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        self.paint_lines(context, painter, clip, selected)
        paint_buttons(context, painter, self, self.buttons(context))


class ErrorPiece(NoticePiece):
    """What happened, what to do, the server's own words small below, and a button."""

    kind = "error"
    reads_as_text = True

    def __init__(self, info: ErrorInfo, offers: Sequence[Offer]) -> None:
        what, fix = error_texts(info)
        lines = [what, fix, " · ".join(part for part in (info.code, info.detail) if part)]
        super().__init__("\n".join(line for line in lines if line), offers, tone="text")

    def inset(self, context: Context) -> int:
        return context.style.px(42)

    def text_width(self, context: Context) -> int:
        return context.width - self.inset(context) - context.style.px(14)

    def text_top(self, context: Context) -> int:
        return context.style.px(12)

    def _beside(self, context: Context) -> bool:
        return False

    def measure(self, context: Context) -> int:
        return self.lines(context).height + context.style.px(24) + (context.style.px(40) if self.offers else 0)

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        return self._row_of_buttons(context, self.inset(context), self.height - context.style.px(42))

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.color("bad", 0.35), 1))
        painter.setBrush(style.color("bad", 0.06))
        painter.drawPath(rounded(QRectF(0.5, 0.5, context.width - 1, self.height - 1), style.px(10)))
        size = style.px(17)
        at = QPointF(style.px(15), style.px(12) + (style.small_line - size) / 2)
        paint_glyph(painter, "alert", QRectF(at.x(), at.y(), size, size), style.color("bad"))
        painter.restore()
        super().paint(context, painter, clip, selected)
