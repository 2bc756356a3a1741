"""What to enter by hand in a coding agent that keeps its settings inside an editor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel

KEY_FIELD = "API Key"


class _Field:
    """A name as the agent has it, a value to copy."""

    def __init__(self, name: str, *, theme: ThemeManager) -> None:
        self.name = name
        self.label = PlainLabel(name, theme=theme, role="muted")
        self.value = PlainLabel(theme=theme)
        self.value.setWordWrap(True)
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
        self.title = PlainLabel(name, theme=theme, role="title")
        self.where = PlainLabel(theme=theme, role="faint")
        self.where.setWordWrap(True)
        self._name = name
        self.fields = [_Field(field, theme=theme) for field in fields]
        self.column.addWidget(self.title)
        self.column.addWidget(self.where)
        self.column.addLayout(self._rows(theme))
        self.retranslate()

    def _rows(self, theme: ThemeManager) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(2))
        grid.setColumnStretch(1, 1)
        for row, field in enumerate(self.fields):
            grid.addWidget(field.label, row, 0)
            grid.addWidget(field.value, row, 1)
            grid.addWidget(field.copy_button, row, 2)
        return grid

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
