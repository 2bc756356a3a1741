"""What would change in the settings file; the key goes into it only after a warning and a second press."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from glmdesk.services.connect import Change
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Toggle
from glmdesk.ui.servers.diff_text import DiffText
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel


class ChangePanel(QWidget):
    """`write` is the user's word for the change shown; `key_wanted` asks for the change with or without the key."""

    write = Signal()
    key_wanted = Signal(bool)
    closed = Signal()

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self.setMinimumWidth(1)
        self._sure = False
        self._there, self._empty = True, False
        self.title = PlainLabel(theme=theme, role="title")
        self.text = DiffText(theme=theme, most=24)
        self.hint = PlainLabel(theme=theme, role="faint")
        self.no_key = PlainLabel(theme=theme, role="error")
        self.key_toggle = Toggle(theme=theme)
        self.warning = PlainLabel(theme=theme, role="error")
        self.write_button = Button("agents.write", kind="primary")
        self.insist_button = Button("agents.insist", kind="danger")
        self.cancel_button = Button("agents.cancel")
        self._lay_out(theme)
        self.key_toggle.clicked.connect(self.key_wanted)
        self.write_button.clicked.connect(self.write)
        self.insist_button.clicked.connect(self._insist)
        self.cancel_button.clicked.connect(self.closed)
        self.retranslate()

    def _lay_out(self, theme: ThemeManager) -> None:
        buttons = FlowLayout(gap=theme.px(8))
        for button in (self.write_button, self.insist_button, self.cancel_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), 0, 0)
        column.setSpacing(theme.px(8))
        for widget in (self.title, self.text, self.hint, self.no_key, self.key_toggle, self.warning):
            column.addWidget(widget)
        for label in (self.title, self.hint, self.no_key, self.warning):
            label.setWordWrap(True)
        column.addLayout(buttons)

    def show_change(self, change: Change) -> None:
        """Show a change; one with the key needs two presses."""
        self._sure = False
        with_key = change.choice.key_in_file
        self.text.show_text(change.diff)
        self.text.setVisible(bool(change.diff))
        self.key_toggle.setChecked(with_key)
        self.warning.setVisible(with_key)
        self.no_key.setVisible(not change.has_key and not with_key)
        self.write_button.setVisible(not with_key and bool(change.diff))
        self.insist_button.setVisible(with_key and bool(change.diff))
        self.hint.setVisible(bool(change.diff))
        self._there, self._empty = change.looked.data is not None, not change.diff
        self.retranslate()

    def _insist(self) -> None:
        """The first press only asks."""
        if self._sure:
            self.write.emit()
            return
        self._sure = True
        self.insist_button.set_text_id("agents.insist_sure")

    def retranslate(self) -> None:
        self.title.setText(tr("agents.change_none" if self._empty else "agents.change_title"))
        self.text.setAccessibleName(self.title.text())
        self.hint.setText(tr("agents.change_hint" if self._there else "agents.change_new"))
        self.key_toggle.set_plain_text(tr("agents.key_in_file"))
        self.no_key.setText(tr("agents.no_key"))
        self.warning.setText(tr("agents.key_warning"))
        self.insist_button.set_text_id("agents.insist_sure" if self._sure else "agents.insist")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
