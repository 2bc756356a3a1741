"""The line below an answer: model, thinking, speed, tokens; its actions show on hover and on focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.base import PaintedButton, Piece, Span, baseline_text, paint_buttons
from glmdesk.ui.transcript.context import Context

_BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class MetaState:
    """`actions` are ids with a glyph and a text `transcript.action.<id>`; `right` puts all at the right edge.

    `few` are the actions that stay where there is no room for all. `details` says at length, in lines, what `text`
    says in short.
    """

    row_id: str
    text: str
    actions: tuple[str, ...]
    few: tuple[str, ...] = ()
    details: str = ""
    variant: int = 1
    variants: int = 1
    right: bool = False
    done: str = ""  # the action that has just been done


class MetaPiece(Piece):
    kind = "meta"
    reads_as_text = False

    def __init__(self, state: MetaState) -> None:
        super().__init__()
        self.state = state

    def set_state(self, state: MetaState) -> None:
        if state != self.state:
            self.state = state
            self.touch()

    def raw_estimate(self, context: Context) -> float:
        return context.style.px(30)

    def measure(self, context: Context) -> int:
        return context.style.px(30)

    def _shows_actions(self, context: Context) -> bool:
        focused = context.focus is not None and context.focus[0] is self
        return focused or context.hovered_row == self.state.row_id

    def _variant_width(self, context: Context) -> int:
        if self.state.variants < 2:
            return 0
        label = f"{self.state.variant}/{self.state.variants}"
        return 2 * context.style.px(28) + QFontMetrics(context.style.meta_font).horizontalAdvance(label)

    def _variant_left(self, context: Context) -> int:
        """A question's variants stand beside its actions, on the right."""
        if not self.state.right:
            return -context.style.px(8)
        return self._actions_left(context) - self._variant_width(context) - context.style.px(6)

    def _actions(self, context: Context) -> tuple[str, ...]:
        words = QFontMetrics(context.style.meta_font).horizontalAdvance(self.state.text)
        free = context.width - self._variant_width(context) - words - context.style.px(12)
        fits = len(self.state.actions) * context.style.px(30) <= free
        return self.state.actions if fits or not self.state.few else self.state.few

    def _actions_left(self, context: Context) -> int:
        px = context.style.px
        return context.width - len(self._actions(context)) * (px(28) + px(2)) + px(2)

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        px = context.style.px
        size = px(28)
        made: list[PaintedButton] = []
        if self.state.variants > 1:
            left, wide = self._variant_left(context), self._variant_width(context)
            made.append(_button("variant_prev", QRect(left, 1, size, size), "variant_prev"))
            made.append(_button("variant_next", QRect(left + wide - size, 1, size, size), "variant_next"))
        if self.state.details and self.state.text:
            words = QRect(self._variant_width(context), 1, self._text_width(context), size)
            made.append(PaintedButton("details", words, self.state.details))
        left = self._actions_left(context)
        for key in self._actions(context):
            made.append(_button(key, QRect(left, 1, size, size), "check" if key == self.state.done else key))
            left += size + px(2)
        return made

    def _space(self, context: Context) -> int:
        end = self._actions_left(context) - context.style.px(12) if self._shows_actions(context) else context.width
        return end - self._variant_width(context)

    def _words(self, context: Context) -> str:
        """The text, or what of it has room."""
        metrics, room = QFontMetrics(context.style.meta_font), self._space(context)
        return metrics.elidedText(
            shortened(self.state.text, lambda text: metrics.horizontalAdvance(text) <= room),
            Qt.TextElideMode.ElideRight,
            room,
        )

    def _text_width(self, context: Context) -> int:
        words = QFontMetrics(context.style.meta_font).horizontalAdvance(self._words(context))
        return max(context.style.px(28), words)

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        actions = self._actions(context) if not self._shows_actions(context) else ()
        hidden = {"details", *actions}
        paint_buttons(context, painter, self, [b for b in self.buttons(context) if b.key not in hidden])
        metrics = QFontMetrics(style.meta_font)
        y = (style.px(30) - metrics.height()) / 2
        if self.state.variants > 1:
            label = f"{self.state.variant}/{self.state.variants}"
            at = QPointF(self._variant_left(context) + style.px(28), y)
            baseline_text(painter, style.meta_font, style.color("muted"), at, label)
        self._paint_words(context, painter, y)

    def _paint_words(self, context: Context, painter: QPainter, y: float) -> None:
        style, left = context.style, self._variant_width(context)
        if context.focus == (self, "details"):
            painter.setPen(QPen(style.color("accent"), 2))
            painter.drawRect(QRect(left - 2, 3, self._text_width(context) + 4, style.px(24)))
        color = style.color("text" if context.hot == (self, "details") else "faint")
        baseline_text(painter, style.meta_font, color, QPointF(left, y), self._words(context))

    def accessible_text(self) -> str:
        return self.state.text


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """The parts of the line that fit: its beginning (model, thinking) and its end (the cost) stay longest."""
    parts = text.split(_BETWEEN)
    while len(parts) > 2 and not fits(_BETWEEN.join(parts)):
        del parts[2 if len(parts) > 3 else 1]
    return _BETWEEN.join(parts)


def _button(key: str, rect: QRect, glyph: str) -> PaintedButton:
    return PaintedButton(key, rect, tr(f"transcript.action.{key}"), glyph)
