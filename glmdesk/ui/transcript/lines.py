"""Plain text as painted lines: code, reasoning and the user's words, cheap to append to.

Every paragraph (text between line breaks) is one QTextLayout; only those that are painted exist.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextLine, QTextOption

_LAYOUTS = 400


@dataclass(frozen=True, slots=True)
class LineFont:
    """How a text looks: font, distance of its lines, colour, and whether it wraps."""

    font: QFont
    line: int
    color: QColor
    wrap: bool = True


class LineText:
    """A growing text. Positions are character offsets into `text`; y runs from the text's top."""

    def __init__(self, look: LineFont) -> None:
        self.look = look
        self.text = ""
        self._paragraphs: list[str] = [""]
        self._starts: list[int] = [0]
        self._tops: list[int] = []  # visual lines before each paragraph
        self._measured = 0  # paragraphs whose visual lines are counted
        self._lines = 0
        self._width = 0
        self._layouts: OrderedDict[int, QTextLayout] = OrderedDict()
        self._formats: Sequence[tuple[int, int, QTextCharFormat]] = ()
        self._format_starts: list[int] = []
        metrics = QFontMetricsF(look.font)
        self._ascent = (look.line - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent()
        self._char = metrics.horizontalAdvance("0")

    def set_text(self, text: str) -> int:
        """Replace the text; returns the first paragraph that changed."""
        if text == self.text:
            return len(self._paragraphs)
        first = len(self._paragraphs) - 1 if text.startswith(self.text) else 0
        start = self._starts[first]
        added = text[start:].split("\n")
        self.text = text
        del self._paragraphs[first:], self._starts[first:]
        for paragraph in added:
            self._paragraphs.append(paragraph)
            self._starts.append(start)
            start += len(paragraph) + 1
        self._forget_from(first)
        return first

    def _forget_from(self, first: int) -> None:
        if first < self._measured:
            self._lines = self._tops[first]
            del self._tops[first:]
            self._measured = first
        for index in [i for i in self._layouts if i >= first]:
            del self._layouts[index]

    def set_formats(self, formats: Sequence[tuple[int, int, QTextCharFormat]]) -> None:
        """Styled runs (start, length, format) in order; they do not change any size."""
        self._formats = formats
        self._format_starts = [start for start, _, _ in formats]
        self._layouts.clear()

    def set_width(self, width: int) -> None:
        if width != self._width:
            self._width = width
            if self.look.wrap:
                self._forget_from(0)

    def set_wrap(self, wrap: bool) -> None:
        self.look = LineFont(self.look.font, self.look.line, self.look.color, wrap)
        self._forget_from(0)
        self._layouts.clear()

    @property
    def height(self) -> int:
        self._measure()
        return self._lines * self.look.line

    @property
    def count(self) -> int:
        """How many paragraphs."""
        return len(self._paragraphs)

    def paragraph_top(self, index: int) -> int:
        """The y of a paragraph."""
        self._measure()
        return self._tops[min(index, len(self._tops) - 1)] * self.look.line

    def natural_width(self) -> int:
        """About how wide the longest line is, unwrapped; wide characters are as wide as the font is high."""
        return round(max(self._natural(p) for p in self._paragraphs) + self._char)

    def _natural(self, paragraph: str) -> float:
        wide = (len(paragraph.encode("utf-8", "replace")) - len(paragraph)) / 2
        tabs = 3 * paragraph.count("\t")
        return (len(paragraph) - wide + tabs) * self._char + wide * self.look.font.pixelSize()

    def ideal_width(self) -> int:
        """How wide the text is on its lines as laid out."""
        self._measure()
        widest = max((self._layout(i).maximumWidth() for i in range(min(self.count, 60))), default=0.0)
        return round(widest + 1)

    def _measure(self) -> None:
        if not self.look.wrap:
            self._tops.extend(range(self._measured, self.count))
            self._measured = self._lines = self.count
            return
        while self._measured < self.count:
            self._tops.append(self._lines)
            self._lines += self._layout(self._measured).lineCount()
            self._measured += 1

    def _layout(self, index: int) -> QTextLayout:
        layout = self._layouts.get(index)
        if layout is None:
            layout = self._make(index)
            self._layouts[index] = layout
            if len(self._layouts) > _LAYOUTS:
                self._layouts.popitem(last=False)
        else:
            self._layouts.move_to_end(index)
        return layout

    def _make(self, index: int) -> QTextLayout:
        layout = QTextLayout(self._paragraphs[index], self.look.font)
        option = QTextOption()
        wraps = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        option.setWrapMode(wraps if self.look.wrap else QTextOption.WrapMode.NoWrap)
        option.setTabStopDistance(4 * self._char)
        layout.setTextOption(option)
        layout.setFormats(self._ranges(index))
        layout.beginLayout()
        y = 0.0
        while True:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(self._width if self.look.wrap else 1e6)
            line.setPosition(QPointF(0, y + self._ascent - line.ascent()))
            y += self.look.line
        layout.endLayout()
        return layout

    def _ranges(self, index: int) -> list[QTextLayout.FormatRange]:
        start = self._starts[index]
        end = start + len(self._paragraphs[index])
        ranges: list[QTextLayout.FormatRange] = []
        at = max(0, bisect_right(self._format_starts, start) - 1)
        for run_start, length, style in self._formats[at:]:
            if run_start >= end:
                break
            a, b = max(run_start, start), min(run_start + length, end)
            if a < b:
                ranges.append(self._range(index, a - start, b - start, style))
        return ranges

    def _range(self, index: int, start: int, end: int, style: QTextCharFormat) -> QTextLayout.FormatRange:
        """A range of Qt's, which counts UTF-16 units."""
        paragraph = self._paragraphs[index]
        made = QTextLayout.FormatRange()
        made.start = _units(paragraph[:start])
        made.length = _units(paragraph[start:end])
        made.format = style
        return made

    def paint(self, painter: QPainter, clip: QRect, grounds: Sequence[tuple[int, int, QColor]] = ()) -> None:
        """Paint the lines in `clip`, the painter's origin at the text's top left; `grounds` lie behind the words."""
        painter.setPen(self.look.color)
        seen = QRectF(clip)
        for index, top in self.paragraphs_in(clip.top(), clip.bottom()):
            self._layout(index).draw(painter, QPointF(0, top), self._grounds(index, grounds), seen)

    def paragraphs_in(self, top: int, bottom: int) -> Iterator[tuple[int, int]]:
        """The paragraphs that touch a range of y, each with the y of its top."""
        self._measure()
        for index in range(self._at_y(top), self.count):
            y = self._tops[index] * self.look.line
            if y > bottom:
                return
            yield index, y

    def _grounds(self, index: int, grounds: Sequence[tuple[int, int, QColor]]) -> list[QTextLayout.FormatRange]:
        made: list[QTextLayout.FormatRange] = []
        start = self._starts[index]
        for low, high, color in grounds:
            a = max(low - start, 0)
            b = min(high - start, len(self._paragraphs[index]))
            if a < b:
                style = QTextCharFormat()
                style.setBackground(color)
                made.append(self._range(index, a, b, style))
        return made

    def _at_y(self, y: int) -> int:
        return max(0, bisect_right(self._tops, max(0, y) // self.look.line) - 1)

    def position_at(self, x: float, y: float) -> int:
        """The character position nearest to a point."""
        self._measure()
        if y < 0:
            return 0
        index = self._at_y(int(y))
        layout = self._layout(index)
        number = int(y - self._tops[index] * self.look.line) // self.look.line
        if number >= layout.lineCount():
            return self._starts[index] + len(self._paragraphs[index])
        units = int(layout.lineAt(number).xToCursor(x))  # pyright: ignore[reportArgumentType]
        return self._starts[index] + _characters(self._paragraphs[index], units)

    def _line_of(self, position: int) -> tuple[int, QTextLine, int]:
        """The paragraph, the line and the place in Qt's units of a character."""
        self._measure()
        index = max(0, bisect_right(self._starts, position) - 1)
        before = _units(self._paragraphs[index][: position - self._starts[index]])
        return index, self._layout(index).lineForTextPosition(before), before

    def y_of(self, position: int) -> int:
        """The top of the line that holds a character."""
        index, line, _ = self._line_of(position)
        return (self._tops[index] + (line.lineNumber() if line.isValid() else 0)) * self.look.line

    def x_of(self, position: int) -> int:
        """Where a character stands on its line."""
        _, line, before = self._line_of(position)
        # The stubs know a float; Qt hands back the place it took as well.
        return round(cast("tuple[float, int]", line.cursorToX(before))[0]) if line.isValid() else 0


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


def _characters(text: str, units: int) -> int:
    if text.isascii():
        return units
    return len(text.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore"))
