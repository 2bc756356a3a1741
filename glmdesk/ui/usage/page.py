"""The usage page: what was spent in a period, by day, model, conversation and template."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QEvent, QIODevice, QSaveFile, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.domain.spending import Grouping, Period, Report
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.column import ColumnPage
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.usage.bars import Metric, bars_of, named, span_words
from glmdesk.ui.usage.budget import BudgetCard
from glmdesk.ui.usage.chart_card import ChartCard
from glmdesk.ui.usage.spreads import SpreadChart
from glmdesk.ui.usage.tiles import Tiles
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.file_dialog import ask_where_to_save
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented

PERIODS = ("week", "days30", "month", "year", "all")
_DAYS = {"week": 7, "days30": 30, "year": 365}
_WIDTH = 800
_STACKED = 560


class UsagePage(QWidget):
    """`opened` carries a conversation's id; `told` a sentence for a notice."""

    closed = Signal()
    opened = Signal(str)
    told = Signal(str)

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._desk, self._tasks = theme, desk, tasks
        self._report: Report | None = None
        self.title = PlainLabel(role="title", theme=theme)
        self.close_button = IconButton("x", "usage.close", theme=theme)
        self.period = Segmented([(name, f"usage.period.{name}") for name in PERIODS], theme=theme)
        self.note = PlainLabel(theme=theme, role="muted")
        self.tiles = Tiles(theme=theme)
        self.aside = PlainLabel(theme=theme, role="faint")
        self.chart = ChartCard(theme=theme)
        self.budget = BudgetCard(theme=theme, spending=desk.spending, settings=desk.settings, tasks=tasks)
        self.pace = Card(theme=theme)
        self.pace_title = PlainLabel(theme=theme, role="title")
        self.speed = SpreadChart("usage.pace.speed", "usage.pace.speed_words", digits=0, theme=theme)
        self.first = SpreadChart("usage.pace.first", "usage.pace.first_words", digits=1, theme=theme)
        self._build()
        self._connect()
        self.period.set_value("days30")
        self.retranslate()
        self.reload()

    def _build(self) -> None:
        px = self._theme.px
        head = QHBoxLayout()
        head.setContentsMargins(px(24), px(10), px(16), px(10))
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.close_button)
        self._spreads = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._spreads.setSpacing(px(28))
        self._spreads.addWidget(self.speed, 1)
        self._spreads.addWidget(self.first, 1)
        self.pace.column.addWidget(self.pace_title)
        self.pace.column.addLayout(self._spreads)
        self.column_page = ColumnPage(theme=self._theme, width=_WIDTH)
        body = self.column_page.column
        body.setSpacing(px(18))
        for part in (self.tiles, self.chart, self.budget, self.pace):
            part.setMinimumWidth(1)  # a box layout reckons heights for no less than the least width
        for label in (self.note, self.aside):
            label.setWordWrap(True)
        body.addWidget(self.period, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self.note, self.tiles, self.aside, self.chart, self.budget, self.pace):
            body.addWidget(widget)
        body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.column_page, 1)

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.closed)
        self.period.chosen.connect(self.reload)
        self.chart.changed.connect(self._show_bars)
        self.chart.opened.connect(self.opened)
        self.chart.export_picture.connect(self._choose_picture)
        self.chart.export_table.connect(self._choose_table)

    # Data

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if changes.spending or changes.settings:
            self.reload()

    def reload(self) -> None:
        """Read the numbers again."""
        self._tasks.start("usage:report", self._load())

    async def _load(self) -> None:
        spending = self._desk.spending
        self.budget.show_budget(await spending.budget())
        self._report = await spending.report(await self._chosen())
        self._show_report()

    async def _chosen(self) -> Period:
        spending, today = self._desk.spending, self._desk.spending.today()
        match self.period.value:
            case "month":
                return Period(today.replace(day=1), today)
            case "all":
                return await spending.all_time()
            case name:
                return Period(today - timedelta(days=_DAYS[name] - 1), today)

    def _show_report(self) -> None:
        report = self._report
        if report is None:
            return
        self.tiles.show_sums(report.total)
        self._show_bars()
        self.speed.show_rows([(pace.model, pace.speed) for pace in report.paces if pace.speed is not None])
        self.first.show_rows([(pace.model, pace.first) for pace in report.paces if pace.first is not None])
        text = "usage.only_demo" if report.only_demo else "usage.empty" if not report.total.requests else ""
        self.note.setText(tr(text) if text else "")
        self.note.setVisible(bool(text))
        self.aside.setText("\n".join(_not_counted(report)))
        self.aside.setVisible(bool(self.aside.text()))

    def _show_bars(self) -> None:
        if self._report is not None:
            by, metric = Grouping(self.chart.by.value), Metric(self.chart.metrics.value)
            self.chart.show_bars(bars_of(self._report, by, metric, self._template_title), by, metric)

    def _template_title(self, template_id: str) -> str:
        template = self._desk.templates.get(template_id)
        return template.title if template is not None else template_id

    # Export

    def _choose_picture(self) -> None:
        self._choose("png", "PNG (*.png)", self.export_picture)

    def _choose_table(self) -> None:
        self._choose("csv", "CSV (*.csv)", self.export_table)

    def _choose(self, suffix: str, kinds: str, export: Callable[[Path], None]) -> None:
        name = f"{tr('usage.export.file')}.{suffix}"
        ask_where_to_save(self, tr("usage.export.title"), export, name=name, kinds=[kinds])

    def export_picture(self, path: Path) -> None:
        """The chart as it is seen, at twice its size."""
        file = QSaveFile(str(path))
        saved = (
            file.open(QIODevice.OpenModeFlag.WriteOnly)
            and self.chart.picture(self._span).save(file, "PNG")
            and file.commit()  # pyright: ignore
        )
        self.told.emit(tr("usage.export.done" if saved else "usage.export.failed", path=str(path)))

    @property
    def _span(self) -> str:
        return span_words(self._report.period) if self._report is not None else ""

    def export_table(self, path: Path) -> None:
        """Days, models, conversations and templates of the period as one table."""
        if self._report is not None:
            self._tasks.start("usage:export", self._export(named(self._report, self._template_title), path))

    async def _export(self, report: Report, path: Path) -> None:
        await self._desk.spending.export_csv(report, path)
        self.told.emit(tr("usage.export.done", path=str(path)))

    # Looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_STACKED)
        below, beside = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._spreads.setDirection(below if narrow else beside)

    def retranslate(self) -> None:
        self.title.setText(tr("usage.title"))
        self.setAccessibleName(tr("usage.title"))
        self.period.setAccessibleName(tr("usage.period.name"))
        self.pace_title.setText(tr("usage.pace.title"))
        for part in (self.tiles, self.chart, self.budget, self.speed, self.first):
            part.retranslate()
        self._show_report()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _not_counted(report: Report) -> list[str]:
    """What the sum of yuan does not hold."""
    models = [group.key for group in report.groups[Grouping.MODEL] if group.sums.unpriced]
    lines = [tr("usage.not_priced", names=", ".join(models))] if models else []
    if report.total.untold:
        lines.append(tr("usage.not_told", count=f"{report.total.untold:,}"))
    return lines
