"""Speed and first token per model: a line from the slow tenth to the fast tenth, a mark at the half."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from glmdesk.domain.spending import Spread
from glmdesk.ui.i18n import tr

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

Row = tuple[str, Spread]
_STEP = 44


class SpreadChart(QWidget):
    """`text_id` words a row's values: `{middle}`, `{low}`, `{high}`; `digits` behind the point."""

    def __init__(
        self, title_id: str, text_id: str, *, digits: int, theme: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title_id, self._text_id, self._digits = title_id, text_id, digits
        self.rows: Sequence[Row] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(1)
        theme.changed.connect(self._restyle)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Replace what is shown."""
        self.rows = rows
        self._restyle()
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr(self._title_id))
        words = [tr("transcript.details.line", name=name, value=self._words(spread)) for name, spread in self.rows]
        self.setAccessibleDescription("\n".join(words))
        self.update()

    def _words(self, spread: Spread) -> str:
        values = {name: f"{getattr(spread, name):.{self._digits}f}" for name in ("low", "middle", "high")}
        return tr(self._text_id, **values)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(px(220), px(30) + px(_STEP) * max(len(self.rows), 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, tokens = self._theme.px, self._theme.tokens
        painter.setFont(self._theme.ui_font(12))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(QRect(0, 0, self.width(), px(22)), Qt.AlignmentFlag.AlignVCenter, tr(self._title_id))
        most = max((spread.high for _, spread in self.rows), default=0.0)
        if not most:
            painter.setPen(QColor(tokens.faint))
            box = QRect(0, px(26), self.width(), px(30))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, tr("usage.pace.few"))
        for number, (name, spread) in enumerate(self.rows):
            self._paint_row(painter, name, spread, px(28) + px(_STEP) * number, most)
        painter.end()

    def _paint_row(self, painter: QPainter, name: str, spread: Spread, top: int, most: float) -> None:
        px, tokens, metrics = self._theme.px, self._theme.tokens, painter.fontMetrics()
        line = QRect(0, top, self.width(), px(20))
        words = self._words(spread)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
        painter.setPen(QColor(tokens.text))
        room = self.width() - metrics.horizontalAdvance(words) - px(12)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
        middle, width = top + px(29), self.width() - px(10)
        low, half, high = (px(5) + value / most * width for value in (spread.low, spread.middle, spread.high))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(QRectF(0, middle - 1, self.width(), 2), 1, 1)
        painter.setBrush(QColor(tokens.faint))
        painter.drawRoundedRect(QRectF(low, middle - px(2), max(high - low, 1), px(4)), px(2), px(2))
        painter.setBrush(QColor(tokens.accent))
        painter.drawEllipse(QPointF(half, middle), px(5), px(5))
