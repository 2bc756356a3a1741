"""What to enter by hand in a coding agent that keeps its settings inside an editor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QGridLayout

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel

KEY_FIELD = "API Key"
_NARROW = 340


class _Field:
    """A name as the agent has it, a value to copy."""

    def __init__(self, name: str, *, theme: ThemeManager) -> None:
        self.name = name
        self.label = PlainLabel(name, theme=theme, role="muted")
        self.value = PlainLabel(theme=theme)
        self.value.setWordWrap(True)
        self.value.setMinimumWidth(1)
        self._copied = ""
        self.value.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy_button = IconButton("copy", "agents.copy", theme=theme)
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._copied))

    def show_value(self, text: str, lead: str) -> None:
        """`lead` is said before the text and not copied."""
        self._copied = text
        self.value.setText(f"{lead}\n{text}" if lead else text)
        name = tr("agents.copy_named", name=self.label.text())
        self.copy_button.setAccessibleName(name)


class ManualCard(Card):
    """`name` is the agent, `fields` the names in its own settings; the key has a command in its place."""

    def __init__(self, name: str, fields: Sequence[str], *, theme: ThemeManager) -> None:
        super().__init__(theme=theme)
        self.setMinimumWidth(1)  # a box layout reckons heights for no less than the least width
        self.title = PlainLabel(name, theme=theme, role="title")
        self.where = PlainLabel(theme=theme, role="faint")
        self.where.setWordWrap(True)
        self._name = name
        self.fields = [_Field(field, theme=theme) for field in fields]
        self.column.addWidget(self.title)
        self.column.addWidget(self.where)
        self._grid = QGridLayout()
        self.column.addLayout(self._grid)
        self._place()
        self.retranslate()

    def _place(self) -> None:
        """Name, value and button in a row; the name above the value where there is no room for both."""
        px, grid = self._theme.px, self._grid
        narrow = self.width() < px(_NARROW)
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(2))
        grid.setColumnStretch(0, int(narrow))
        grid.setColumnStretch(1, int(not narrow))
        for row, field in enumerate(self.fields):
            places = ((2 * row, 0), (2 * row + 1, 0), (2 * row, 2, 2, 1)) if narrow else ((row, 0), (row, 1), (row, 2))
            field.label.setWordWrap(narrow)
            for widget, place in zip((field.label, field.value, field.copy_button), places, strict=True):
                grid.addWidget(widget, *place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (self.width() < self._theme.px(_NARROW)) != (self._grid.columnStretch(0) == 1):
            self._place()

    def show_values(self, values: Sequence[str]) -> None:
        """One value for each field; the key's is the command that prints it."""
        for field, value in zip(self.fields, values, strict=True):
            field.show_value(value, tr("agents.key_by") if field.name == KEY_FIELD else "")

    def retranslate(self) -> None:
        self.where.setText(tr("agents.manual_hint", name=self._name))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
