"""Conversations and their messages in the database."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from glmdesk.domain.conversation import Conversation, SearchHit, path_to, renamed
from glmdesk.domain.errors import ErrorInfo, UserError
from glmdesk.domain.message import Message, Status
from glmdesk.domain.part import AttachmentPart
from glmdesk.store import exchanges, search
from glmdesk.store.codec import (
    conversation_of,
    conversation_row,
    decode_parts,
    encode_parts,
    message_of,
    message_row,
)
from glmdesk.store.database import Database

_DAY = 86_400.0

_INSERT_CONVERSATION = """
INSERT INTO conversations VALUES (
    :id, :title, :title_is_auto, :pinned, :archived, :folder, :created_at, :updated_at, :deleted_at, :unread, :leaf_id,
    :setup, :draft, :extra, (SELECT coalesce(max(touched), 0) + 1 FROM conversations)
)
"""
_UPDATE_CONVERSATION = """
UPDATE conversations SET
    title = :title, title_is_auto = :title_is_auto, pinned = :pinned, archived = :archived, folder = :folder,
    created_at = :created_at, updated_at = :updated_at, deleted_at = :deleted_at, unread = :unread, leaf_id = :leaf_id,
    setup = :setup, draft = :draft, extra = :extra,
    touched = iif(updated_at = :updated_at, touched, (SELECT max(touched) + 1 FROM conversations))
WHERE id = :id
"""
_INSERT_MESSAGE = """
INSERT INTO messages (
    id, conversation_id, parent_id, role, status, parts, checksum, model, endpoint_id, thinking, finish_reason,
    request_id, usage, timing, cost, saved, created_at, deleted_at
) VALUES (
    :id, :conversation_id, :parent_id, :role, :status, :parts, :checksum, :model, :endpoint_id, :thinking,
    :finish_reason, :request_id, :usage, :timing, :cost, :saved, :created_at, :deleted_at
)
"""
_UPDATE_MESSAGE = """
UPDATE messages SET
    role = :role, status = :status, parts = :parts, checksum = :checksum, model = :model, endpoint_id = :endpoint_id,
    thinking = :thinking, finish_reason = :finish_reason, request_id = :request_id, usage = :usage, timing = :timing,
    cost = :cost, saved = :saved
