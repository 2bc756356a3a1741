"""The base of all renderers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen

from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.glyphs import paint_glyph
from glmdesk.ui.transcript.style import Style

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PaintedButton:
    """A button that is painted. `key` names the action; `tip` is its accessible name."""

    key: str
    rect: QRect
    tip: str
    glyph: str = ""
    text: str = ""
    boxed: bool = False
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Words of a piece, from `start` to `end`, that lead to an address that may be opened."""

    start: int
    end: int
    address: str
    text: str

    @property
    def key(self) -> str:
        """Names the link while it has the focus."""
        return f"link:{self.start}"


class Piece:
    """A block of a message: knows its height at the context's width and paints itself.

    The painter's origin is the piece's top left. Positions are character offsets, 0 to `length`.
    """

    kind = "piece"
    reads_as_text = True  # part of Select all and of copies

    def __init__(self) -> None:
        self.height = 0
        self.exact = False
        self._guessed = False
        self.gap = 0  # space above
        self.depth = 0  # 1 below an item of a list that it belongs to
        self.dirty_from: int | None = 0  # y from which a repaint is needed, None for nothing
        self.dirty_top = 0  # how much at the top needs one besides

    def left(self, context: Context) -> int:
        """How far from the left of the column the piece begins."""
        return self.depth * context.style.indent

    def room(self, context: Context) -> int:
        """How wide the piece can be."""
        return context.width - self.left(context)

    def touch(self, y: int = 0) -> None:
        """Ask for a repaint from `y` down."""
        self.dirty_from = y if self.dirty_from is None else min(y, self.dirty_from)

    def touch_top(self, height: int) -> None:
        """Ask for a repaint of the top alone."""
        self.dirty_top = max(height, self.dirty_top)

    def clean(self) -> None:
        """It has been asked for."""
        self.dirty_from, self.dirty_top = None, 0

    def changed(self, y: int = 0) -> None:
        """The content differs: measure and paint again."""
        self.exact = self._guessed = False
        self.touch(y)

    def raw_estimate(self, context: Context) -> float:
        """A height without any layout."""
        return context.style.line

    def measure(self, context: Context) -> int:
        """The height, laid out."""
        raise NotImplementedError

    def settle(self, context: Context) -> bool:
        """Make the height exact. True if it was not."""
        if self.exact:
            return False
        self.height = self.measure(context)
        self.exact = True
        context.measured += 1
        context.calibration.learn(self.kind, self.raw_estimate(context), self.height)
        return True

    def guess(self, context: Context) -> None:
        """Take an estimate while there is nothing better."""
        if not self.exact and not self._guessed:
            self._guessed = True
            self.height = context.calibration.apply(self.kind, self.raw_estimate(context))

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        raise NotImplementedError

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        return ()

    @property
    def in_use(self) -> bool:
        """True while the user's choices are in it that a new piece would not know."""
        return False

    @property
    def length(self) -> int:
        """How many positions can be selected."""
        return 0

    def position_at(self, context: Context, x: int, y: int) -> int:
        return 0

    def word_at(self, context: Context, position: int) -> Span:
        return (position, position)

    def y_of(self, context: Context, position: int) -> int:
        """The top of the line that holds a position."""
        return 0

    def x_of(self, context: Context, position: int) -> int:
        """Where a position stands on its line."""
        return 0

    def words(self) -> str:
        """The text that can be found, without any layout; breaks between paragraphs are line breaks."""
        return ""

    def text(self, context: Context) -> str:
        """The text as it is laid out: its index is a position."""
        return self.words()

    def found(self, context: Context, pattern: re.Pattern[str]) -> list[Span]:
        """Where a pattern stands in the laid out text, in the order in which it stands in `words`."""
        return [match.span() for match in pattern.finditer(self.text(context))]

    def uncover(self, position: int) -> None:
        """Open what hides a position."""

    def reveal(self, context: Context, position: int) -> None:
        """Scroll sideways so that a position is in view."""

    def plain(self, context: Context, span: Span) -> str:
        """The selected words."""
        return ""

    def markdown(self, context: Context, span: Span) -> str:
        """The selected words as Markdown; the source when all is selected."""
        return self.plain(context, span)

    def html(self, context: Context, span: Span) -> str:
        return ""

    def links(self, context: Context) -> Sequence[Link]:
        """All links, in order."""
        return ()

    def link_at(self, context: Context, x: int, y: int) -> str:
        return ""

    def link_text_at(self, context: Context, x: int, y: int) -> str:
        """What the link at a point says."""
        return ""

    def scroll_sideways(self, context: Context, delta: int) -> bool:
        """Move wide content; False when there is nothing to move."""
        return False

    def accessible_text(self) -> str:
        return ""

    def formula_came(self, context: Context) -> None:
        """A formula of this piece has been drawn."""


def line_grounds(context: Context, piece: Piece, selected: Span | None) -> list[tuple[int, int, QColor]]:
    """What is painted behind the words of a piece: what was found, and over it what is selected."""
    style = context.style
    grounds = [(start, end, style.found_now if now else style.found) for start, end, now in context.marks(piece)]
    return grounds if selected is None else [*grounds, (*selected, style.selection)]


def paint_buttons(context: Context, painter: QPainter, piece: Piece, buttons: Sequence[PaintedButton]) -> None:
    """All buttons of a piece with their hover and focus states."""
    for button in buttons:
        _paint_button(context, painter, button, (piece, button.key))


def _paint_button(context: Context, painter: QPainter, button: PaintedButton, name: tuple[Piece, str]) -> None:
    style = context.style
    hot, focused = context.hot == name, context.focus == name
    rect = QRectF(button.rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = style.color("accent_ground") if hot and button.boxed else style.color("text", 0.07 if hot else 0.0)
    painter.setBrush(ground)
    painter.setPen(QPen(style.color("line"), 1) if button.boxed else Qt.PenStyle.NoPen)
    if button.boxed or hot:
        painter.drawRoundedRect(rect, style.px(7), style.px(7))
    if focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(style.color("accent"), 2))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), style.px(7), style.px(7))
    color = style.color("accent" if button.primary else ("text" if hot else "muted"))
    _paint_label(style, painter, button, color)
    painter.restore()


def _paint_label(style: Style, painter: QPainter, button: PaintedButton, color: QColor) -> None:
    rect = button.rect
    if button.glyph:
        size = style.px(18)
        left = rect.center().x() - size / 2 + 0.5 if not button.text else rect.left() + style.px(8)
        paint_glyph(painter, button.glyph, QRectF(left, rect.center().y() - size / 2 + 0.5, size, size), color)
    if button.text:
        painter.setPen(color)
        painter.setFont(style.meta_font)
        inset = style.px(8) + (style.px(20) if button.glyph else 0)
        side = Qt.AlignmentFlag.AlignLeft if button.glyph else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(rect.adjusted(inset, 0, -style.px(8), 0), side | Qt.AlignmentFlag.AlignVCenter, button.text)


def button_width(style: Style, text: str, *, glyph: bool = False) -> int:
    """The width of a button with words."""
    return QFontMetrics(style.meta_font).horizontalAdvance(text) + style.px(16) + (style.px(20) if glyph else 0)


def rounded(rect: QRectF, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def baseline_text(painter: QPainter, font: QFont, color: QColor, at: QPointF, text: str) -> None:
    """One line of text whose top is at a point."""
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QPointF(at.x(), at.y() + QFontMetrics(font).ascent()), text)
