"""A display formula: its picture in the middle of the column, its TeX until that is there."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from glmdesk.domain.blocks import FormulaBlock
from glmdesk.domain.formula import FormulaDrawing
from glmdesk.ui.transcript.blocks.base import Span, rounded
from glmdesk.ui.transcript.blocks.lined import LinedPiece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.formulas import Look
from glmdesk.ui.transcript.lines import LineFont
from glmdesk.ui.transcript.style import Style

_EM, _EDGE = 16, 6  # logical pixels before zoom


class FormulaPiece(LinedPiece):
    kind = "formula"

    def __init__(self, block: FormulaBlock) -> None:
        super().__init__(block.tex)
        self.block = block
        self._x = 0

    def set_block(self, context: Context, block: FormulaBlock) -> None:
        if block.tex != self.block.tex:
            self._x = 0
            self.changed()
        self.block = block
        self.set_content(context, block.tex)

    def _drawing(self, context: Context) -> FormulaDrawing | None:
        if context.formulas is None:
            return None
        return context.formulas.get(self, self.block.tex.strip(), display=True)

    def formula_came(self, context: Context) -> None:
        self.changed()

    def look(self, style: Style) -> LineFont:
        return LineFont(style.code_font, style.code_line, style.color("text"))

    def inset(self, context: Context) -> int:
        return context.style.px(16)

    def text_width(self, context: Context) -> int:
        return self.room(context) - 2 * self.inset(context)

    def text_top(self, context: Context) -> int:
        return context.style.px(10)

    def measure(self, context: Context) -> int:
        drawing = self._drawing(context)
        if drawing is None:
            return self.lines(context).height + 2 * context.style.px(10)
        return math.ceil(drawing.height * context.style.px(_EM)) + 2 * context.style.px(_EDGE)

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        drawing = self._drawing(context)
        if drawing is None:
            self._paint_source(context, painter, clip, selected)
        else:
            self._paint_picture(context, painter, drawing, selected)

    def _paint_source(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("code_ground"))
        painter.drawPath(rounded(QRectF(0, 0, self.room(context), self.height), style.px(10)))
        painter.restore()
        self.paint_lines(context, painter, clip, selected)

    def _paint_picture(
        self, context: Context, painter: QPainter, drawing: FormulaDrawing, selected: Span | None
    ) -> None:
        style, formulas = context.style, context.formulas
        if formulas is None:
            return
        em = style.px(_EM)
        width = math.ceil(drawing.width * em)
        left = max(0, (self.room(context) - width) // 2) - self._x
        rect = QRectF(left, style.px(_EDGE), width, drawing.height * em)
        painter.save()
        painter.setClipRect(QRect(0, 0, self.room(context), self.height), Qt.ClipOperation.IntersectClip)
        if selected is not None and selected[0] < min(selected[1], self.length):
            painter.fillRect(rect, style.selection)
        look = Look(em, style.color("text").name(), context.dpr)
        pixmap = formulas.pixmap(self.block.tex.strip(), drawing, look, QRectF(QPointF(0, 0), rect.size()))
        painter.drawPixmap(QPointF(left, style.px(_EDGE)), pixmap)
        painter.restore()
        self._paint_bar(context, painter, width)

    def _paint_bar(self, context: Context, painter: QPainter, width: int) -> None:
        """A thin mark of how far a wide formula is scrolled sideways."""
        seen = self.room(context)
        if width <= seen:
            return
        length = max(24, seen * seen // width)
        x = (seen - length) * self._x // max(1, width - seen)
        painter.fillRect(x, self.height - context.style.px(3), length, 3, context.style.color("muted", 0.45))

    def scroll_sideways(self, context: Context, delta: int) -> bool:
        drawing = self._drawing(context)
        width = math.ceil(drawing.width * context.style.px(_EM)) if drawing is not None else 0
        x = max(0, min(self._x + delta, width - self.room(context)))
        if x == self._x:
            return False
        self._x = x
        self.touch()
        return True

    def position_at(self, context: Context, x: int, y: int) -> int:
        """A picture is selected whole or not at all."""
        if self._drawing(context) is None:
            return super().position_at(context, x, y)
        return 0 if x < self.room(context) // 2 else self.length

    def y_of(self, context: Context, position: int) -> int:
        return super().y_of(context, position) if self._drawing(context) is None else 0

    def word_at(self, context: Context, position: int) -> Span:
        return super().word_at(context, position) if self._drawing(context) is None else (0, self.length)

    def markdown(self, context: Context, span: Span) -> str:
        return self.block.source if span[0] <= 0 and span[1] >= self.length else self.plain(context, span)
