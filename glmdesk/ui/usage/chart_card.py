"""The chart with its choices, its legend, the table behind it and its exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QMenu

from glmdesk.domain.spending import Grouping
from glmdesk.ui.i18n import tr
from glmdesk.ui.usage.bars import Bar, Metric
from glmdesk.ui.usage.chart import Chart, ColumnChart, RowChart
from glmdesk.ui.usage.picture import Legend, picture_of
from glmdesk.ui.usage.table import NumbersTable
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


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
        self._buttons = FlowLayout(gap=theme.px(2))
        self._buttons.addWidget(self.table_button)
        self._buttons.addWidget(self.export_button)
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._foot.setSpacing(theme.px(2))
        self._foot.addWidget(self.legend, 1)
        self._foot.addLayout(self._buttons)
        self.column.addLayout(self._choices)
        for widget in (self.columns, self.rows, self.table):
            self.column.addWidget(widget)
        self.column.addLayout(self._foot)

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
        self.legend.setVisible(not self._tabled)
        self.legend.updateGeometry()
        self.legend.update()

    def picture(self, span: str) -> QPixmap:
        """The chart with its name, the days it is of and its legend, on the theme's ground; also behind the table."""
        return picture_of(self.chart, self.legend, title=self._words, span=span, theme=self._theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        px, below, beside = self._theme.px, QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        for row, left, right in (
            (self._choices, self.by, self.metrics),
            (self._foot, self.legend, self._buttons),
        ):
            needed = left.sizeHint().width() + right.sizeHint().width() + px(8 + 32)
            row.setDirection(beside if needed <= self.width() else below)
        self.updateGeometry()  # a turned row has another height at this width

    @property
    def _words(self) -> str:
        by, metric = (tr(f"usage.{kind}.{box.value}") for kind, box in (("by", self.by), ("metric", self.metrics)))
        return tr("usage.chart_name", by=by, metric=metric)

    def retranslate(self) -> None:
        self._arrange()
        self.by.setAccessibleName(tr("usage.by.name"))
        self.metrics.setAccessibleName(tr("usage.metric.name"))
        for widget in (self.columns, self.rows, self.table):
            widget.setAccessibleName(self._words)
        self.update()
