"""A code block: language and buttons on top, lines below that can scroll sideways, long code folded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QTextCharFormat

from glmdesk.domain.blocks import CodeBlock
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript import rich
from glmdesk.ui.transcript.blocks.base import (
    PaintedButton,
    Piece,
    Span,
    baseline_text,
    button_width,
    line_grounds,
    paint_buttons,
    rounded,
)
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.lines import LineFont, LineText

_WORD = re.compile(r"\w+")
FOLD_ABOVE = 30  # lines; longer code is shown folded
_FOLDED = 20  # lines that folded code shows


class CodePiece(Piece):
    kind = "code"

    def __init__(self, block: CodeBlock) -> None:
        super().__init__()
        self.block = block
        self.wrapped = False
        self.numbered = False
        self.done = ""  # the button that has just done its work
        self._opened: bool | None = None  # what the user wants; None while nothing was said
        self._grew = False  # its lines were read as they came: they do not vanish when the last one has
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
        self._grew |= not self.block.closed
        self.block = block
        if not grew:
            self._asked, self._runs = False, ()
        if self._lines is None or not grew or closed_now:
            self.changed()
        if self._lines is not None:
            first = self._lines.set_text(self._seen())
            self.changed(self._text_top(context) + self._lines.paragraph_top(first))

    def _text(self, context: Context) -> LineText:
        """The lines, made new when the theme or the zoom has changed."""
        style = context.style
        if self._lines is None or self._style is not style:
            self._style = style
            self._lines = LineText(LineFont(style.code_font, style.code_line, style.color("text"), self.wrapped))
            self._lines.set_text(self._seen())
            self._colour(context)
        self._lines.set_width(self.room(context) - self._left(context) - style.px(14))
        return self._lines

    @property
    def count(self) -> int:
        """How many lines the code has."""
        return self.block.text.count("\n") + 1

    @property
    def foldable(self) -> bool:
        return self.block.closed and self.count > FOLD_ABOVE

    @property
    def folded(self) -> bool:
        """True while only the first lines are shown."""
        return self.foldable and not (self._grew if self._opened is None else self._opened)

    def _seen(self) -> str:
        """The text that is laid out."""
        return "\n".join(self.block.text.split("\n", _FOLDED)[:_FOLDED]) if self.folded else self.block.text

    def open_fold(self, opened: bool) -> None:
        """Show all lines, or only the first ones."""
        self._opened = opened
        if self._lines is not None:
            self._lines.set_text(self._seen())
        self.changed()

    def uncover(self, position: int) -> None:
        if self.folded and position > len(self._seen()):
            self.open_fold(True)

    def _left(self, context: Context) -> int:
        """Where the lines begin: right of their numbers, when those are shown."""
        px = context.style.px
        digits = max(2, len(str(self.count)))
        numbers = digits * QFontMetrics(context.style.code_font).horizontalAdvance("0") + px(14)
        return px(14) + (numbers if self.numbered else 0)

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
        lines = _FOLDED if self.folded else self.count
        return lines * context.style.code_line + context.style.px(54) + self._foot(context)

    def measure(self, context: Context) -> int:
        return self._text_top(context) + self._text(context).height + context.style.px(10) + self._foot(context)

    def _foot(self, context: Context) -> int:
        """The height of the line that folds and unfolds."""
        return context.style.px(34) if self.foldable else 0

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        if self.block.closed and not self._asked and self.block.language:
            self._asked = True
            context.want_highlight(self, self.block.text, self.block.language)
        self._paint_ground(context, painter, clip)
        top = self._text_top(context)
        left = self._left(context) if self.numbered else 1
        painter.save()
        inner = QRect(left, top, self.room(context) - 1 - left, self.height - top - self._foot(context))
        painter.setClipRect(inner, Qt.ClipOperation.IntersectClip)
        painter.translate(self._left(context) - self._x, top)
        self._text(context).paint(painter, clip.translated(0, -top), line_grounds(context, self, selected))
        painter.restore()
        self._paint_numbers(context, painter, clip)
        self._paint_bar(context, painter)

    def _paint_numbers(self, context: Context, painter: QPainter, clip: QRect) -> None:
        if not self.numbered:
            return
        style, top = context.style, self._text_top(context)
        painter.setFont(style.code_font)
        painter.setPen(style.color("faint"))
        width = self._left(context) - style.px(14)
        for index, y in self._text(context).paragraphs_in(clip.top() - top, clip.bottom() - top):
            place = QRect(0, top + y, width, style.code_line)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(index + 1))

    def _paint_ground(self, context: Context, painter: QPainter, clip: QRect) -> None:
        style = context.style
        rect = QRectF(0.5, 0.5, self.room(context) - 1, self.height - 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.color("line"), 1))
        painter.setBrush(style.color("code_ground"))
        painter.drawPath(rounded(rect, style.px(10)))
        painter.restore()
        if clip.top() <= style.px(36):
            self._paint_head(context, painter)
        if self.foldable:
            painter.fillRect(1, self.height - self._foot(context), self.room(context) - 2, 1, style.color("line"))
            paint_buttons(context, painter, self, self._fold_button(context))

    def _paint_head(self, context: Context, painter: QPainter) -> None:
        style = context.style
        painter.fillRect(1, style.px(36), self.room(context) - 2, 1, style.color("line"))
        at = QPointF(style.px(14), style.px(18) - style.px(8))
        buttons = self._head_buttons(context)
        language = self.block.language or tr("transcript.code.plain")
        room = min(b.rect.left() for b in buttons) - 2 * style.px(14)
        name = QFontMetrics(style.meta_font).elidedText(language, Qt.TextElideMode.ElideRight, room)
        baseline_text(painter, style.meta_font, style.color("muted"), at, name)
        paint_buttons(context, painter, self, buttons)

    def _paint_bar(self, context: Context, painter: QPainter) -> None:
        """A thin mark of how far the lines are scrolled sideways."""
        natural, seen = self._overflow(context)
        if natural <= seen or self.wrapped:
            return
        width = max(24, seen * seen // natural)
        x = self._left(context) + (seen - width) * self._x // max(1, natural - seen)
        y = self.height - self._foot(context) - context.style.px(6)
        painter.fillRect(x, y, width, context.style.px(3), context.style.color("muted", 0.45))

    def _overflow(self, context: Context) -> tuple[int, int]:
        seen = self.room(context) - self._left(context) - context.style.px(14)
        return self._text(context).natural_width(), seen

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

    def toggle_numbers(self) -> None:
        self.numbered = not self.numbered
        self.changed()

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        return (*self._head_buttons(context), *self._fold_button(context))

    def _head_buttons(self, context: Context) -> Sequence[PaintedButton]:
        px = context.style.px
        size, top = px(28), px(4)
        copy = QRect(self.room(context) - px(6) - size, top, size, size)
        save, wrap, numbers = (copy.translated(-n * (size + px(2)), 0) for n in (1, 2, 3))
        copied = self.done == "copy_code"
        wrap_tip = tr("transcript.code.unwrap" if self.wrapped else "transcript.code.wrap")
        numbers_tip = tr("transcript.code.unnumber" if self.numbered else "transcript.code.number")
        return (
            PaintedButton("numbers", numbers, numbers_tip, "numbers", primary=self.numbered),
            PaintedButton("wrap", wrap, wrap_tip, "wrap", primary=self.wrapped),
            PaintedButton("save_code", save, tr("transcript.code.save"), "save"),
            PaintedButton("copy_code", copy, tr("transcript.code.copy"), _tick(copied), primary=copied),
        )

    def _fold_button(self, context: Context) -> Sequence[PaintedButton]:
        if not self.foldable:
            return ()
        px = context.style.px
        which = "transcript.code.unfold" if self.folded else "transcript.code.fold"
        text = tr(which, count=f"{self.count:,}")
        place = QRect(px(6), self.height - px(31), button_width(context.style, text, glyph=True), px(28))
        return (PaintedButton("fold_code", place, text, "fold_closed" if self.folded else "fold_open", text),)

    @property
    def in_use(self) -> bool:
        chosen = self.wrapped or self.numbered or self._opened is not None
        return chosen or bool(self.done) or self._x > 0

    @property
    def length(self) -> int:
        return len(self.block.text)

    def position_at(self, context: Context, x: int, y: int) -> int:
        left, top = self._left(context) - self._x, self._text_top(context)
        text = self._text(context)
        return self.length if self.folded and y - top >= text.height else text.position_at(x - left, y - top)

    def word_at(self, context: Context, position: int) -> Span:
        return word_span(self.block.text, position)

    def y_of(self, context: Context, position: int) -> int:
        return self._text_top(context) + self._text(context).y_of(min(position, len(self._seen())))

    def x_of(self, context: Context, position: int) -> int:
        return context.style.px(14) - self._x + self._text(context).x_of(position)

    def words(self) -> str:
        return self.block.text

    def reveal(self, context: Context, position: int) -> None:
        seen = self._overflow(context)[1]
        x = self._text(context).x_of(min(position, len(self._seen())))
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


def _tick(done: bool) -> str:
    return "check" if done else "copy"


def _format(color: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(color))
    return made
