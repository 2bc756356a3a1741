"""The logic between the sidebar and the services."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Conversation
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import tr
from glmdesk.ui.notify import Notices
from glmdesk.ui.sidebar.sidebar import Sidebar
from glmdesk.ui.widgets.file_dialog import ask_where_to_save


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
        sidebar = self._sidebar
        sidebar.rename.connect(self._rename)
        sidebar.pin.connect(self._pin)
        sidebar.duplicate.connect(self._duplicate)
        sidebar.delete.connect(self._ask_delete)
        sidebar.restore.connect(self._restore)
        sidebar.restore_open.connect(self._restore_open)
        sidebar.purge.connect(self._purge)
        sidebar.empty_bin.connect(self._empty_bin)
        sidebar.open_bin.connect(self._open_bin)
        sidebar.search.connect(self._search)
        sidebar.export.connect(self._export_one)

    def _rename(self, conversation_id: str, title: str) -> None:
        self._do("rename", self._desk.history.rename(conversation_id, title))

    def _pin(self, conversation_id: str, pinned: bool) -> None:
        self._do("pin", self._desk.history.pin(conversation_id, pinned))

    def _duplicate(self, conversation_id: str) -> None:
        self._do("duplicate", self._desk.history.duplicate(conversation_id))

    def _ask_delete(self, conversation_id: str) -> None:
        self._do("delete", self._delete(conversation_id))

    def _restore(self, conversation_id: str) -> None:
        self._do("restore", self._desk.history.restore(conversation_id))

    def _restore_open(self, conversation_id: str) -> None:
        self._do("restore", self._take_out(conversation_id))

    async def _take_out(self, conversation_id: str) -> None:
        await self._desk.history.restore(conversation_id)
        self._sidebar.opened.emit(conversation_id, "")

    def _purge(self, conversation_id: str) -> None:
        self._do("purge", self._desk.history.purge(conversation_id))

    def _empty_bin(self) -> None:
        self._do("empty", self._desk.history.empty_bin())

    def _open_bin(self) -> None:
        self._do("bin", self._show_bin())

    def _export_one(self, conversation_id: str) -> None:
        conversation = next((c for c in self.conversations if c.id == conversation_id), None)
        self._choose_file(conversation.title if conversation else "", [conversation_id])

    def _do(self, key: str, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._tasks.start(f"list:{key}", coroutine)

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if changes.busy or changes.approvals:
            self._sidebar.set_busy(self._desk.chat.busy(), self._desk.approvals.waiting())
        if changes.conversations:
            self._do("refresh", self.reload())

    async def reload(self) -> None:
        self.conversations = await self._desk.history.list()
        files = await self._desk.history.waiting_files()
        named = [replace(c, draft=c.draft.strip() or files.get(c.id, "")) for c in self.conversations]
        self._sidebar.set_conversations(named)
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
            callback=lambda: self._restore(conversation_id),
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
        self._choose_file("GLM Desk", None)

    def _choose_file(self, title: str, ids: Sequence[str] | None) -> None:
        name = f"{_file_name(title or tr('chat.new'))}.json"
        chosen = partial(self.export_to, ids=ids)
        ask_where_to_save(self._sidebar.window(), tr("chat.export"), chosen, name=name, kinds=["JSON (*.json)"])

    def export_to(self, path: Path, ids: Sequence[str] | None = None) -> None:
        """Write conversations into a file and say so; None = all that are not in the bin."""
        self._do(f"export:{path}", self._export(path, ids))

    async def _export(self, path: Path, ids: Sequence[str] | None) -> None:
        await self._desk.history.export_to(path, ids)
        self._notices.post("exported", tr("chat.exported", path=str(path)))


def _file_name(title: str) -> str:
    kept = "".join(ch if ch.isalnum() or ch in " -_" else "_" for ch in title).strip()
    return Path(kept[:60] or "conversation").name
