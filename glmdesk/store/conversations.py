"""Conversations and their messages in the database."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from glmdesk.domain.conversation import Conversation, SearchHit
from glmdesk.domain.message import Message, Status
from glmdesk.store import search
from glmdesk.store.codec import conversation_of, conversation_row, message_of, message_row
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
    request_id, usage, timing, created_at
) VALUES (
    :id, :conversation_id, :parent_id, :role, :status, :parts, :checksum, :model, :endpoint_id, :thinking,
    :finish_reason, :request_id, :usage, :timing, :created_at
)
"""
_UPDATE_MESSAGE = """
UPDATE messages SET
    role = :role, status = :status, parts = :parts, checksum = :checksum, model = :model, endpoint_id = :endpoint_id,
    thinking = :thinking, finish_reason = :finish_reason, request_id = :request_id, usage = :usage, timing = :timing
WHERE id = :id
RETURNING seq
"""


class Conversations:
    """All calls raise StoreError when the database cannot do its part; an unknown conversation is a KeyError."""

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

    async def get_message(self, message_id: str) -> Message | None:
        def work(connection: sqlite3.Connection) -> Message | None:
            row = connection.execute("SELECT * FROM messages WHERE id = ?", (message_id,)).fetchone()
            return message_of(row) if row else None

        return await self._database.read(work)

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
                search.index(connection, replace(message, seq=row["seq"]))

        await self._database.run(work)

    async def delete_messages(self, *message_ids: str) -> None:
        """Delete messages with all that follows them; a leaf that goes is replaced by what came before it."""
        await self._database.run(lambda connection: _delete_messages(connection, message_ids))

    async def duplicate(self, conversation_id: str) -> Conversation:
        """A copy of the whole tree under new ids, newest in the list; its times of writing stay."""
        return await self._database.run(lambda connection: _duplicate(connection, conversation_id))

    async def purge(self, conversation_id: str) -> None:
        """Delete for good; an unknown id is no error."""
        await self._database.run(lambda connection: _purge(connection, [conversation_id]))

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
        raise KeyError(conversation_id)
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


def _delete_messages(connection: sqlite3.Connection, message_ids: Iterable[str]) -> None:
    for message_id in message_ids:
        row = connection.execute("SELECT conversation_id FROM messages WHERE id = ?", (message_id,)).fetchone()
        if row is not None:
            _delete_branch(connection, row["conversation_id"], message_id)


def _delete_branch(connection: sqlite3.Connection, conversation_id: str, message_id: str) -> None:
    rows = connection.execute(
        "SELECT id, seq, parent_id FROM messages WHERE conversation_id = ? ORDER BY seq", (conversation_id,)
    ).fetchall()
    gone = {message_id}
    for row in rows:  # a child has a greater seq than its parent
        if row["parent_id"] in gone:
            gone.add(row["id"])
    leaf = _get(connection, conversation_id).leaf_id
    parents = {row["id"]: row["parent_id"] for row in rows}
    while leaf in gone:
        leaf = parents[leaf]
    connection.execute("UPDATE conversations SET leaf_id = ? WHERE id = ?", (leaf, conversation_id))
    _drop(connection, [row["seq"] for row in rows if row["id"] in gone])


def _drop(connection: sqlite3.Connection, seqs: list[int]) -> None:
    search.forget(connection, seqs)
    connection.executemany("DELETE FROM messages WHERE seq = ?", [(seq,) for seq in seqs])


def _purge(connection: sqlite3.Connection, conversation_ids: Iterable[str]) -> None:
    for conversation_id in conversation_ids:
        rows = connection.execute("SELECT seq FROM messages WHERE conversation_id = ?", (conversation_id,)).fetchall()
        _drop(connection, [row["seq"] for row in rows])
        connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))


def _duplicate(connection: sqlite3.Connection, conversation_id: str) -> Conversation:
    old = _get(connection, conversation_id)
    messages = _messages(connection, conversation_id)
    ids = {message.id: uuid.uuid4().hex for message in messages}
    copy = replace(old, id=uuid.uuid4().hex, leaf_id=ids.get(old.leaf_id or ""), pinned=False, deleted_at=None)
    connection.execute(_INSERT_CONVERSATION, conversation_row(copy))
    for message in messages:
        # An answer that is still coming in goes on in the original only.
        status = Status.STOPPED if message.status is Status.STREAMING else message.status
        parent = ids.get(message.parent_id or "")
        _insert(
            connection,
            replace(message, id=ids[message.id], conversation_id=copy.id, parent_id=parent, status=status),
        )
    return copy


def _mark_interrupted(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT * FROM messages WHERE status = 'streaming' ORDER BY seq").fetchall()
    connection.execute("UPDATE messages SET status = 'interrupted' WHERE status = 'streaming'")
    for row in rows:
        search.index(connection, replace(message_of(row), status=Status.INTERRUPTED))
    return [row["id"] for row in rows]
