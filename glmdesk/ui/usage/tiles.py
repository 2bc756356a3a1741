"""The few numbers on top of the usage page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from glmdesk.domain.spending import Sums
from glmdesk.ui.i18n import tr
from glmdesk.ui.usage.bars import compact, money, spent_words
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_WIDE, _MIDDLE = 560, 300  # logical pixels: four in a row, two, one
_NAMES = ("spent", "saved", "tokens", "answers")


class _Tile(QWidget):
    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self.name = PlainLabel(theme=theme, role="muted")
        self.value = PlainLabel(theme=theme, role="page_title")
        self.hint = PlainLabel(theme=theme, role="faint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        for label in (self.name, self.value, self.hint):
            column.addWidget(label)
        self._theme = theme
        theme.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.name.setFixedHeight(self._theme.px(21))  # Chinese and Latin words are not as high as each other
        self.value.setFixedHeight(self._theme.px(30))

    def show_values(self, name: str, value: str, hint: str) -> None:
        self.name.setText(name)
        self.value.setText(value)
        self.hint.setText(hint)
        self.value.setAccessibleName(tr("transcript.details.line", name=name, value=f"{value} {hint}".strip()))


class Tiles(QWidget):
    """Spent, saved, tokens, answers."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sums = Sums()
        self.tiles = {name: _Tile(theme=theme) for name in _NAMES}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        theme.changed.connect(self._fit)
        self._fit()

    def show_sums(self, sums: Sums) -> None:
        """Replace the numbers."""
        self._sums = sums
        self.retranslate()

    def retranslate(self) -> None:
        sums = self._sums
        share = "" if sums.cached_share is None else tr("usage.tile.share", share=f"{sums.cached_share:.0%}")
        unpriced = tr("usage.tile.unpriced", count=f"{sums.unpriced:,}") if sums.unpriced else ""
        per_answer = tr("usage.tile.each", cost=money(sums.yuan / sums.answers)) if sums.yuan and sums.answers else ""
        tokens = tr("usage.tile.in_out", input=compact(sums.prompt), output=compact(sums.completion))
        self.tiles["spent"].show_values(tr("usage.part.spent"), spent_words(sums), unpriced)
        self.tiles["saved"].show_values(tr("usage.part.saved"), money(sums.saved), share)
        self.tiles["tokens"].show_values(tr("usage.column.tokens"), compact(sums.tokens), tokens if sums.tokens else "")
        self.tiles["answers"].show_values(tr("usage.part.answers"), f"{sums.answers:,}", per_answer)

    def _fit(self) -> None:
        px, width = self._theme.px, self.width()
        across = 4 if width >= px(_WIDE) else 2 if width >= px(_MIDDLE) else 1
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(14))
        for number, tile in enumerate(self.tiles.values()):
            self._grid.addWidget(tile, number // across, number % across)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < across else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
