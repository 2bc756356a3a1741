"""The parts of a try as one bar: connecting, waiting, the first token, the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.inspector.words import seconds

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_TONES = {
    "inspector.stage.connect": "faint",
    "inspector.stage.wait": "warn",
    "inspector.stage.token": "good",
    "inspector.stage.output": "accent",
}
_BAR = 14


class Timeline(QWidget):
    """Shows `stages` of `words.py`."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stages: Sequence[tuple[str, float]] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        theme.changed.connect(self.updateGeometry)

    def show_stages(self, stages: Sequence[tuple[str, float]]) -> None:
        """Replace what is shown."""
        self._stages = stages
        self.setAccessibleName(tr("inspector.timeline"))
        self.setAccessibleDescription(" · ".join(f"{tr(text_id)} {seconds(length)}" for text_id, length in stages))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(px(200), px(_BAR) + px(10) + px(20) * len(self._lines()))

    def _lines(self) -> list[list[tuple[str, str]]]:
        """The legend, in as many lines as it needs."""
        metrics, px = QFontMetrics(self._theme.ui_font(12)), self._theme.px
        lines: list[list[tuple[str, str]]] = [[]]
        x = 0
        for text_id, length in self._stages:
            words = f"{tr(text_id)} {seconds(length)}"
            width = metrics.horizontalAdvance(words) + px(32)
            if x and x + width > self.width():
                lines.append([])
                x = 0
            lines[-1].append((text_id, words))
            x += width
        return lines

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.ui_font(12))
        self._paint_bar(painter)
        px, metrics = self._theme.px, painter.fontMetrics()
        for number, line in enumerate(self._lines()):
            x, top = 0, px(_BAR) + px(8) + px(20) * number
            for text_id, words in line:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._colour(text_id))
                painter.drawRoundedRect(QRectF(x, top + px(5), px(10), px(10)), px(2), px(2))
                painter.setPen(QColor(self._theme.tokens.muted))
                painter.drawText(QRectF(x + px(16), top, self.width(), px(20)), Qt.AlignmentFlag.AlignVCenter, words)
                x += metrics.horizontalAdvance(words) + px(32)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        total = sum(length for _, length in self._stages)
        painter.setPen(Qt.PenStyle.NoPen)
        left, height = 0.0, self._theme.px(_BAR)
        for text_id, length in self._stages if total else ():
            width = max(length / total * self.width(), 1.0)
            painter.setBrush(self._colour(text_id))
            painter.drawRect(QRectF(left, 0, width, height))
            left += width

    def _colour(self, text_id: str) -> QColor:
        return QColor(getattr(self._theme.tokens, _TONES[text_id]))
