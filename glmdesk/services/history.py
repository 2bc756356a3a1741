"""The conversation list: create, name, pin, copy, bin, search, drafts, export."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Conversation, SearchHit, Setup
from glmdesk.domain.message import Message
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.threads import in_thread
from glmdesk.exporters.json_export import export_json
from glmdesk.services.news import News
from glmdesk.services.safekeeping import Safekeeping
from glmdesk.store.atomic import export_file
from glmdesk.store.commands import Command, CommandLog
from glmdesk.store.conversations import Conversations

BIN_DAYS = 30
_DELETE = "delete_conversation"


class HistoryService:
    """Everything a user does to whole conversations."""

    def __init__(
        self,
        store: Conversations,
        log: CommandLog,
        news: News,
        *,
        safekeeping: Safekeeping,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._log = log
        self._safekeeping = safekeeping
        self._news = news
        self._clock = clock

    def _told(self) -> None:
        self._news.announce(Changes(conversations=True))

    async def list(self) -> list[Conversation]:
        """Not deleted; pinned first, then newest first."""
        return await self._store.list()

    async def waiting_files(self) -> dict[str, str]:
        """What names a conversation that has neither title nor words yet: the first file in its composer."""
        return await self._store.waiting_files()

    async def drop_empty(self, conversation_id: str) -> None:
        """A conversation is left: when it holds nothing at all it goes."""
        if await self._store.drop_empty(only=conversation_id):
            self._told()

    async def bin(self) -> list[Conversation]:
        return await self._store.list(deleted=True)

    async def get(self, conversation_id: str) -> Conversation:
        return await self._store.get(conversation_id)

    async def create(self, setup: Setup = Setup()) -> Conversation:
        now = self._clock()
        conversation = Conversation(uuid.uuid4().hex, created_at=now, updated_at=now, setup=setup)
        created = await self._store.create(conversation)
        self._told()
        return created

    async def rename(self, conversation_id: str, title: str) -> None:
        """The user's own title; it is never replaced by an automatic one."""
        await self._store.update(conversation_id, title=title.strip(), title_is_auto=False)
        self._told()

    async def pin(self, conversation_id: str, pinned: bool) -> None:
        await self._store.update(conversation_id, pinned=pinned)
        self._told()

    async def duplicate(self, conversation_id: str) -> Conversation:
        """The whole tree under new ids."""
        copy = await self._store.duplicate(conversation_id)
        self._told()
        return copy

    async def delete(self, conversation_id: str) -> None:
        """To the bin, for 30 days; can be undone from anywhere."""
        await self._log.do(Command(_DELETE, conversation_id, binned=conversation_id))
        self._told()

    async def restore(self, conversation_id: str) -> None:
        await self._store.update(conversation_id, deleted_at=None)
        await self._log.drop(conversation_id, _DELETE)
        self._told()

    async def purge(self, conversation_id: str) -> None:
        """For good."""
        await self._store.purge(conversation_id)
        self._told()

    async def empty_bin(self) -> None:
        """Delete for good what is in the bin; a backup is made first. Raises StoreError."""
        await self._safekeeping.back_up(reason="bin")
        for conversation in await self.bin():
            await self._store.purge(conversation.id)
        self._told()

    async def tidy(self) -> None:
        """At start: interrupted answers are marked; what holds nothing or was deleted 30 days ago is forgotten."""
        await self._store.mark_interrupted()
        await self._store.drop_empty()
        await self._store.purge_older_bin(days=BIN_DAYS)
        await self._log.forget_old()
        self._told()

    async def set_setup(self, conversation_id: str, setup: Setup) -> None:
        await self._store.update(conversation_id, setup=setup)
        self._told()

    async def save_draft(self, conversation_id: str, text: str) -> None:
        if not (await self._store.update(conversation_id, draft=text)).title:
            self._told()  # the list names it by its draft

    async def draft_files(self, conversation_id: str) -> tuple[AttachmentPart, ...]:
        """The files that wait in the composer."""
        return await self._store.draft_files(conversation_id)

    async def save_draft_files(self, conversation_id: str, parts: Sequence[AttachmentPart]) -> None:
        await self._store.save_draft_files(conversation_id, parts)
        self._told()

    async def search(self, query: str, limit: int = 50) -> Sequence[SearchHit]:
        return await self._store.search(query, limit)

    async def export_json(self, ids: Sequence[str] | None = None) -> str:
        """Conversations with all their messages as one JSON text; None = all that are not in the bin."""
        chosen = [c for c in await self.list() if ids is None or c.id in ids]
        pairs = [(c, _kept(await self._store.messages(c.id))) for c in chosen]
        return export_json(pairs)

    async def export_to(self, path: Path, ids: Sequence[str] | None = None) -> None:
        """The same into a file, whole or not at all. Raises StoreError."""
        text = await self.export_json(ids)
        await in_thread(lambda: export_file(path, text.encode()), name="glmdesk-export")


def _kept(messages: Sequence[Message]) -> list[Message]:
    """Without deleted turns, but for the bare links that turns after them hang on."""
    links = {m.parent_id for m in messages}
    whole = [replace(m, parts=()) if m.deleted_at is not None else m for m in messages]
    return [m for m in whole if m.deleted_at is None or m.id in links]
