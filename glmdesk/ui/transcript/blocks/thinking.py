"""The thinking fold: a quiet block with a hairline, live seconds, a preview while it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript import rich
from glmdesk.ui.transcript.blocks.base import PaintedButton, Span, baseline_text, button_width, paint_buttons
from glmdesk.ui.transcript.blocks.lined import LinedPiece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.glyphs import paint_glyph
from glmdesk.ui.transcript.lines import LineFont
from glmdesk.ui.transcript.style import Style

_PREVIEW = 160  # characters looked at for the one line shown while the fold is closed


@dataclass(frozen=True, slots=True)
class ThinkingState:
    """`running` while the thought goes on; `tokens` is empty or e.g. "≈ 612 tokens"."""

    seconds: float
    tokens: str
    running: bool
    can_skip: bool = False  # the answer can be asked for at once


class ThinkingPiece(LinedPiece):
    kind = "thinking"

    def __init__(self, text: str, state: ThinkingState, *, opened: bool) -> None:
        super().__init__(text.strip())
        self.state = state
        self.opened = opened
        self.reads_as_text = opened

    def update(self, context: Context, text: str, state: ThinkingState, *, opened: bool) -> None:
        text = text.strip() if not text.startswith(self.content) else text.rstrip()
        if opened != self.opened:
            self.opened = self.reads_as_text = opened
            self.changed()
        if state != self.state:
            self.state = state
            self.touch_top(self.text_top(context))
        if opened:
            self.set_content(context, text)
        elif text != self.content:
            self._content, self._lines = text, None
            self.touch(0)

    def look(self, style: Style) -> LineFont:
        return LineFont(style.small_font, style.small_line, style.color("muted"))

    def inset(self, context: Context) -> int:
        return context.style.px(16)

    def text_top(self, context: Context) -> int:
        return context.style.px(30)

    def raw_estimate(self, context: Context) -> float:
        return super().raw_estimate(context) if self.opened else self._closed_height(context)

    def _closed_height(self, context: Context) -> int:
        return self.text_top(context) + (context.style.small_line if self.content else 0)

    def measure(self, context: Context) -> int:
        if not self.opened:
            return self._closed_height(context)
        return self.text_top(context) + self.lines(context).height + context.style.px(4)

    @property
    def length(self) -> int:
        return len(self.content) if self.opened else 0

    def title(self) -> str:
        """ "思考中 3.2 秒", "已思考 9.4 秒"."""
        which = "transcript.thinking.running" if self.state.running else "transcript.thinking.done"
        if not self.state.running and self.state.seconds <= 0:
            return tr("transcript.thinking.plain")
        return tr(which, seconds=f"{self.state.seconds:.1f}")

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        px = context.style.px
        width = px(42) + QFontMetrics(context.style.meta_bold).horizontalAdvance(self.title())
        tip = tr("transcript.thinking.close" if self.opened else "transcript.thinking.open")
        fold = PaintedButton("fold", QRect(px(8), 0, width, px(28)), tip)
        return (fold, self._skip(context)) if self.state.running and self.state.can_skip else (fold,)

    def _skip(self, context: Context) -> PaintedButton:
        text = tr("transcript.action.answer_now")
        wide = button_width(context.style, text) + context.style.px(4)
        rect = QRect(context.width - wide, 0, wide, context.style.px(28))
        return PaintedButton("answer_now", rect, tr("transcript.thinking.skip"), text=text, boxed=True, primary=True)

    def markdown(self, context: Context, span: Span) -> str:
        return "\n".join(f"> {line}".rstrip() for line in self.plain(context, span).split("\n"))

    def html(self, context: Context, span: Span) -> str:
        return rich.quote(self.plain(context, span))

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        painter.fillRect(0, 0, style.px(2), self.height, style.color("line"))
        self._paint_header(context, painter)
        paint_buttons(context, painter, self, [b for b in self.buttons(context) if b.key != "fold"])
        if self.opened:
            self.paint_lines(context, painter, clip, selected)
        elif self.content:
            self._paint_preview(context, painter)

    def _paint_header(self, context: Context, painter: QPainter) -> None:
        style = context.style
        button = self.buttons(context)[0]
        hot = context.hot == (self, "fold")
        color = style.color("text" if hot else "muted")
        size = style.px(17)
        middle = style.px(14)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        glyph = QRectF(style.px(14), middle - size / 2, size, size)
        paint_glyph(painter, "fold_open" if self.opened else "fold_closed", glyph, color)
        if context.focus == (self, "fold"):
            painter.setPen(QPen(style.color("accent"), 2))
            painter.drawRoundedRect(QRectF(button.rect).adjusted(1, 1, -1, -1), style.px(7), style.px(7))
        painter.restore()
        x = style.px(34)
        y = middle - QFontMetrics(style.meta_bold).height() / 2
        baseline_text(painter, style.meta_bold, color, QPointF(x, y), self.title())
        if self.state.tokens:
            x += QFontMetrics(style.meta_bold).horizontalAdvance(self.title())
            free = round(self._skip(context).rect.left() if self.state.running else context.width) - x
            metrics = QFontMetrics(style.meta_font)
            text = metrics.elidedText(f" · {self.state.tokens}", Qt.TextElideMode.ElideRight, max(0, round(free)))
            baseline_text(painter, style.meta_font, style.color("faint"), QPointF(x, y), text)

    def _paint_preview(self, context: Context, painter: QPainter) -> None:
        style = context.style
        metrics = QFontMetrics(style.small_font)
        words = " ".join(self.content[:_PREVIEW].split())
        more = "…" if len(self.content) > _PREVIEW else ""
        shown = metrics.elidedText(words + more, Qt.TextElideMode.ElideRight, self.text_width(context))
        y = self.text_top(context) + (style.small_line - metrics.height()) / 2
        baseline_text(painter, style.small_font, style.color("faint"), QPointF(self.inset(context), y), shown)
