"""The logic between the sidebar and the services."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Conversation
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import tr
from glmdesk.ui.notify import Notices
from glmdesk.ui.sidebar.sidebar import Sidebar


class ListPresenter(QObject):
    """Keeps the list fresh and carries out what its menus ask for."""

    listed = Signal()

    def __init__(self, desk: Desk, sidebar: Sidebar, *, tasks: TaskOwner, notices: Notices) -> None:
        super().__init__(sidebar)
        self._desk = desk
        self._sidebar = sidebar
        self._tasks = tasks
        self._notices = notices
        self._query = ""
        self.conversations: list[Conversation] = []
        self._connect()

    def _connect(self) -> None:
        history, sidebar = self._desk.history, self._sidebar
        sidebar.rename.connect(lambda id_, title: self._do("rename", history.rename(id_, title)))
        sidebar.pin.connect(lambda id_, on: self._do("pin", history.pin(id_, on)))
        sidebar.duplicate.connect(lambda id_: self._do("duplicate", history.duplicate(id_)))
        sidebar.delete.connect(lambda id_: self._do("delete", self._delete(id_)))
        sidebar.restore.connect(lambda id_: self._do("restore", history.restore(id_)))
        sidebar.purge.connect(lambda id_: self._do("purge", history.purge(id_)))
        sidebar.empty_bin.connect(lambda: self._do("empty", history.empty_bin()))
        sidebar.open_bin.connect(lambda: self._do("bin", self._show_bin()))
        sidebar.search.connect(self._search)
        sidebar.export.connect(lambda id_: self._do("export", self._export([id_])))

    def _do(self, key: str, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._tasks.start(f"list:{key}", coroutine)

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if changes.busy:
            self._sidebar.set_busy(self._desk.chat.busy())
        if changes.conversations:
            self._do("refresh", self.reload())

    async def reload(self) -> None:
        self.conversations = await self._desk.history.list()
        self._sidebar.set_conversations(self.conversations)
        self._sidebar.set_bin(await self._desk.history.bin())
        self.listed.emit()

    async def _show_bin(self) -> None:
        self._sidebar.set_bin(await self._desk.history.bin())

    async def _delete(self, conversation_id: str) -> None:
        conversation = await self._desk.history.get(conversation_id)
        await self._desk.chat.stop(conversation_id)
        await self._desk.history.delete(conversation_id)
        self._notices.post(
            "deleted",
            tr("chat.deleted", title=conversation.title or tr("chat.new")),
            "info",
            action_text_id="chat.undo",
            callback=lambda: self._do("restore", self._desk.history.restore(conversation_id)),
        )

    def _search(self, query: str) -> None:
        self._query = query.strip()
        self._do("search", self._find(self._query))

    async def _find(self, query: str) -> None:
        hits = list(await self._desk.history.search(query)) if query else []
        if query == self._query:
            self._sidebar.set_hits(query, hits)

    def export_all(self) -> None:
        """Every conversation that is not in the bin, as one JSON file."""
        self._do("export", self._export(None))

    async def _export(self, ids: Sequence[str] | None) -> None:
        text = await self._desk.history.export_json(ids)
        title = (await self._desk.history.get(ids[0])).title if ids else "GLM Desk"
        QFileDialog.saveFileContent(text.encode(), f"{_file_name(title or tr('chat.new'))}.json")


def _file_name(title: str) -> str:
    kept = "".join(ch if ch.isalnum() or ch in " -_" else "_" for ch in title).strip()
    return Path(kept[:60] or "conversation").name
