"""Renderers that stand on `LineText`: formulas as source, reasoning and the user's turn share this."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from glmdesk.ui.transcript import rich
from glmdesk.ui.transcript.blocks.base import Piece, Span, line_grounds
from glmdesk.ui.transcript.blocks.code import word_span
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.estimate import estimate_lines
from glmdesk.ui.transcript.lines import LineFont, LineText
from glmdesk.ui.transcript.style import Style


class LinedPiece(Piece):
    """Plain text at `inset` from the left and `top` from the top."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._content = text
        self._lines: LineText | None = None
        self._style: Style | None = None

    @property
    def content(self) -> str:
        return self._content

    def look(self, style: Style) -> LineFont:
        return LineFont(style.text_font, style.line, style.color("text"))

    def inset(self, context: Context) -> int:
        return 0

    def text_top(self, context: Context) -> int:
        return 0

    def text_width(self, context: Context) -> int:
        return self.room(context) - self.inset(context)

    def lines(self, context: Context) -> LineText:
        """The text laid out at the width; made new for another theme or zoom."""
        if self._lines is None or self._style is not context.style:
            self._style = context.style
            self._lines = LineText(self.look(context.style))
            self._lines.set_text(self._content)
        self._lines.set_width(self.text_width(context))
        return self._lines

    def set_content(self, context: Context, text: str) -> None:
        """Show another text; a longer one that begins the same costs only what is new."""
        if text == self._content:
            return
        self._content = text
        if self._lines is None:
            self.changed()
            return
        first = self._lines.set_text(text)
        self.changed(self.text_top(context) + self._lines.paragraph_top(first))

    def raw_estimate(self, context: Context) -> float:
        look = self.look(context.style)
        lines = estimate_lines(self._content, self.text_width(context) / context.style.char)
        return lines * look.line + self.text_top(context)

    def paint_lines(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        left, top = self.inset(context), self.text_top(context)
        painter.save()
        painter.translate(left, top)
        grounds = line_grounds(context, self, selected)
        self.lines(context).paint(painter, clip.translated(-left, -top), grounds)
        painter.restore()

    @property
    def length(self) -> int:
        return len(self._content)

    def position_at(self, context: Context, x: int, y: int) -> int:
        return self.lines(context).position_at(x - self.inset(context), y - self.text_top(context))

    def word_at(self, context: Context, position: int) -> Span:
        return word_span(self._content, position)

    def y_of(self, context: Context, position: int) -> int:
        return self.text_top(context) + self.lines(context).y_of(position)

    def x_of(self, context: Context, position: int) -> int:
        return self.inset(context) + self.lines(context).x_of(position)

    def words(self) -> str:
        return self._content

    def plain(self, context: Context, span: Span) -> str:
        return self._content[span[0] : span[1]]

    def html(self, context: Context, span: Span) -> str:
        return rich.paragraphs(self.plain(context, span))

    def accessible_text(self) -> str:
        return self._content
