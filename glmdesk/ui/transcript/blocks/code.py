"""A code block: language, wrap and copy on top, lines below that can scroll sideways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextCharFormat

from glmdesk.domain.blocks import CodeBlock
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript import rich
from glmdesk.ui.transcript.blocks.base import (
    PaintedButton,
    Piece,
    Span,
    baseline_text,
    line_grounds,
    paint_buttons,
    rounded,
)
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.lines import LineFont, LineText

_WORD = re.compile(r"\w+")


class CodePiece(Piece):
    kind = "code"

    def __init__(self, block: CodeBlock) -> None:
        super().__init__()
        self.block = block
        self.wrapped = False
        self.copied = False
        self._lines: LineText | None = None
        self._style: object = None
        self._asked = False
        self._runs: Sequence[tuple[int, int, str]] = ()
        self._x = 0

    def set_block(self, context: Context, block: CodeBlock) -> None:
        if block == self.block:
            return
        grew = block.text.startswith(self.block.text) and block.language == self.block.language
        closed_now = block.closed and not self.block.closed
        self.block = block
        if not grew:
            self._asked, self._runs = False, ()
        if self._lines is None or not grew or closed_now:
            self.changed()
        if self._lines is not None:
            first = self._lines.set_text(block.text)
            self.changed(self._text_top(context) + self._lines.paragraph_top(first))

    def _text(self, context: Context) -> LineText:
        """The lines, made new when the theme or the zoom has changed."""
        style = context.style
        if self._lines is None or self._style is not style:
            self._style = style
            self._lines = LineText(LineFont(style.code_font, style.code_line, style.color("text"), self.wrapped))
            self._lines.set_text(self.block.text)
            self._colour(context)
        self._lines.set_width(context.width - 2 * style.px(14))
        return self._lines

    def set_runs(self, context: Context, text: str, runs: Sequence[tuple[int, int, str]]) -> None:
        """The colours that were found for a text; ignored when the text has changed since."""
        if text == self.block.text:
            self._runs = runs
            self._colour(context)
            self.touch()

    def _colour(self, context: Context) -> None:
        if self._lines is not None and self._runs:
            formats = {name: _format(color) for name, color in context.style.syntax.items()}
            self._lines.set_formats([(start, length, formats[style]) for start, length, style in self._runs])

    def _text_top(self, context: Context) -> int:
        return context.style.px(36) + context.style.px(8)

    def raw_estimate(self, context: Context) -> float:
        return (self.block.text.count("\n") + 1) * context.style.code_line + context.style.px(54)

    def measure(self, context: Context) -> int:
        return self._text_top(context) + self._text(context).height + context.style.px(10)

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        if self.block.closed and not self._asked and self.block.language:
            self._asked = True
            context.want_highlight(self, self.block.text, self.block.language)
        self._paint_ground(context, painter)
        left, top = style.px(14), self._text_top(context)
        painter.save()
        inner = QRect(1, top, context.width - 2, self.height - top)
        painter.setClipRect(inner, Qt.ClipOperation.IntersectClip)
        painter.translate(left - self._x, top)
        self._text(context).paint(painter, clip.translated(0, -top), line_grounds(context, self, selected))
        painter.restore()
        self._paint_bar(context, painter)

    def _paint_ground(self, context: Context, painter: QPainter) -> None:
        style = context.style
        rect = QRectF(0.5, 0.5, context.width - 1, self.height - 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.color("line"), 1))
        painter.setBrush(style.color("code_ground"))
        painter.drawPath(rounded(rect, style.px(10)))
        painter.restore()
        painter.fillRect(1, style.px(36), context.width - 2, 1, style.color("line"))
        language = self.block.language or tr("transcript.code.plain")
        at = QPointF(style.px(14), style.px(18) - style.px(8))
        baseline_text(painter, style.meta_font, style.color("muted"), at, language)
        paint_buttons(context, painter, self, self.buttons(context))

    def _paint_bar(self, context: Context, painter: QPainter) -> None:
        """A thin mark of how far the lines are scrolled sideways."""
        natural, seen = self._overflow(context)
        if natural <= seen or self.wrapped:
            return
        width = max(24, seen * seen // natural)
        x = context.style.px(14) + (seen - width) * self._x // max(1, natural - seen)
        color = context.style.color("muted", 0.45)
        painter.fillRect(x, self.height - context.style.px(6), width, context.style.px(3), color)

    def _overflow(self, context: Context) -> tuple[int, int]:
        return self._text(context).natural_width(), context.width - 2 * context.style.px(14)

    def scroll_sideways(self, context: Context, delta: int) -> bool:
        natural, seen = self._overflow(context)
        x = max(0, min(self._x + delta, natural - seen))
        if self.wrapped or x == self._x:
            return False
        self._x = x
        self.touch()
        return True

    def toggle_wrap(self) -> None:
        self.wrapped = not self.wrapped
        self._x = 0
        if self._lines is not None:
            self._lines.set_wrap(self.wrapped)
        self.changed()

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        px = context.style.px
        size, top = px(28), px(4)
        right = context.width - px(6)
        copy = QRect(right - size, top, size, size)
        wrap = copy.translated(-size - px(2), 0)
        glyph = "check" if self.copied else "copy"
        wrap_tip = tr("transcript.code.unwrap" if self.wrapped else "transcript.code.wrap")
        return (
            PaintedButton("wrap", wrap, wrap_tip, "wrap", primary=self.wrapped),
            PaintedButton("copy_code", copy, tr("transcript.code.copy"), glyph, primary=self.copied),
        )

    @property
    def in_use(self) -> bool:
        return self.wrapped or self.copied or self._x > 0

    @property
    def length(self) -> int:
        return len(self.block.text)

    def position_at(self, context: Context, x: int, y: int) -> int:
        left, top = context.style.px(14) - self._x, self._text_top(context)
        return self._text(context).position_at(x - left, y - top)

    def word_at(self, context: Context, position: int) -> Span:
        return word_span(self.block.text, position)

    def y_of(self, context: Context, position: int) -> int:
        return self._text_top(context) + self._text(context).y_of(position)

    def x_of(self, context: Context, position: int) -> int:
        return context.style.px(14) - self._x + self._text(context).x_of(position)

    def words(self) -> str:
        return self.block.text

    def reveal(self, context: Context, position: int) -> None:
        seen = self._overflow(context)[1]
        x = self._text(context).x_of(position)
        if not self._x <= x < self._x + seen - context.style.px(60):
            self.scroll_sideways(context, x - seen // 3 - self._x)

    def plain(self, context: Context, span: Span) -> str:
        return self.block.text[span[0] : span[1]]

    def markdown(self, context: Context, span: Span) -> str:
        text = self.plain(context, span)
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 0)
        return f"{fence}{self.block.language}\n{text}\n{fence}" if "\n" in text else text

    def html(self, context: Context, span: Span) -> str:
        return rich.code(self.plain(context, span))

    def accessible_text(self) -> str:
        return self.block.text


def word_span(text: str, position: int) -> Span:
    """The word around a position in a text."""
    line = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    for match in _WORD.finditer(text, line, len(text) if end < 0 else end):
        if match.start() <= position <= match.end():
            return match.span()
    return position, min(position + 1, len(text))


def _format(color: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(color))
    return made
