"""A chart as a picture for others: with its name, the days it is of and what its colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.usage.bars import PARTS, Metric, Part

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager
    from glmdesk.ui.usage.chart import Chart

_SHARP = 2.0  # device pixels per pixel
_WIDTH = 640  # of the chart in a picture
_ANY = 100_000


class Legend(QWidget):
    """Which colour is what; in as many lines as it needs."""

    def __init__(self, chart: Chart, *, theme: ThemeManager) -> None:
        super().__init__()
        self._chart = chart
        self._theme = theme
        self.shown = Metric.YUAN
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _places(self, width: int) -> list[tuple[Part, QRect]]:
        px, metrics = self._theme.px, QFontMetrics(self._theme.ui_font(12))
        line, x, y = px(20), 0, 0
        made: list[tuple[Part, QRect]] = []
        for part in PARTS[self.shown]:
            needed = px(16 + 4) + metrics.horizontalAdvance(tr(part.text_id))
            if x and x + needed > width:
                x, y = 0, y + line
            made.append((part, QRect(x, y, needed, line)))
            x += needed + px(14)
        return made

    def sizeHint(self) -> QSize:
        last = self._places(_ANY)[-1][1]
        return QSize(last.right() + 1, last.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(1, self._theme.px(20))

    def heightForWidth(self, width: int) -> int:
        return self._places(width)[-1][1].bottom() + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.draw(painter)
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """All of it, at the painter's origin."""
        px = self._theme.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.ui_font(12))
        free = max(self.height() - self.heightForWidth(self.width()), 0)
        for part, place in self._places(self.width()):
            box = place.translated(0, free // 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._chart.colour(part))
            painter.drawRoundedRect(box.x(), box.center().y() - px(5), px(10), px(10), px(2), px(2))
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.drawText(box.adjusted(px(16), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, tr(part.text_id))


def picture_of(chart: Chart, legend: Legend, *, title: str, span: str, theme: ThemeManager) -> QPixmap:
    """Always of one width, however wide the window is, and as high as the bars need."""
    px, seen = theme.px, (chart.size(), legend.size())
    edge, width, head = px(16), px(_WIDTH), px(56)
    chart.choose(-1)
    chart.resize(width, chart.sizeHint().height())
    legend.resize(width, legend.heightForWidth(width))
    used = chart.used_height
    made = QPixmap(QSize(width + 2 * edge, head + used + legend.height() + 2 * edge) * _SHARP)
    made.setDevicePixelRatio(_SHARP)
    made.fill(QColor(theme.tokens.background))
    painter = QPainter(made)
    _paint_head(painter, QRect(edge, edge, width, head - edge), title=title, span=span, theme=theme)
    for part, top in ((chart, head), (legend, head + used + edge)):
        painter.save()
        painter.translate(edge, top)
        part.draw(painter)  # not `render`: it lays out anew what is hidden behind the table
        painter.restore()
    painter.end()
    for widget, size in zip((chart, legend), seen, strict=True):
        widget.resize(size)
    return made


def _paint_head(painter: QPainter, box: QRect, *, title: str, span: str, theme: ThemeManager) -> None:
    top = Qt.AlignmentFlag.AlignTop
    painter.setFont(theme.ui_font(bold=True))
    painter.setPen(QColor(theme.tokens.text))
    painter.drawText(box, top | Qt.AlignmentFlag.AlignLeft, title)
    painter.setFont(theme.ui_font(12))
    painter.setPen(QColor(theme.tokens.muted))
    painter.drawText(box, top | Qt.AlignmentFlag.AlignRight, span)
