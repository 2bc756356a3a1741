"""A table: natural width, cells wrap, too many columns scroll sideways."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QTextDocument

from glmdesk.domain.blocks import TableBlock
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript import table_part
from glmdesk.ui.transcript.blocks.base import PaintedButton, Span, button_width, paint_buttons
from glmdesk.ui.transcript.blocks.text import DocumentPiece, words_of_html
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.estimate import estimate_lines

_COLUMN_MINIMUM = 84


class TablePiece(DocumentPiece):
    kind = "table"

    def __init__(self, block: TableBlock) -> None:
        super().__init__()
        self.block = block
        self.done = ""  # the button that has just done its work
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

    def shape_document(self, context: Context, document: QTextDocument) -> None:
        """Nothing: the cells keep their margins."""

    def text_width(self, context: Context) -> int:
        return max(self.room(context), len(self.block.header) * context.style.px(_COLUMN_MINIMUM))

    def offset(self, context: Context) -> QPointF:
        return QPointF(-self._x, 0)

    def raw_estimate(self, context: Context) -> float:
        style = context.style
        per_line = self.room(context) / style.char / max(1, len(self.block.header))
        lines = sum(max((estimate_lines(cell, per_line) for cell in row), default=1.0) for row in self.block.rows)
        return (lines + 1) * style.px(20) + (len(self.block.rows) + 1) * style.px(15) + self._foot(context)

    def measure(self, context: Context) -> int:
        return round(self.document(context).size().height()) + 1 + self._foot(context)

    def _foot(self, context: Context) -> int:
        """The height of the line with the buttons."""
        return context.style.px(30)

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        style = context.style
        made: list[PaintedButton] = []
        left, top = 0, self.height - style.px(28)
        for key, name in (("copy_markdown", "Markdown"), ("copy_csv", "CSV")):
            done = self.done == key
            place = QRect(left, top, button_width(style, name, glyph=True), style.px(28))
            tip = tr("transcript.table.copy", format=name)
            made.append(PaintedButton(key, place, tip, "check" if done else "copy", name, primary=done))
            left = place.right() + style.px(4)
        return made

    def csv(self) -> str:
        """The words of the cells as comma-separated values with CRLF (RFC 4180)."""
        return csv_of([self.block.header, *self.block.rows])

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        painter.save()
        seen = QRect(0, 0, self.room(context), self.height - self._foot(context))
        painter.setClipRect(seen, Qt.ClipOperation.IntersectClip)
        self.paint_document(context, painter, clip, selected)
        painter.restore()
        self._paint_bar(context, painter, seen)
        paint_buttons(context, painter, self, self.buttons(context))

    def _paint_bar(self, context: Context, painter: QPainter, seen: QRect) -> None:
        """A thin mark of how far the columns are scrolled sideways."""
        natural = self._natural(context)
        if natural <= seen.width():
            return
        width = max(24, seen.width() ** 2 // natural)
        x = (seen.width() - width) * self._x // (natural - seen.width())
        painter.fillRect(x, seen.bottom(), width, context.style.px(3), context.style.color("muted", 0.45))

    def _natural(self, context: Context) -> int:
        return round(self.document(context).size().width())

    @property
    def in_use(self) -> bool:
        return self._x > 0 or bool(self.done)

    def scroll_sideways(self, context: Context, delta: int) -> bool:
        x = max(0, min(self._x + delta, self._natural(context) - self.room(context)))
        if x == self._x:
            return False
        self._x = x
        self.touch()
        return True

    def plain(self, context: Context, span: Span) -> str:
        return table_part.to_plain(self._part(context, span))

    def markdown(self, context: Context, span: Span) -> str:
        return table_part.to_markdown(self._part(context, span), self.block.align)

    def html(self, context: Context, span: Span) -> str:
        return table_part.to_html(self._part(context, span), self.block.align)

    def _part(self, context: Context, span: Span) -> table_part.Part:
        return table_part.part_of(self.document(context), span[0], min(span[1], self.length), self._math)

    def words(self) -> str:
        cells = (cell for row in (self.block.header, *self.block.rows) for cell in row)
        return "\n".join(map(words_of_html, cells))

    def reveal(self, context: Context, position: int) -> None:
        document = self.document(context)
        block = document.findBlock(min(position, self.length))
        left = document.documentLayout().blockBoundingRect(block).left()
        if not self._x <= left < self._x + self.room(context) - context.style.px(60):
            self.scroll_sideways(context, round(left) - context.style.px(40) - self._x)

    def accessible_text(self) -> str:
        return self.block.source


def csv_of(rows: Iterable[Sequence[str]]) -> str:
    """Rows of our own HTML as comma-separated values."""
    out = StringIO()
    csv.writer(out).writerows([words_of_html(cell) for cell in row] for row in rows)
    return out.getvalue()


def _row(tag: str, cells: Sequence[str], align: Sequence[str], ground: str) -> str:
    color = f' bgcolor="{ground}"' if ground else ""
    made = (f'<{tag} align="{side or "left"}"{color}>{cell}</{tag}>' for cell, side in zip(cells, align, strict=False))
    return f"<tr>{''.join(made)}</tr>"
