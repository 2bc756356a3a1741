"""A table: natural width, cells wrap, too many columns scroll sideways."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QTextDocument

from glmdesk.domain.blocks import TableBlock
from glmdesk.ui.transcript.blocks.base import Span, estimate_lines
from glmdesk.ui.transcript.blocks.text import DocumentPiece, words_of_html
from glmdesk.ui.transcript.context import Context

_COLUMN_MINIMUM = 84


class TablePiece(DocumentPiece):
    kind = "table"

    def __init__(self, block: TableBlock) -> None:
        super().__init__()
        self.block = block
        self._x = 0

    def set_block(self, context: Context, block: TableBlock) -> None:
        if block != self.block:
            self.block = block
            self.refill(context)
            self.changed()

    def body_html(self, context: Context) -> str:
        style, block = context.style, self.block
        body = "".join(_row("td", row, block.align, "") for row in block.rows)
        head = _row("th", block.header, block.align, style.tokens.side)
        look = f"margin: 0px; border-collapse: collapse; border-color: {style.tokens.line}; border-style: solid"
        opening = f'<table cellspacing="0" cellpadding="{style.px(7)}" border="1" style="{look}">'
        return f"{opening}{head}{body}</table>"

    def _set_html(self, context: Context, document: QTextDocument) -> None:
        document.setHtml(self.body_html(context))
        self._length = max(0, document.characterCount() - 1)

    def text_width(self, context: Context) -> int:
        return max(context.width, len(self.block.header) * context.style.px(_COLUMN_MINIMUM))

    def offset(self, context: Context) -> QPointF:
        return QPointF(-self._x, 0)

    def raw_estimate(self, context: Context) -> float:
        style = context.style
        per_line = context.width / style.char / max(1, len(self.block.header))
        lines = sum(max((estimate_lines(cell, per_line) for cell in row), default=1.0) for row in self.block.rows)
        return (lines + 1) * style.px(20) + (len(self.block.rows) + 1) * style.px(15)

    def measure(self, context: Context) -> int:
        return round(self.document(context).size().height()) + 1

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        painter.save()
        painter.setClipRect(QRect(0, 0, context.width, self.height), Qt.ClipOperation.IntersectClip)
        self.paint_document(context, painter, clip, selected)
        painter.restore()

    @property
    def in_use(self) -> bool:
        return self._x > 0

    def scroll_sideways(self, context: Context, delta: int) -> bool:
        x = max(0, min(self._x + delta, self.text_width(context) - context.width))
        if x == self._x:
            return False
        self._x = x
        self.touch()
        return True

    def words(self) -> str:
        cells = (cell for row in (self.block.header, *self.block.rows) for cell in row)
        return "\n".join(map(words_of_html, cells))

    def reveal(self, context: Context, position: int) -> None:
        document = self.document(context)
        block = document.findBlock(min(position, self.length))
        left = document.documentLayout().blockBoundingRect(block).left()
        if not self._x <= left < self._x + context.width - context.style.px(60):
            self.scroll_sideways(context, round(left) - context.style.px(40) - self._x)

    def accessible_text(self) -> str:
        return self.block.source


def _row(tag: str, cells: Sequence[str], align: Sequence[str], ground: str) -> str:
    color = f' bgcolor="{ground}"' if ground else ""
    made = (f'<{tag} align="{side or "left"}"{color}>{cell}</{tag}>' for cell, side in zip(cells, align, strict=False))
    return f"<tr>{''.join(made)}</tr>"
