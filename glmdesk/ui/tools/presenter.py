"""Approvals and tools of the shown conversation, between the window and the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Setup
from glmdesk.domain.endpoint import DialectName
from glmdesk.domain.errors import UserError
from glmdesk.domain.tools import Decision, ToolFault
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.chat_page import ChatPage
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.announce import announce

if TYPE_CHECKING:
    from glmdesk.ui.tools.sheet import ToolsSheet


class ToolsPresenter(QObject):
    """`change_setup(**fields)` puts a choice into the shown conversation; `stake` says what other tools cost it."""

    def __init__(
        self,
        desk: Desk,
        page: ChatPage,
        *,
        theme: ThemeManager,
        tasks: TaskOwner,
        change_setup: Callable[..., Any],
        stake: Callable[[], str],
    ) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._theme = theme
        self._tasks = tasks
        self._change_setup = change_setup
        self._stake = stake
        self._conversation_id = ""
        self._setup = Setup()
        self.sheet: ToolsSheet | None = None
        page.decided.connect(self._decided)
        page.edited.connect(self._edited)
        page.composer.tools_button.clicked.connect(self.open_sheet)

    def show(self, conversation_id: str, setup: Setup) -> None:
        """Another conversation, or another setup of it."""
        self._conversation_id = conversation_id
        self._setup = setup
        self._page.composer.tools_button.set_count(self._desk.tools.count(setup, self._dialect))
        self._show_approval()

    @property
    def _dialect(self) -> DialectName | None:
        return self._desk.endpoints.dialect(self._setup.endpoint_id)

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if changes.approvals:
            self._show_approval()
        if changes.tools or changes.settings or changes.endpoints:
            self.show(self._conversation_id, self._setup)

    def _show_approval(self) -> None:
        waiting = self._desk.approvals.pending(self._conversation_id)
        if not waiting and not self._page.asks:
            return
        card = self._page.approval
        first = waiting[0] if waiting else None
        fresh = first is not None and (card.request is None or card.request.id != first.id)
        had_focus = card.isAncestorOf(self._page.window().focusWidget() or self._page)
        change = self._desk.servers.tool_change(first.spec) if first is not None and first.changed else ""
        card.show_request(first, more=max(0, len(waiting) - 1), change=change)
        if fresh:
            announce(self._page.transcript, card.accessibleName())
        elif first is None and had_focus:
            self._page.composer.focus_editor()

    def _decided(self, request_id: str, decision: Decision) -> None:
        self._tasks.start(f"decide:{request_id}", self._desk.approvals.decide(request_id, decision))

    def _edited(self, request_id: str, arguments: str) -> None:
        self._tasks.start(f"preview:{request_id}", self._preview(request_id, arguments))

    async def _preview(self, request_id: str, arguments: str) -> None:
        diff = fault = ""
        try:
            diff = await self._desk.approvals.preview(request_id, arguments)
        except ToolFault as error:
            fault = fault_words(error)
        except UserError as error:
            fault = " ".join(error_texts(error.info))
        self._page.approval.show_preview(request_id, arguments, diff, fault=fault)

    def _switch(self, names: tuple[str, ...]) -> None:
        """Who switches tools wants them sent."""
        left_out = tuple(part for part in self._setup.left_out if part != "tools")
        self._change_setup(tools=names, left_out=left_out)

    def _sheet_line(self) -> str:
        """What other tools cost, or that none is sent now."""
        return tr("tools.sheet.left_out") if "tools" in self._setup.left_out else self._stake()

    def open_sheet(self) -> None:
        """The list of tools over the window."""
        from glmdesk.ui.tools.sheet import ToolsSheet

        context = self._desk.tools.context(self._conversation_id, self._setup)
        self.sheet = ToolsSheet(
            self._page.window(),
            theme=self._theme,
            rows=self._desk.tools.rows(self._setup, self._dialect),
            folder=str(context.workspace) if context.workspace is not None else "",
            switched=self._switch,
            stake=self._sheet_line,
            folder_chosen=lambda folder: self._change_setup(workspace=folder),
        )
        self.sheet.show()
        self.sheet.done.setFocus()


def fault_words(fault: ToolFault) -> str:
    """Why arguments cannot be used, in the user's language; a line for every place that does not fit."""
    if fault.faults:
        from glmdesk.domain.structured import sentence

        return "\n".join(f"{place.where}: {sentence(place, tr)}" for place in fault.faults)
    return tr(fault.text_id, **fault.args_shown) if fault.text_id else str(fault)
