"""A server's name, kind, command or address, variables or headers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from glmdesk.domain.errors import UserError
from glmdesk.domain.servers import ServerConfig, ServerTransport
from glmdesk.services.servers import ServerService, is_server_address
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.scenarios.inputs import Combo, LongEdit
from glmdesk.ui.servers.pairs import PairRows
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel

_LOCAL = ("command", "arguments", "folder", "variables")
_REMOTE = ("url", "headers")
_FIELDS = ("name", "kind", *_LOCAL, *_REMOTE)


class ServerForm(QWidget):
    """`closed` after saving or leaving. A new server has an empty id in `config`."""

    closed = Signal()

    def __init__(self, config: ServerConfig, *, theme: ThemeManager, servers: ServerService, tasks: TaskOwner) -> None:
        super().__init__()
        self._config = config
        self._servers = servers
        self._tasks = tasks
        self.name, self.command = LineEdit(config.name), LineEdit(config.command)
        self.folder, self.url = LineEdit(config.folder), LineEdit(config.url)
        self.kind = Combo(theme=theme)
        self.arguments = LongEdit(theme=theme, height=84)
        self.arguments.replace_text("\n".join(config.args))
        self.variables, self.headers = PairRows(config.env, theme=theme), PairRows(config.headers, theme=theme)
        self.labels = {name: PlainLabel(role="muted", theme=theme) for name in _FIELDS}
        self.hint = PlainLabel(role="faint", theme=theme)
        self.message = PlainLabel(role="error", theme=theme)
        self.save_button = Button("servers.form.save", kind="primary")
        self.cancel_button = Button("servers.form.cancel")
        self.session_button = Button("servers.form.session")
        self._lay_out(theme)
        self._connect()
        self.retranslate()
        self._show_kind()

    def _lay_out(self, theme: ThemeManager) -> None:
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setVerticalSpacing(theme.px(10))
        self._form.setHorizontalSpacing(theme.px(12))
        for name in _FIELDS:
            self.labels[name].setBuddy(getattr(self, name))
            self._form.addRow(self.labels[name], getattr(self, name))
        for kind in ServerTransport:
            self.kind.addItem("", kind.value)
        self.kind.setCurrentIndex(self.kind.findData(self._config.transport.value))
        buttons = FlowLayout(gap=theme.px(8))
        for button in (self.save_button, self.cancel_button, self.session_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), 0, 0)
        column.setSpacing(theme.px(10))
        column.addLayout(self._form)
        for label in (self.hint, self.message):
            label.setWordWrap(True)
            column.addWidget(label)
        column.addLayout(buttons)
        self.message.hide()
        self.session_button.hide()

    def _connect(self) -> None:
        self.kind.activated.connect(self._show_kind)
        self.save_button.clicked.connect(self.submit)
        self.session_button.clicked.connect(lambda: self._save(session_only=True))
        self.cancel_button.clicked.connect(self.closed)
        for field in (self.name, self.command, self.folder, self.url):
            field.submitted.connect(self.submit)
            field.cancelled.connect(self.closed)

    @property
    def transport(self) -> ServerTransport:
        return ServerTransport(self.kind.currentData())

    def _show_kind(self) -> None:
        local = self.transport is ServerTransport.STDIO
        for names, shown in ((_LOCAL, local), (_REMOTE, not local)):
            for name in names:
                self._form.setRowVisible(getattr(self, name), shown)

    def submit(self) -> None:
        """Save when the command or the address can be one."""
        local = self.transport is ServerTransport.STDIO
        field = self.command if local else self.url
        if not (field.cleaned if local else is_server_address(field.cleaned)):
            self._say(tr("servers.form.need_command" if local else "servers.form.need_url"))
            field.setFocus()
            return
        self._save(session_only=False)

    def _save(self, *, session_only: bool) -> None:
        rows = self.variables if self.transport is ServerTransport.STDIO else self.headers
        config = self._given()
        work = self._servers.save(config, plain=rows.plain(), session_only=session_only)
        self._tasks.start("servers:save", self._guarded(lambda: work))

    def _given(self) -> ServerConfig:
        local = self.transport is ServerTransport.STDIO
        name = self.name.cleaned or self.command.cleaned or self.url.cleaned
        lines = self.arguments.text.split("\n")
        return replace(
            self._config,
            id=self._config.id or self._servers.new_id(name),
            name=name,
            transport=self.transport,
            command=self.command.cleaned if local else "",
            args=tuple(line for line in lines if line.strip()) if local else (),
            folder=self.folder.cleaned if local else "",
            env=self.variables.pairs() if local else {},
            url="" if local else self.url.cleaned,
            headers={} if local else self.headers.pairs(),
        )

    async def _guarded(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except UserError as error:
            self._say(" ".join(error_texts(error.info)))
            self.session_button.setVisible(error.info.kind in ("keyring_absent", "keyring_plaintext"))
            return
        self.closed.emit()

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()

    def retranslate(self) -> None:
        for name, label in self.labels.items():
            label.setText(tr(f"servers.form.{name}"))
            getattr(self, name).setAccessibleName(tr(f"servers.form.{name}"))
        for place, kind in enumerate(ServerTransport):
            self.kind.setItemText(place, tr(f"servers.transport.{kind.value}"))
        self.command.setPlaceholderText(tr("servers.form.command_hint"))
        self.arguments.setPlaceholderText(tr("servers.form.arguments_hint"))
        self.folder.setPlaceholderText(tr("servers.form.folder_hint"))
        self.url.setPlaceholderText("https://example.com/mcp")
        self.hint.setText(tr("servers.form.secret_hint"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
