"""A row of filters that wraps: all, each family, the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from glmdesk.domain.template import Family
from glmdesk.ui.header.pill import style_pill
from glmdesk.ui.i18n import tr
from glmdesk.ui.widgets.flow import FlowLayout

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class FilterRow(QWidget):
    """One is always chosen; '' is all, 'mine' the user's own."""

    chosen = Signal(str)

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text_ids = {"": "scenario.gallery.all"}
        self._text_ids |= {family.value: f"scenario.family.{family.value}.title" for family in Family}
        self._text_ids["mine"] = "scenario.gallery.mine"
        self._group = QButtonGroup(self)
        self.buttons = {name: self._button(name) for name in self._text_ids}
        self._flow = FlowLayout(self, gap=theme.px(8))
        for button in self.buttons.values():
            self._flow.addWidget(button)
        self.buttons[""].setChecked(True)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._group.addButton(button)
        return button

    @property
    def value(self) -> str:
        return next(name for name, button in self.buttons.items() if button.isChecked())

    def set_value(self, name: str) -> None:
        """An unknown name is all."""
        self.buttons.get(name, self.buttons[""]).setChecked(True)

    def _restyle(self) -> None:
        for button in self.buttons.values():
            style_pill(button, self._theme)
        self._flow.setSpacing(self._theme.px(8))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        for name, button in self.buttons.items():
            button.setText(tr(self._text_ids[name]).replace("&", "&&"))
            button.setAccessibleName(tr(self._text_ids[name]))
