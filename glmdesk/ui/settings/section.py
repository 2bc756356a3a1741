"""The base of a settings page: rows of a label, a control and a hint, which follow the language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QVBoxLayout, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.domain.settings import Settings
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo, Toggle
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.label import PlainLabel

_NARROW = 400  # logical pixels; below this a wide control stands under its label
_SMALL = 60  # a control of this width always fits beside its label


class Section(QWidget):
    """A subclass builds its rows in `__init__`, fills them in `show_values` and may react to `refresh`."""

    title_id = ""

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__()
        self.theme = theme
        self.desk = desk
        self.tasks = tasks
        self._texts: list[tuple[PlainLabel, str]] = []
        self._named: list[tuple[QWidget, str]] = []
        self._choices: list[tuple[QComboBox, Sequence[tuple[str, str]]]] = []
        self._widths: list[tuple[QWidget, int]] = []
        self._rows_with: dict[QWidget, QBoxLayout] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.px(16))
        self.add_text(self.title_id, role="page_title")
        theme.changed.connect(self._fit)

    @property
    def settings(self) -> Settings:
        return self.desk.settings.value

    def change(self, **fields: Any) -> None:
        """Put a change into force and save it."""
        self.tasks.start(f"settings:{'+'.join(fields)}", self.desk.settings.change(**fields))

    # Building

    def add_text(self, text_id: str, *, role: str = "muted") -> PlainLabel:
        label = PlainLabel(theme=self.theme, role=role)  # type: ignore[arg-type]
        label.setWordWrap(True)
        self._texts.append((label, text_id))
        self.column.addWidget(label)
        return label

    def add_row(self, text_id: str, control: QWidget, hint_id: str = "") -> None:
        """Label on the left, control on the right or (where it is narrow) below, hint under the label."""
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(self.theme.px(16))
        words = QVBoxLayout()
        words.setSpacing(self.theme.px(2))
        label = PlainLabel(theme=self.theme)
        label.setBuddy(control)
        words.addWidget(label)
        self._texts.append((label, text_id))
        self._named.append((control, text_id))
        if hint_id:
            hint = PlainLabel(theme=self.theme, role="faint")
            hint.setWordWrap(True)
            self._texts.append((hint, hint_id))
            words.addWidget(hint)
        row.addLayout(words, 1)
        row.addWidget(control)
        self._rows_with[control] = row
        self.column.addLayout(row)

    def combo(self, choices: Sequence[tuple[str, str]]) -> Combo:
        """`choices` as (value, text id)."""
        combo = Combo(theme=self.theme)
        for value, _ in choices:
            combo.addItem("", value)
        self.keep_width(combo, 220)
        self._choices.append((combo, choices))
        return combo

    def toggle(self) -> Toggle:
        toggle = Toggle(theme=self.theme)
        self.keep_width(toggle, 36)
        return toggle

    def keep_width(self, widget: QWidget, width: int) -> None:
        """`width` in logical pixels before zoom; follows it as far as there is room."""
        self._widths.append((widget, width))
        widget.setFixedWidth(self.theme.px(width))

    def _fit(self) -> None:
        px, narrow = self.theme.px, self.width() < self.theme.px(_NARROW)
        self.column.setSpacing(px(16))
        for widget, width in self._widths:
            widget.setFixedWidth(max(min(px(width), self.width()), 1))
            if width > _SMALL and (row := self._rows_with.get(widget)) is not None:
                below, beside = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
                row.setDirection(below if narrow else beside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def finish(self) -> None:
        """Call at the end of `__init__`."""
        self.column.addStretch(1)
        self.retranslate()
        self.show_values()

    # Following

    def show_values(self) -> None:
        """Put what is in force into the controls."""

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services while the page is open."""
        if changes.settings:
            self.show_values()

    def retranslate(self) -> None:
        for label, text_id in self._texts:
            label.setText(tr(text_id))
        for control, text_id in self._named:
            control.setAccessibleName(tr(text_id))
        for combo, choices in self._choices:
            for place, (_, text_id) in enumerate(choices):
                combo.setItemText(place, tr(text_id))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def choose(combo: QComboBox, value: str) -> None:
    """Show a value without reporting it."""
    combo.setCurrentIndex(combo.findData(value))
