"""The month's budget: how much of it is used, its limit, and whether it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QDoubleValidator, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from glmdesk.services.spending import WARN_AT, Budget
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Toggle
from glmdesk.ui.usage.bars import money
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.services.settings import SettingsService
    from glmdesk.services.spending import SpendingService
    from glmdesk.services.tasks import TaskOwner
    from glmdesk.ui.theme.theme import ThemeManager

_MOST = 10_000_000.0


class _Gauge(QWidget):
    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self._share = 0.0
        theme.changed.connect(self.updateGeometry)

    def show_share(self, share: float) -> None:
        self._share = share
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, self._theme.px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area, radius = self.rect().toRectF(), self.height() / 2
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(area, radius, radius)
        tone = tokens.bad if self._share >= 1 else tokens.warn if self._share >= WARN_AT else tokens.accent
        painter.setBrush(QColor(tone))
        if self._share > 0:
            width = max(area.width() * min(self._share, 1.0), self.height())
            painter.drawRoundedRect(QRectF(0, 0, width, area.height()), radius, radius)
        painter.end()


class BudgetCard(Card):
    """Changes are saved at once."""

    def __init__(
        self, *, theme: ThemeManager, spending: SpendingService, settings: SettingsService, tasks: TaskOwner
    ) -> None:
        super().__init__(theme=theme)
        self._spending, self._settings, self._tasks = spending, settings, tasks
        self._budget: Budget | None = None
        self.title = PlainLabel(theme=theme, role="title")
        self.state = PlainLabel(theme=theme, role="muted")
        self.state.setWordWrap(True)
        self.gauge = _Gauge(theme=theme)
        self.label = PlainLabel(theme=theme)
        self.limit = LineEdit()
        number = QDoubleValidator(0.0, _MOST, 2, self)
        number.setNotation(QDoubleValidator.Notation.StandardNotation)
        number.setLocale(QLocale.c())
        self.limit.setValidator(number)
        self.stops = Toggle(theme=theme)
        self._build(theme)
        self.limit.editingFinished.connect(self._limit_given)
        self.limit.submitted.connect(self._limit_given)
        self.stops.clicked.connect(self._stops_chosen)
        theme.changed.connect(self._fit)
        self._fit()
        self.retranslate()

    def _build(self, theme: ThemeManager) -> None:
        self.label.setBuddy(self.limit)
        field = QWidget()
        row = FlowLayout(field, gap=theme.px(8))
        row.addWidget(self.label)
        row.addWidget(self.limit)
        row.addWidget(self.stops)
        words = QVBoxLayout()
        words.setSpacing(theme.px(6))
        words.addWidget(self.title)
        words.addWidget(self.state)
        words.addWidget(self.gauge)
        self.column.addLayout(words)
        self.column.addWidget(field)

    def _fit(self) -> None:
        self.limit.setFixedWidth(self._theme.px(110))
        for widget in (self.label, self.limit):
            widget.setFixedHeight(self._theme.px(36))
        self.stops.setMinimumHeight(self._theme.px(36))

    def show_budget(self, budget: Budget) -> None:
        """How the month stands."""
        self._budget = budget
        self.gauge.setVisible(budget.limit is not None)
        self.gauge.show_share(budget.share)
        self.stops.setChecked(budget.stops)
        if not self.limit.hasFocus():
            self.limit.setText("" if budget.limit is None else _digits(budget.limit))
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr("usage.budget.title"))
        self.label.setText(tr("usage.budget.limit"))
        self.limit.setAccessibleName(tr("usage.budget.limit"))
        self.limit.setPlaceholderText(tr("usage.budget.no_limit"))
        self.stops.set_plain_text(tr("usage.budget.stops"))
        budget = self._budget
        if budget is None or budget.limit is None:
            self.state.setText(tr("usage.budget.none"))
            return
        args = {"spent": money(budget.spent), "limit": money(budget.limit), "share": f"{budget.share:.0%}"}
        words = "reached" if budget.reached else "near" if budget.share >= WARN_AT else "used"
        text_id = f"usage.budget.{words}" if words != "reached" or budget.stops else "usage.budget.over"
        self.state.setText(tr(text_id, **args))

    def _limit_given(self) -> None:
        limit = _number(self.limit.cleaned)
        if limit != self._settings.value.monthly_budget:
            self._tasks.start("usage:budget", self._spending.set_budget(limit))

    def _stops_chosen(self) -> None:
        self._tasks.start("usage:stop", self._settings.change(budget_stop=self.stops.isChecked()))


def _number(text: str) -> float | None:
    """Yuan; None for nothing, 0 and what is no number yet."""
    try:
        return float(text) or None
    except ValueError:
        return None


def _digits(limit: float) -> str:
    """The whole number as it was given: what stands in the field is saved when the field is left."""
    return f"{limit:.6f}".rstrip("0").rstrip(".")
