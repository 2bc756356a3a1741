"""One server on the settings page: its state in words, what can be done, and its panels below."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.servers import ServerConfig, ServerState, ServerStatus, ServerTransport
from glmdesk.services.servers import ServerService
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import error_texts, locale, tr
from glmdesk.ui.scenarios.inputs import Toggle
from glmdesk.ui.servers.exact import ExactText
from glmdesk.ui.servers.form import ServerForm
from glmdesk.ui.servers.review import ReviewPanel
from glmdesk.ui.servers.tools import ToolsPanel
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import LabelRole, PlainLabel

_ROLES: dict[ServerState, LabelRole] = {ServerState.READY: "good", ServerState.FAILED: "error"}


class ServerCard(Card):
    """At most one panel is open: review, tools, log or form."""

    def __init__(self, config: ServerConfig, *, theme: ThemeManager, servers: ServerService, tasks: TaskOwner) -> None:
        super().__init__(theme=theme)
        self.config = config
        self._servers = servers
        self._tasks = tasks
        self._sure = False
        self.panel: QWidget | None = None
        self.name = PlainLabel(config.name, theme=theme, role="title")
        self.where = PlainLabel(_where(config), theme=theme, role="faint")
        self.state = PlainLabel(theme=theme, role="faint")
        self.detail = PlainLabel(theme=theme, role="faint")
        self.toggle = Toggle(theme=theme)
        self.review_button = Button("servers.review", kind="primary")
        self.sign_in_button = Button("servers.sign_in", kind="primary")
        self.restart_button = Button("servers.restart")
        self.tools_button = Button("servers.tools.title")
        self.log_button = Button("servers.log", kind="quiet")
        self.edit_button = Button("servers.edit", kind="quiet")
        self.remove_button = Button("servers.remove", kind="danger")
        self._lay_out(theme)
        self._connect()
        self.show_status()

    def _lay_out(self, theme: ThemeManager) -> None:
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(head)
        self.name.setWordWrap(True)
        for label in (self.where, self.state, self.detail):
            label.setWordWrap(True)
            self.column.addWidget(label)
        buttons = FlowLayout(gap=theme.px(8))
        for button in (self.review_button, self.sign_in_button, self.tools_button, self.restart_button):
            buttons.addWidget(button)
        for button in (self.log_button, self.edit_button):
            buttons.addWidget(button)
        buttons.addWidget(self.remove_button)
        self.column.addLayout(buttons)

    def _connect(self) -> None:
        server_id = self.config.id
        self.toggle.clicked.connect(lambda: self._do(self._servers.set_enabled(server_id, self.toggle.isChecked())))
        self.review_button.clicked.connect(lambda: self._open(ReviewPanel))
        self.sign_in_button.clicked.connect(lambda: self._do(self._servers.sign_in(server_id)))
        self.restart_button.clicked.connect(lambda: self._do(self._servers.restart(server_id)))
        self.tools_button.clicked.connect(lambda: self._open(ToolsPanel))
        self.log_button.clicked.connect(lambda: self._open(_LogPanel))
        self.edit_button.clicked.connect(lambda: self._open(ServerForm))
        self.remove_button.clicked.connect(self._remove)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.start(f"servers:card:{self.config.id}", work)

    def _remove(self) -> None:
        """The first press only asks: secrets and the login would be lost."""
        if self._sure:
            self._do(self._servers.remove(self.config.id))
        self._sure = True
        self.remove_button.set_text_id("servers.remove_sure")

    # --- panels -----------------------------------------------------------------------------------------------------

    def _open(self, kind: type[QWidget]) -> None:
        """Open a panel; the button of an open one closes it."""
        was_open = isinstance(self.panel, kind)
        self.close_panel()
        if not was_open:
            self.panel = self._made(kind)
            self.column.addWidget(self.panel)
            self.panel.show()
            self.show_status()

    def _made(self, kind: type[QWidget]) -> QWidget:
        if kind is ToolsPanel:
            return ToolsPanel(self.config.id, theme=self._theme, servers=self._servers, tasks=self._tasks)
        if kind is ServerForm:
            form = ServerForm(self.config, theme=self._theme, servers=self._servers, tasks=self._tasks)
            form.closed.connect(self.close_panel)
            return form
        if kind is ReviewPanel:
            review = ReviewPanel(self._servers.review(self.config.id), theme=self._theme)
            review.agreed.connect(self._agree)
            review.later.connect(self.close_panel)
            return review
        return _LogPanel(self.config, theme=self._theme, servers=self._servers)

    def _agree(self) -> None:
        self.close_panel()
        self._do(self._servers.agree(self.config.id))

    def close_panel(self) -> None:
        """Close what is open below."""
        if self.panel is not None:
            self.column.removeWidget(self.panel)
            self.panel.hide()
            self.panel.deleteLater()
            self.panel = None

    # --- state ------------------------------------------------------------------------------------------------------

    def shows(self, config: ServerConfig) -> bool:
        """Whether the card can go on with this config: what is shown of it is the same."""
        same = replace(config, seen=self.config.seen, enabled=self.config.enabled, trusted=self.config.trusted)
        if same != self.config:
            return False
        self.config = config
        return True

    def show_log(self) -> None:
        """Bring an open log up to date."""
        if isinstance(self.panel, _LogPanel):
            self.panel.show_lines()

    def show_status(self) -> None:
        """Show the state as it is now."""
        status = self._servers.status(self.config.id)
        self.toggle.setChecked(self.config.enabled)
        self.toggle.setAccessibleName(tr("servers.enabled", name=self.config.name))
        self.state.set_role(_ROLES.get(status.state, "faint"))
        self.state.setText(self._state_text(status))
        self.detail.setText(self._detail(status))
        self.detail.setVisible(bool(self.detail.text()))
        self._show_buttons(status)
        if isinstance(self.panel, ReviewPanel) and status.state is not ServerState.REVIEW:
            self.close_panel()
        if isinstance(self.panel, ToolsPanel):
            self.panel.show_status(status)
        self.show_log()

    def _show_buttons(self, status: ServerStatus) -> None:
        state = status.state
        self.review_button.setVisible(state is ServerState.REVIEW)
        self.sign_in_button.setVisible(state is ServerState.SIGN_IN)
        self.restart_button.setVisible(state in (ServerState.READY, ServerState.FAILED, ServerState.STARTING))
        self.tools_button.setVisible(state is ServerState.READY)

    def _state_text(self, status: ServerStatus) -> str:
        if status.state is ServerState.FAILED and status.error is not None:
            return " ".join(error_texts(status.error))
        if status.state is ServerState.REVIEW and self.config.trusted:
            return tr("servers.state.review_changed")
        return tr(f"servers.state.{status.state.value}")

    def _detail(self, status: ServerStatus) -> str:
        if status.error is not None:
            return status.error.detail
        if status.state is not ServerState.READY:
            return ""
        text = tr(
            "servers.summary",
            tools=len(status.tools),
            tokens=locale().toString(sum(tool.tokens for tool in status.tools)),
            resources=len(status.resources),
            prompts=len(status.prompts),
            protocol=status.protocol,
        )
        changed = len(self._servers.changed_tools(self.config.id))
        return f"{text}\n{tr('servers.changed', count=changed)}" if changed else text

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_status()


class _LogPanel(QWidget):
    def __init__(self, config: ServerConfig, *, theme: ThemeManager, servers: ServerService) -> None:
        super().__init__()
        self._config = config
        self._servers = servers
        self.text = ExactText(theme=theme, most=16, follow=True)
        self.copy_button = Button("servers.logs.copy", kind="quiet")
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        buttons = FlowLayout(gap=theme.px(8))
        buttons.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), 0, 0)
        column.addWidget(self.text)
        column.addLayout(buttons)

    def show_lines(self) -> None:
        """Show the lines there are now."""
        lines = self._servers.log(self._config.id)
        self.text.setAccessibleName(tr("servers.logs.title", name=self._config.name))
        self.text.show_text("\n".join(lines) or tr("servers.logs.empty"))


def _where(config: ServerConfig) -> str:
    if config.transport is ServerTransport.STDIO:
        return " ".join((config.command, *config.args))
    return config.url
