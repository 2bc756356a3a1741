"""The line below an answer: model, thinking, speed, tokens; its actions show on hover and on focus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.base import PaintedButton, Piece, Span, baseline_text, paint_buttons
from glmdesk.ui.transcript.context import Context


@dataclass(frozen=True, slots=True)
class MetaState:
    """`actions` are ids with a glyph and a text `transcript.action.<id>`; `right` puts all at the right edge."""

    row_id: str
    text: str
    actions: tuple[str, ...]
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

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        px = context.style.px
        size = px(28)
        made: list[PaintedButton] = []
        if self.state.variants > 1:
            wide = self._variant_width(context)
            made.append(_button("variant_prev", QRect(-px(8), 1, size, size), "variant_prev"))
            made.append(_button("variant_next", QRect(wide - size - px(8), 1, size, size), "variant_next"))
        left = context.width - len(self.state.actions) * (size + px(2)) + px(2)
        for key in self.state.actions:
            made.append(_button(key, QRect(left, 1, size, size), "check" if key == self.state.done else key))
            left += size + px(2)
        return made

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        buttons = self.buttons(context)
        shown = [b for b in buttons if b.key.startswith("variant") or self._shows_actions(context)]
        paint_buttons(context, painter, self, shown)
        metrics = QFontMetrics(style.meta_font)
        y = (style.px(30) - metrics.height()) / 2
        left = self._variant_width(context)
        if self.state.variants > 1:
            label = f"{self.state.variant}/{self.state.variants}"
            at = QPointF(style.px(20), y)
            baseline_text(painter, style.meta_font, style.color("muted"), at, label)
        space = context.width - left - len(self.state.actions) * style.px(30) - style.px(12)
        text = metrics.elidedText(self.state.text, Qt.TextElideMode.ElideRight, space)
        baseline_text(painter, style.meta_font, style.color("faint"), QPointF(left, y), text)

    def accessible_text(self) -> str:
        return self.state.text


def _button(key: str, rect: QRect, glyph: str) -> PaintedButton:
    return PaintedButton(key, rect, tr(f"transcript.action.{key}"), glyph)
