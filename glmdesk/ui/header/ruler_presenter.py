"""Opens the list behind the window's ring and keeps what is dropped in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from glmdesk.domain.conversation import Setup
from glmdesk.domain.ruler import Ruler
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.header.header import Header
from glmdesk.ui.theme.theme import ThemeManager

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

        ruler = await self._desk.chat.ruler(conversation_id)
        window = self._header.window()
        self.sheet = RulerSheet(ruler, window, theme=self._theme, tasks=self._tasks, change=change)
        self.sheet.show()

    async def _drop(self, conversation_id: str, dropped: tuple[str, ...]) -> Ruler:
        history = self._desk.history
        setup = replace((await history.get(conversation_id)).setup, dropped=dropped)
        await history.set_setup(conversation_id, setup)
        self._changed(conversation_id, setup)
        return await self._desk.chat.ruler(conversation_id)
