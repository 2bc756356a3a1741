"""A display formula: its TeX in a quiet block."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from glmdesk.domain.blocks import FormulaBlock
from glmdesk.ui.transcript.blocks.base import Span, rounded
from glmdesk.ui.transcript.blocks.lined import LinedPiece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.lines import LineFont
from glmdesk.ui.transcript.style import Style


class FormulaPiece(LinedPiece):
    kind = "formula"

    def __init__(self, block: FormulaBlock) -> None:
        super().__init__(block.tex)
        self.block = block

    def set_block(self, context: Context, block: FormulaBlock) -> None:
        self.block = block
        self.set_content(context, block.tex)

    def look(self, style: Style) -> LineFont:
        return LineFont(style.code_font, style.code_line, style.color("text"))

    def inset(self, context: Context) -> int:
        return context.style.px(16)

    def text_width(self, context: Context) -> int:
        return context.width - 2 * self.inset(context)

    def text_top(self, context: Context) -> int:
        return context.style.px(10)

    def measure(self, context: Context) -> int:
        return self.lines(context).height + 2 * context.style.px(10)

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("code_ground"))
        painter.drawPath(rounded(QRectF(0, 0, context.width, self.height), style.px(10)))
        painter.restore()
        self.paint_lines(context, painter, clip, selected)
