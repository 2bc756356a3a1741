"""Rows of a name, a value and whether it is a secret: variables and headers."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from glmdesk.domain.server_secrets import has_reference
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Toggle
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton


class _Row(QWidget):
    """A value that is in the keyring is not shown: an empty field keeps it."""

    def __init__(self, name: str, value: str, *, theme: ThemeManager) -> None:
        super().__init__()
        self._stored = value if has_reference(value) else ""
        self.name, self.value = LineEdit(name), LineEdit("" if self._stored else value)
        self.secret = Toggle(theme=theme)
        self.secret.setChecked(bool(self._stored) or not value)
        self.remove = IconButton("x", "servers.form.remove_pair", theme=theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.name, 2)
        row.addWidget(self.value, 3)
        row.addWidget(self.secret)
        row.addWidget(self.remove)
        self.secret.toggled.connect(self._echo)
        self._echo()
        self.retranslate()

    def _echo(self) -> None:
        secret = self.secret.isChecked()
        self.value.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)

    @property
    def given(self) -> str:
        return self.value.text().strip() or self._stored

    def retranslate(self) -> None:
        self.name.setPlaceholderText(tr("servers.form.pair_name"))
        self.name.setAccessibleName(tr("servers.form.pair_name"))
        self.value.setPlaceholderText(tr("servers.form.stored" if self._stored else "servers.form.pair_value"))
        self.value.setAccessibleName(tr("servers.form.pair_value"))
        self.secret.set_plain_text(tr("servers.form.secret"))


class PairRows(QWidget):
    """Add, change and remove rows."""

    def __init__(self, pairs: Mapping[str, str], *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self.rows: list[_Row] = []
        self.add_button = Button("servers.form.add_pair", kind="quiet")
        self.add_button.clicked.connect(lambda: self.add("", "").name.setFocus())
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.px(6))
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addLayout(self._list)
        column.addLayout(buttons)
        for name, value in pairs.items():
            self.add(name, value)

    def add(self, name: str, value: str) -> _Row:
        row = _Row(name, value, theme=self._theme)
        row.remove.clicked.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._list.addWidget(row)
        return row

    def _remove(self, row: _Row) -> None:
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.deleteLater()
        self.add_button.setFocus()

    def pairs(self) -> dict[str, str]:
        """Names and values as typed; a stored value as its reference."""
        return {row.name.cleaned: row.given for row in self.rows if row.name.cleaned}

    def plain(self) -> set[str]:
        """Names whose values are no secrets."""
        return {row.name.cleaned for row in self.rows if not row.secret.isChecked()}

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            for row in self.rows:
                row.retranslate()
