"""Opens the list behind the window's ring and keeps what is chosen in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from shiboken6 import isValid

from glmdesk.domain.catalogue import Model
from glmdesk.domain.conversation import Setup
from glmdesk.services.chat import Draft
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.header.header import Header
from glmdesk.ui.header.stake import missed_price
from glmdesk.ui.theme.theme import ThemeManager

if TYPE_CHECKING:
    from glmdesk.domain.ruler import Share
    from glmdesk.services.window import SummaryPlan
    from glmdesk.ui.header.ruler_sheet import RulerSheet, RulerState


class RulerPresenter(QObject):
    """`here` is the conversation that is shown, '' for none; `changed` gets its setup when something was chosen,
    `counted` the tokens that are sent before the next question, which is the `draft`."""

    def __init__(
        self,
        desk: Desk,
        header: Header,
        *,
        theme: ThemeManager,
        tasks: TaskOwner,
        here: Callable[[], str],
        changed: Callable[[str, Setup], None],
        counted: Callable[[int], None],
        draft: Callable[[], Draft],
    ) -> None:
        super().__init__(header)
        self._desk = desk
        self._header = header
        self._theme = theme
        self._tasks = tasks
        self._here = here
        self._changed = changed
        self._counted = counted
        self._draft = draft
        self.sheet: RulerSheet | None = None
        header.usage.opened.connect(self.open)

    def open(self) -> None:
        """Show what the next request carries."""
        if here := self._here():
            self._tasks.start("ruler", self._open(here))

    def count(self) -> None:
        """Let the ring show what the next request carries: something was left out since the last one."""
        if here := self._here():
            self._tasks.start("ruler:ring", self._count(here))

    async def _count(self, conversation_id: str) -> None:
        ruler = await self._desk.window.ruler(conversation_id)
        if conversation_id == self._here():
            self._header.set_usage(ruler.sent, ruler.window)
            self._counted(ruler.sent)

    async def _open(self, conversation_id: str) -> None:
        from glmdesk.ui.header.ruler_sheet import RulerActions, RulerSheet

        window, setup = self._desk.window, (await self._desk.history.get(conversation_id)).setup

        async def drop(shares: Sequence[Share]) -> RulerState:
            await window.drop(conversation_id, shares)
            return await self._state(conversation_id)

        async def restore(shares: Sequence[Share]) -> RulerState:
            await window.restore(conversation_id, shares)
            return await self._state(conversation_id)

        async def summarise(plan: SummaryPlan) -> RulerState:
            await window.summarise(conversation_id, plan)
            return await self._state(conversation_id)

        async def take_back() -> RulerState:
            await window.take_summary_back(conversation_id)
            return await self._state(conversation_id)

        async def switch(model: Model) -> RulerState:
            history = self._desk.history
            changed = replace((await history.get(conversation_id)).setup, model=model.id)
            await history.set_setup(conversation_id, changed)
            return await self._state(conversation_id)

        def price(tokens: int) -> str:
            more = missed_price(self._desk, setup, tokens)
            return f"+{more}" if more else ""

        actions = RulerActions(drop, restore, summarise, take_back, switch, price)
        state = await self._state(conversation_id)
        parent = self._header.window()
        if self.sheet is not None and isValid(self.sheet) and self.sheet.isVisible():
            self.sheet.close_sheet()
        self.sheet = RulerSheet(state, parent, theme=self._theme, tasks=self._tasks, actions=actions)
        self.sheet.show()

    async def _state(self, conversation_id: str) -> RulerState:
        from glmdesk.ui.header.ruler_sheet import RulerState

        window = self._desk.window
        self._changed(conversation_id, (await self._desk.history.get(conversation_id)).setup)
        return RulerState(
            await window.ruler(conversation_id, self._draft()),
            await window.plan_summary(conversation_id),
            await window.larger_model(conversation_id, self._draft()),
        )
