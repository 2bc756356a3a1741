"""The tools of a server: a switch and what each costs, and what changed since the user knew them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.servers import ServerStatus, ServerTool
from glmdesk.services.servers import ServerService
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.scenarios.inputs import Toggle
from glmdesk.ui.servers.diff_text import DiffText
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel

_LONGEST = 400  # characters of a description in the list; the approval shows all of it


class _ToolRow(QWidget):
    def __init__(self, tool: ServerTool, *, change: str, is_new: bool, theme: ThemeManager) -> None:
        super().__init__()
        self.tool = tool
        self._change, self._is_new = change, is_new
        self.toggle = Toggle(tool.name, theme=theme)
        self.cost = PlainLabel(theme=theme, role="faint")
        self.words = PlainLabel(tool.spec.description[:_LONGEST], theme=theme, role="faint")
        self.words.setWordWrap(True)
        self.diff = DiffText(theme=theme, most=14)
        self.diff.show_text(change)
        self.diff.setVisible(bool(change) and not is_new)
        head = QHBoxLayout()
        head.addWidget(self.toggle, 1)
        head.addWidget(self.cost)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        column.addLayout(head)
        if tool.spec.description:
            column.addWidget(self.words)
        column.addWidget(self.diff)
        self.retranslate()

    def retranslate(self) -> None:
        marks = [tr("servers.tools.tokens", count=locale().toString(self.tool.tokens))]
        if self._change:
            marks.insert(0, tr("servers.tools.new" if self._is_new else "servers.tools.changed"))
        self.cost.setText(" · ".join(marks))
        self.diff.setAccessibleName(tr("servers.tools.changed"))


class ToolsPanel(QWidget):
    """Rows are built anew when the tools are others."""

    def __init__(self, server_id: str, *, theme: ThemeManager, servers: ServerService, tasks: TaskOwner) -> None:
        super().__init__()
        self._id = server_id
        self._theme = theme
        self._servers = servers
        self._tasks = tasks
        self.rows: list[_ToolRow] = []
        self._shown: tuple[object, ...] = ()
        self.hint = PlainLabel(theme=theme, role="muted")
        self.more = PlainLabel(theme=theme, role="faint")
        self.changed = PlainLabel(theme=theme, role="error")
        self.known_button = Button("servers.tools.known")
        self.known_button.clicked.connect(self._accept)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.px(10))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), 0, 0)
        column.setSpacing(theme.px(8))
        for label in (self.hint, self.changed, self.more):
            label.setWordWrap(True)
        column.addWidget(self.hint)
        change_row = QHBoxLayout()
        change_row.addWidget(self.changed, 1)
        change_row.addWidget(self.known_button)
        column.addLayout(change_row)
        column.addLayout(self._list)
        column.addWidget(self.more)

    def show_status(self, status: ServerStatus) -> None:
        """Show what the server offers now."""
        changes = self._servers.changed_tools(self._id)
        shape = (status.tools, tuple(changes.items()))
        if shape != self._shown:
            self._shown = shape
            self._build(status, changes)
        for row in self.rows:
            row.toggle.setChecked(self._servers.switched_on(row.tool))
        self._texts(status, len(changes))

    def _build(self, status: ServerStatus, changes: Mapping[str, str]) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        seen = self._servers.seen_tools(self._id)
        self.rows = [
            _ToolRow(tool, change=changes.get(tool.name, ""), is_new=tool.name not in seen, theme=self._theme)
            for tool in status.tools
        ]
        for row in self.rows:
            self._follow(row)
            self._list.addWidget(row)
            row.show()

    def _follow(self, row: _ToolRow) -> None:
        tool = row.tool
        key = f"servers:switch:{tool.spec.name}"
        switch = self._servers.switch_tool
        row.toggle.clicked.connect(lambda: self._tasks.start(key, switch(tool, row.toggle.isChecked())))

    def _accept(self) -> None:
        self._tasks.start(f"servers:accept:{self._id}", self._servers.accept_tools(self._id))

    def _texts(self, status: ServerStatus, changes: int) -> None:
        self.hint.setText(tr("servers.tools.hint" if status.tools else "servers.tools.none"))
        self.changed.setText(tr("servers.changed", count=changes))
        for widget in (self.changed, self.known_button):
            widget.setVisible(bool(changes))
        others = [
            (tr("servers.tools.resources"), [item.name for item in status.resources]),
            (tr("servers.tools.prompts"), [item.title for item in status.prompts]),
        ]
        lines = [f"{title}: {', '.join(names[:20])}" for title, names in others if names]
        if status.refused:
            lines.append(tr("servers.tools.refused", names=", ".join(status.refused)))
        self.more.setText("\n".join(lines))
        self.more.setVisible(bool(lines))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            for row in self.rows:
                row.retranslate()
            self.show_status(self._servers.status(self._id))
