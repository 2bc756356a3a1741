"""Chooses how each of two answers is asked for: model, and thinking or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.catalogue import Model
from glmdesk.services.turns import Choice
from glmdesk.ui.composer.line_edit import ENTER_KEYS
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented
from glmdesk.ui.widgets.sheet import Sheet
from glmdesk.ui.widgets.tooltip import set_tooltip

_STACKED = 520  # logical pixels; a narrower window puts one side below the other


Prices = Callable[[Choice], tuple[str, str]]  # (the range, its explanation)


class _Side(QWidget):
    """One of the two."""

    def __init__(self, title_id: str, *, theme: ThemeManager, models: Sequence[Model], thinking: bool) -> None:
        super().__init__()
        self._title_id = title_id
        self._title = PlainLabel(theme=theme, role="muted")
        self._models = {model.id: model for model in models}
        self.model = Combo(theme=theme)
        for model in models:
            self.model.addItem(model.name, model.id)
        options = [("on", "turns.compare.on"), ("off", "turns.compare.off")]
        self.thinking = Segmented(options, theme=theme)
        self.thinking.set_value("on" if thinking else "off")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addWidget(self._title)
        column.addWidget(self.model)
        self.price = PlainLabel(theme=theme, role="muted")
        self._prices: Prices | None = None
        column.addWidget(self.thinking, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.price)
        self.model.currentIndexChanged.connect(self._fit_thinking)
        self.thinking.chosen.connect(self._say_price)
        self.retranslate()

    def retranslate(self) -> None:
        """The words in the language of now."""
        title = tr(self._title_id)
        self._title.setText(title)
        self.model.setAccessibleName(f"{title} {tr('turns.compare.model')}")
        self.thinking.setAccessibleName(f"{title} {tr('turns.compare.thinking')}")
        self._fit_thinking()

    def set_model(self, model_id: str) -> None:
        place = self.model.findData(model_id)
        self.model.setCurrentIndex(max(0, place))
        self._fit_thinking()

    def _fit_thinking(self) -> None:
        """A model that cannot switch says so."""
        self._say_price()
        model = self._models.get(self.model.currentData())
        if model is None:
            return
        able = [name for name, can in (("on", model.can_think), ("off", model.can_rest)) if can]
        reason = tr("turns.compare.never" if not model.can_think else "turns.compare.always")
        self.thinking.set_enabled_options(able, reason)
        if self.thinking.value not in able:
            self.thinking.set_value(able[0])
            self._say_price()

    def show_prices(self, prices: Prices) -> None:
        """Say below what this will cost."""
        self._prices = prices
        self._say_price()

    def _say_price(self) -> None:
        words, why = self._prices(self.choice) if self._prices is not None else ("", "")
        self.price.setText(words)
        set_tooltip(self.price, why)

    @property
    def choice(self) -> Choice:
        return Choice(self.model.currentData(), self.thinking.value == "on")


class CompareSheet(Sheet):
    """`chosen` carries two `Choice`s. At first: the same model, thinking and not thinking."""

    chosen = Signal(object, object)

    def __init__(self, parent: QWidget, *, theme: ThemeManager, models: Sequence[Model], model: str) -> None:
        super().__init__(parent, theme=theme, width=560)
        known = list(models)
        if model and model not in {m.id for m in known}:
            from glmdesk.domain.catalogue import unknown_model

            known.insert(0, unknown_model(model))
        self.left = _Side("turns.compare.left", theme=theme, models=known, thinking=True)
        self.right = _Side("turns.compare.right", theme=theme, models=known, thinking=False)
        self._sides = sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        sides.setSpacing(theme.px(20))
        for side in (self.left, self.right):
            side.set_model(model)
            sides.addWidget(side, 1)
        self.start = Button("turns.compare.start", kind="primary")
        self.cancel = Button("turns.compare.cancel")
        self.start.clicked.connect(self._start)
        self.cancel.clicked.connect(self.close_sheet)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        column = self.card.column
        self._title = PlainLabel(tr("turns.compare.title"), theme=theme, role="title")
        column.addWidget(self._title)
        column.addSpacing(theme.px(4))
        column.addLayout(sides)
        column.addSpacing(theme.px(8))
        column.addLayout(buttons)
        theme.changed.connect(self._arrange)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < self._theme.px(_STACKED)
        self._sides.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._title.setText(tr("turns.compare.title"))
            for side in (self.left, self.right):
                side.retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS and not self.cancel.hasFocus():
            self._start()
        else:
            super().keyPressEvent(event)

    def show_prices(self, prices: Prices) -> None:
        """Say what each side will cost, also when it is changed."""
        for side in (self.left, self.right):
            side.show_prices(prices)

    def open_sheet(self) -> None:
        self.show()
        self.left.model.setFocus()

    def _start(self) -> None:
        left, right = self.left.choice, self.right.choice
        self.close_sheet()
        self.chosen.emit(left, right)
