"""Tools: what new chats have switched on, the usual folder, Python, and the journal of what was allowed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.domain.hidden import reveal_hidden
from glmdesk.domain.tools import Grant, Scope, ToolSpec
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Toggle
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.tools.sheet import empty_box, origin_and_cost
from glmdesk.ui.transcript.blocks.tool import tool_label
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.file_dialog import ask_for_folder
from glmdesk.ui.widgets.label import PlainLabel

_SHOWN = 60  # decisions of the journal
_NAMES = "tools"


class ToolsSection(Section):
    """Nothing here lets a tool run without being asked about, except what the journal shows."""

    title_id = "settings.section.tools"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.python = self.toggle()
        self.add_row("settings.tools.python", self.python, "settings.tools.python_hint")
        self.folder_button = Button("settings.tools.choose")
        self.add_row("settings.tools.folder", self.folder_button, "settings.tools.folder_hint")
        self.folder = PlainLabel(theme=theme, role="muted")
        self.folder.setWordWrap(True)
        self.column.addWidget(self.folder)
        self.add_text("settings.tools.defaults", role="title")
        self.add_text("settings.tools.defaults_hint")
        self._defaults = self._box()
        self.add_text("settings.tools.journal", role="title")
        self.add_text("settings.tools.journal_hint")
        self._journal = self._box()
        self.toggles: dict[str, Toggle] = {}
        self.grants: dict[str, Button] = {}
        self._titles: dict[str, str] = {}  # of the chats that grants were for
        self._shown: object = None
        theme.changed.connect(self._restyled)
        self.python.toggled.connect(self._python_chosen)
        self.folder_button.clicked.connect(self._choose_folder)
        self.finish()

    def _box(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(self.theme.px(6))
        self.column.addLayout(box)
        return box

    def _python_chosen(self, on: bool) -> None:
        if on != self.settings.python_tool:
            self.change(python_tool=on)

    def _choose_folder(self) -> None:
        ask_for_folder(self, tr("settings.tools.choose"), self.take_folder)

    def take_folder(self, folder: Path) -> None:
        """The folder that new chats work in."""
        self.change(workspace=str(folder))

    def show_values(self) -> None:
        self.python.setChecked(self.settings.python_tool)
        self.folder.setText(self.settings.workspace or tr("settings.tools.no_folder"))
        specs, journal = self.desk.tools.specs(), tuple(self.desk.approvals.journal())[:_SHOWN]
        state = (specs, self.settings.tools, journal)
        if state != self._shown:
            self._shown = state
            self._show_defaults(specs)
            self._show_journal(journal)
            if any(grant.conversation_id not in self._titles for grant in journal if grant.scope is Scope.CHAT):
                self.tasks.start("settings:grants", self._name_chats(journal))

    async def _name_chats(self, journal: tuple[Grant, ...]) -> None:
        """The chats that grants were for; what is in the bin still has its name."""
        history = self.desk.history
        known = {chat.id: chat.title or tr("chat.new") for chat in (*await history.list(), *await history.bin())}
        self._titles = {grant.conversation_id: known.get(grant.conversation_id, "") for grant in journal}
        self._show_journal(journal)

    def _restyled(self) -> None:
        self._shown = None
        self.show_values()

    def refresh(self, changes: Changes) -> None:
        if changes.settings or changes.tools:
            self.show_values()

    def retranslate(self) -> None:
        super().retranslate()
        self._restyled()

    def _show_defaults(self, specs: tuple[ToolSpec, ...]) -> None:
        empty_box(self._defaults)
        self.toggles = {}
        for spec in specs:
            toggle = Toggle(reveal_hidden(tool_label(spec.name, spec.origin)), theme=self.theme)
            toggle.setFont(self.theme.ui_font())
            toggle.setChecked(spec.name in self.settings.tools)
            toggle.toggled.connect(self._defaults_chosen)
            self.toggles[spec.name] = toggle
            self._defaults.addLayout(self._tool_line(toggle, spec))

    def _tool_line(self, toggle: Toggle, spec: ToolSpec) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(toggle)
        line.addStretch(1)
        line.addWidget(PlainLabel(origin_and_cost(spec), theme=self.theme, role="faint"))
        return line

    def _defaults_chosen(self) -> None:
        chosen = tuple(name for name, toggle in self.toggles.items() if toggle.isChecked())
        self._shown = (self.desk.tools.specs(), chosen, tuple(self.desk.approvals.journal())[:_SHOWN])
        self.change(tools=chosen)

    def _show_journal(self, journal: tuple[Grant, ...]) -> None:
        empty_box(self._journal)
        self.grants = {}
        for grant in journal:
            self._journal.addWidget(self._grant_row(grant))
        if not journal:
            self._journal.addWidget(PlainLabel(tr("settings.tools.no_grants"), theme=self.theme, role="faint"))

    def _grant_row(self, grant: Grant) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        words = PlainLabel(
            _words(grant, self._titles.get(grant.conversation_id)),
            theme=self.theme,
            role="faint" if grant.revoked_at else "text",
        )
        words.setWordWrap(True)
        line.addWidget(words, 1)
        if grant.scope in (Scope.CHAT, Scope.ALWAYS) and grant.digest:
            taken = grant.revoked_at is not None
            button = Button("settings.tools.restore" if taken else "settings.tools.revoke", kind="quiet")
            change = self.desk.approvals.restore if taken else self.desk.approvals.revoke
            button.clicked.connect(partial(self._change_grant, change, grant.id))
            button.setAccessibleName(f"{button.text()} {words.text()}")
            self.grants[grant.id] = button
            line.addWidget(button)
        return row

    def _change_grant(self, change: object, grant_id: str, _: bool = False) -> None:
        self.tasks.start(f"settings:grant:{grant_id}", change(grant_id))  # type: ignore[operator]


def _words(grant: Grant, chat: str | None) -> str:
    """`chat` is the title of its chat, '' when that is gone, None when nobody has looked."""
    at = datetime.fromtimestamp(grant.at).strftime("%Y-%m-%d %H:%M")
    name = reveal_hidden(tool_label(grant.tool, grant.origin))
    scope = tr(f"settings.tools.scope.{grant.scope.value}")
    if grant.scope is Scope.CHAT and chat is not None:
        scope = f"{scope} ({chat or tr('settings.tools.gone_chat')})"
    revoked = f" · {tr('settings.tools.revoked')}" if grant.revoked_at else ""
    return f"{at} · {name} · {scope}{revoked}"
