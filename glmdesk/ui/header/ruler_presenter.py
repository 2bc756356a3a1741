"""Opens the list behind the window's ring and keeps what is dropped in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from glmdesk.domain.conversation import Setup
from glmdesk.domain.ruler import Ruler
from glmdesk.domain.usage import Usage
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.header.header import Header
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.facts import yuan

if TYPE_CHECKING:
    from glmdesk.ui.header.ruler_sheet import RulerSheet


class RulerPresenter(QObject):
    """`here` is the conversation that is shown, '' for none; `changed` gets its setup when something was dropped."""

    def __init__(
        self,
        desk: Desk,
        header: Header,
        *,
        theme: ThemeManager,
        tasks: TaskOwner,
        here: Callable[[], str],
        changed: Callable[[str, Setup], None],
    ) -> None:
        super().__init__(header)
        self._desk = desk
        self._header = header
        self._theme = theme
        self._tasks = tasks
        self._here = here
        self._changed = changed
        self.sheet: RulerSheet | None = None
        header.usage.opened.connect(self.open)

    def open(self) -> None:
        """Show what the next request carries."""
        if here := self._here():
            self._tasks.start("ruler", self._open(here))

    async def _open(self, conversation_id: str) -> None:
        from glmdesk.ui.header.ruler_sheet import RulerSheet

        async def change(dropped: tuple[str, ...]) -> Ruler:
            return await self._drop(conversation_id, dropped)

        setup = (await self._desk.history.get(conversation_id)).setup
        ruler = await self._desk.chat.ruler(conversation_id)
        self.sheet = RulerSheet(
            ruler,
            self._header.window(),
            theme=self._theme,
            tasks=self._tasks,
            change=change,
            price=lambda tokens: self._price(setup, tokens),
        )
        self.sheet.show()

    def _price(self, setup: Setup, tokens: int) -> str:
        """What so many tokens cost more when they are not in the cache; '' where nobody knows."""
        endpoint = self._desk.endpoints.known(setup.endpoint_id)
        if endpoint is None:
            return ""
        model = setup.model or self._desk.chat.default_model(setup)
        cost = self._desk.spending.price(model, Usage(tokens, 0, tokens, tokens), endpoint)
        return f"+{yuan(cost.saved)}" if cost is not None and cost.saved > 0 else ""

    async def _drop(self, conversation_id: str, dropped: tuple[str, ...]) -> Ruler:
        history = self._desk.history
        setup = replace((await history.get(conversation_id)).setup, dropped=dropped)
        await history.set_setup(conversation_id, setup)
        self._changed(conversation_id, setup)
        return await self._desk.chat.ruler(conversation_id)