WHERE id = :id
RETURNING seq, deleted_at
"""


class Conversations:
    """All calls raise StoreError when the database cannot do its part.

    Those that need a conversation raise UserError `conversation_gone` for one that was deleted for good.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, *, deleted: bool = False) -> list[Conversation]:
        """Pinned first, then the most recently active; `deleted`: the bin, newest first."""
        return await self._database.read(_bin if deleted else _shown)

    async def get(self, conversation_id: str) -> Conversation:
        return await self._database.read(lambda connection: _get(connection, conversation_id))

    async def create(self, conversation: Conversation) -> Conversation:
        def work(connection: sqlite3.Connection) -> Conversation:
            connection.execute(_INSERT_CONVERSATION, conversation_row(conversation))
            return _get(connection, conversation.id)

        return await self._database.run(work)

    async def update(self, conversation_id: str, **fields: Any) -> Conversation:
        """Change fields of `Conversation` by name. A new `updated_at` moves it to the top of the list."""

        def work(connection: sqlite3.Connection) -> Conversation:
            changed = replace(_get(connection, conversation_id), **fields)
            connection.execute(_UPDATE_CONVERSATION, conversation_row(changed))
            return changed

        return await self._database.run(work)

    async def messages(self, conversation_id: str) -> list[Message]:
        """All turns with all variants, in the order they were added; a damaged one is marked so."""
        return await self._database.read(lambda connection: _messages(connection, conversation_id))

    async def add_message(self, message: Message) -> Message:
        """Store a new message, give it its `seq` and make it the leaf that is shown."""

        def work(connection: sqlite3.Connection) -> Message:
            stored = _insert(connection, message)
            connection.execute(
                "UPDATE conversations SET leaf_id = ? WHERE id = ?", (message.id, message.conversation_id)
            )
            return stored

        return await self._database.run(work)

    async def save_message(self, message: Message) -> None:
        """Replace the content of a stored message: a checkpoint while it is `STREAMING`, else its final state.

        `parent_id`, `seq` and `created_at` stay. A message that was deleted meanwhile stays deleted.
        """

        def work(connection: sqlite3.Connection) -> None:
            row = connection.execute(_UPDATE_MESSAGE, message_row(message)).fetchone()
            if row is not None and message.status is not Status.STREAMING:
                search.index(connection, replace(message, seq=row["seq"], deleted_at=row["deleted_at"]))

        await self._database.run(work)

    async def draft_files(self, conversation_id: str) -> tuple[AttachmentPart, ...]:
        """The files that wait in the composer."""

        def work(connection: sqlite3.Connection) -> tuple[AttachmentPart, ...]:
            rows = connection.execute("SELECT parts FROM draft_files WHERE conversation_id = ?", (conversation_id,))
            row = rows.fetchone()
            try:
                parts = decode_parts(row["parts"]) if row else ()
            except ValueError:
                return ()
            return tuple(part for part in parts if isinstance(part, AttachmentPart))

        return await self._database.read(work)

    async def waiting_files(self) -> dict[str, str]:
        """Conversations in the list that have no title yet, with the name of the first file in their composer."""
        return await self._database.read(_waiting_files)

    async def save_draft_files(self, conversation_id: str, parts: Sequence[AttachmentPart]) -> None:
        """Replace them; nothing happens when the conversation has gone."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM draft_files WHERE conversation_id = ?", (conversation_id,))
            if parts:
                connection.execute(
                    "INSERT INTO draft_files (conversation_id, parts) SELECT id, ? FROM conversations WHERE id = ?",
                    (encode_parts(parts), conversation_id),
                )

        await self._database.run(work)

    async def duplicate(self, conversation_id: str) -> Conversation:
        """A copy of the whole tree under new ids, newest in the list; its times of writing stay."""
        return await self._database.run(lambda connection: _duplicate(connection, conversation_id))

    async def branch(self, conversation_id: str, message_id: str, *, title: str, now: float) -> Conversation:
        """A new conversation with the turns up to `message_id`, without other variants and without deleted ones."""

        def work(connection: sqlite3.Connection) -> Conversation:
            path = path_to(_messages(connection, conversation_id), message_id)
            old = _get(connection, conversation_id)
            new = Conversation(
                uuid.uuid4().hex, title, title_is_auto=False, created_at=now, updated_at=now, setup=old.setup
            )
            return _copy_into(connection, new, path)

        return await self._database.run(work)

    async def purge(self, conversation_id: str) -> None:
        """Delete for good; an unknown id is no error."""
        await self._database.run(lambda connection: _purge(connection, [conversation_id]))

    async def drop_empty(self, *, only: str = "") -> int:
        """Delete conversations that hold nothing at all: no turn, title, draft or file. Returns how many."""
        return await self._database.run(lambda connection: _drop_empty(connection, only))

    async def purge_older_bin(self, *, days: float = 30) -> int:
        """Delete for good what has been in the bin for longer; returns how many."""
        limit = self._database.clock() - days * _DAY

        def work(connection: sqlite3.Connection) -> int:
            rows = connection.execute("SELECT id FROM conversations WHERE deleted_at < ?", (limit,)).fetchall()
            _purge(connection, [row["id"] for row in rows])
            return len(rows)

        return await self._database.run(work)

    async def mark_interrupted(self) -> list[str]:
        """At start: answers that a dead program left `STREAMING` become `INTERRUPTED`, their text is kept.

        Returns the ids of the messages.
        """
        return await self._database.run(_mark_interrupted)

    async def search(self, query: str, limit: int = 50) -> list[SearchHit]:
        """Newest messages that hold every part of the query; the bin and withdrawn answers are left out."""
        return await self._database.read(lambda connection: search.find(connection, query, limit))


def _shown(connection: sqlite3.Connection) -> list[Conversation]:
    rows = connection.execute("SELECT * FROM conversations WHERE deleted_at IS NULL ORDER BY pinned DESC, touched DESC")
    return [conversation_of(row) for row in rows]


def _bin(connection: sqlite3.Connection) -> list[Conversation]:
    rows = connection.execute(
        "SELECT * FROM conversations WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, touched DESC"
    )
    return [conversation_of(row) for row in rows]


def _get(connection: sqlite3.Connection, conversation_id: str) -> Conversation:
    row = connection.execute("SELECT * FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    if row is None:
        raise UserError(ErrorInfo("conversation_gone"))
    return conversation_of(row)


def _messages(connection: sqlite3.Connection, conversation_id: str) -> list[Message]:
    rows = connection.execute("SELECT * FROM messages WHERE conversation_id = ? ORDER BY seq", (conversation_id,))
    return [message_of(row) for row in rows]


def _insert(connection: sqlite3.Connection, message: Message) -> Message:
    seq = connection.execute(_INSERT_MESSAGE, message_row(message)).lastrowid
    stored = replace(message, seq=seq or 0)
    if message.status is not Status.STREAMING:
        search.index(connection, stored)
    return stored


def _drop(connection: sqlite3.Connection, seqs: list[int]) -> None:
    search.forget(connection, seqs)
    connection.executemany("DELETE FROM messages WHERE seq = ?", [(seq,) for seq in seqs])


def _waiting_files(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT conversations.id, parts FROM conversations JOIN draft_files ON conversation_id = conversations.id"
        " WHERE title = '' AND deleted_at IS NULL"
    )
    return {row["id"]: name for row in rows if (name := _first_name(row["parts"]))}


def _first_name(parts: str) -> str:
    try:
        return next((part.name for part in decode_parts(parts) if isinstance(part, AttachmentPart)), "")
    except ValueError:  # damaged
        return ""


def _drop_empty(connection: sqlite3.Connection, only: str) -> int:
    rows = connection.execute(
        "SELECT id FROM conversations WHERE title = '' AND draft = '' AND deleted_at IS NULL AND NOT pinned"
        " AND id NOT IN (SELECT conversation_id FROM messages)"
        " AND id NOT IN (SELECT conversation_id FROM draft_files) AND ? IN ('', id)",
        (only,),
    ).fetchall()
    _purge(connection, [row["id"] for row in rows])
    return len(rows)


def _purge(connection: sqlite3.Connection, conversation_ids: Iterable[str]) -> None:
    for conversation_id in conversation_ids:
        rows = connection.execute("SELECT seq FROM messages WHERE conversation_id = ?", (conversation_id,)).fetchall()
        _drop(connection, [row["seq"] for row in rows])
        connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))


def _duplicate(connection: sqlite3.Connection, conversation_id: str) -> Conversation:
    old = _get(connection, conversation_id)
    messages = _messages(connection, conversation_id)
    ids = {message.id: uuid.uuid4().hex for message in messages}
    leaf, setup = ids.get(old.leaf_id or ""), renamed(old.setup, ids)
    copy = replace(old, id=uuid.uuid4().hex, leaf_id=leaf, pinned=False, deleted_at=None, setup=setup)
    connection.execute(_INSERT_CONVERSATION, conversation_row(copy))
    for message in messages:
        parent = ids.get(message.parent_id or "")
        _insert_copy(connection, message, _copied(message, message_id=ids[message.id], into=copy.id, parent_id=parent))
    return copy


def _copy_into(connection: sqlite3.Connection, new: Conversation, path: Sequence[Message]) -> Conversation:
    ids = {message.id: uuid.uuid4().hex for message in path}
    parent = ids[path[-1].id] if path else None
    copy = replace(new, leaf_id=parent, setup=renamed(new.setup, ids))
    connection.execute(_INSERT_CONVERSATION, conversation_row(copy))
    parent = None
    for message in path:
        copied = _copied(message, message_id=ids[message.id], into=copy.id, parent_id=parent)
        _insert_copy(connection, message, copied)
        parent = copied.id
    return copy


def _insert_copy(connection: sqlite3.Connection, message: Message, copied: Message) -> None:
    """With what went over the wire for it, unless it was deleted."""
    _insert(connection, copied)
    if message.deleted_at is None:
        exchanges.copy(connection, message.id, copied.id)


def _copied(message: Message, *, message_id: str, into: str, parent_id: str | None) -> Message:
    # An answer that is still coming in goes on in the original only; what was deleted is there a link without words.
    status = Status.STOPPED if message.status is Status.STREAMING else message.status
    parts = message.parts if message.deleted_at is None else ()
    return replace(
        message,
        id=message_id,
        conversation_id=into,
        parent_id=parent_id,
        status=status,
        parts=parts,
        cost=None,  # it was paid once
    )


def _mark_interrupted(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT * FROM messages WHERE status = 'streaming' ORDER BY seq").fetchall()
    connection.execute("UPDATE messages SET status = 'interrupted' WHERE status = 'streaming'")
    for row in rows:
        search.index(connection, replace(message_of(row), status=Status.INTERRUPTED))
    return [row["id"] for row in rows]
