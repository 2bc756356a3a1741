"""The chart with its choices, its legend, the table behind it and its exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QSizePolicy, QWidget

from glmdesk.domain.spending import Grouping
from glmdesk.ui.i18n import tr
from glmdesk.ui.usage.bars import PARTS, Bar, Metric
from glmdesk.ui.usage.chart import Chart, ColumnChart, RowChart
from glmdesk.ui.usage.table import NumbersTable
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_SHARP = 2.0  # device pixels per pixel of an exported picture


class Legend(QWidget):
    """Which colour is what."""

    def __init__(self, chart: Chart, *, theme: ThemeManager) -> None:
        super().__init__()
        self._chart = chart
        self._theme = theme
        self.shown = Metric.YUAN
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        px, x = self._theme.px, 0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.ui_font(12))
        for part in PARTS[self.shown]:
            words, middle = tr(part.text_id), self.height() // 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._chart.colour(part))
            painter.drawRoundedRect(x, middle - px(5), px(10), px(10), px(2), px(2))
            painter.setPen(QColor(self._theme.tokens.muted))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(x + px(16), 0, width + px(4), self.height(), Qt.AlignmentFlag.AlignVCenter, words)
            x += px(16) + width + px(18)
        painter.end()


class ChartCard(Card):
    """`changed`: another grouping or metric was chosen, show its bars."""

    changed = Signal()
    opened = Signal(str)
    export_picture = Signal()
    export_table = Signal()

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__(theme=theme)
        self._by = Grouping.DAY
        self._tabled = False
        self.by = Segmented([(by.value, f"usage.by.{by.value}") for by in Grouping], theme=theme)
        self.metrics = Segmented([(metric.value, f"usage.metric.{metric.value}") for metric in Metric], theme=theme)
        self.columns, self.rows = ColumnChart(theme=theme), RowChart(theme=theme)
        self.table = NumbersTable(theme=theme)
        self.legend = Legend(self.columns, theme=theme)
        self.table_button = Button("usage.show_table", kind="quiet")
        self.export_button = Button("usage.export.title", kind="quiet")
        self._build(theme)
        self.by.set_value(Grouping.DAY.value)
        self.metrics.set_value(Metric.YUAN.value)
        self.by.chosen.connect(self.changed)
        self.metrics.chosen.connect(self.changed)
        for chart in (self.columns, self.rows):
            chart.opened.connect(self.opened)
        self.table_button.clicked.connect(self._toggle_table)
        self.export_button.clicked.connect(self._open_exports)
        self._show()

    def _build(self, theme: ThemeManager) -> None:
        self._choices = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._choices.setSpacing(theme.px(8))
        for box in (self.by, self.metrics):
            self._choices.addWidget(box, 0, Qt.AlignmentFlag.AlignLeft)
        self._choices.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(theme.px(2))
        foot.addWidget(self.legend, 1)
        foot.addWidget(self.table_button)
        foot.addWidget(self.export_button)
        self.column.addLayout(self._choices)
        for widget in (self.columns, self.rows, self.table):
            self.column.addWidget(widget)
        self.column.addLayout(foot)

    @property
    def chart(self) -> Chart:
        """The one that is shown for this grouping."""
        return self.columns if self._by is Grouping.DAY else self.rows

    def show_bars(self, bars: Sequence[Bar], by: Grouping, metric: Metric) -> None:
        """Show a grouping."""
        self._by = by
        self.legend.shown = metric
        self.chart.show_bars(bars, metric)
        shown = list(reversed(bars)) if by is Grouping.DAY else bars  # the newest day on top
        self.table.show_bars(shown, f"usage.by.{by.value}")
        self._show()
        self.retranslate()

    def _toggle_table(self) -> None:
        self._tabled = not self._tabled
        self.table_button.set_text_id("usage.show_chart" if self._tabled else "usage.show_table")
        self._show()

    def _open_exports(self) -> None:
        menu = QMenu(self)
        menu.addAction(tr("usage.export.picture")).triggered.connect(self.export_picture)
        menu.addAction(tr("usage.export.csv")).triggered.connect(self.export_table)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.export_button.mapToGlobal(QPoint(0, self.export_button.height())))

    def _show(self) -> None:
        self.columns.setVisible(not self._tabled and self._by is Grouping.DAY)
        self.rows.setVisible(not self._tabled and self._by is not Grouping.DAY)
        self.table.setVisible(self._tabled)
        self.legend.update()

    def picture(self) -> QPixmap:
        """The chart with its legend, on the theme's ground."""
        chart, edge = self.chart, self._theme.px(16)
        size = QSize(chart.width() + 2 * edge, chart.height() + self.legend.height() + 3 * edge)
        made = QPixmap(size * _SHARP)
        made.setDevicePixelRatio(_SHARP)
        made.fill(QColor(self._theme.tokens.background))
        chart.choose(-1)
        painter = QPainter(made)
        for widget, top in ((chart, edge), (self.legend, 2 * edge + chart.height())):
            widget.render(painter, QPoint(edge, top), QRegion(), QWidget.RenderFlag.DrawChildren)
        painter.end()
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        needed = self.by.sizeHint().width() + self.metrics.sizeHint().width() + self._theme.px(8 + 32)
        below, beside = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._choices.setDirection(beside if needed <= self.width() else below)

    def retranslate(self) -> None:
        self.by.setAccessibleName(tr("usage.by.name"))
        self.metrics.setAccessibleName(tr("usage.metric.name"))
        by, metric = (tr(f"usage.{kind}.{box.value}") for kind, box in (("by", self.by), ("metric", self.metrics)))
        for widget in (self.columns, self.rows, self.table):
            widget.setAccessibleName(tr("usage.chart_name", by=by, metric=metric))
        self.update()
