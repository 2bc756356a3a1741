"""The log of what can be undone: it is in the database, so that an undo survives a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from glmdesk.domain.changes import Undone
from glmdesk.domain.message import Message, Role
from glmdesk.store import search
from glmdesk.store.codec import checksum, dump, load, message_of, message_row
from glmdesk.store.database import Database
from glmdesk.store.plain import to_plain

KEPT_DAYS = 30  # as the bin
_DAY = 86_400.0
_Data = dict[str, Any]
_RESTORE_ROW = """
UPDATE messages SET
    status = :status, parts = :parts, checksum = :checksum, finish_reason = :finish_reason, model = :model,
    thinking = :thinking, request_id = :request_id, usage = :usage, timing = :timing, cost = :cost, saved = :saved
WHERE id = :id
"""
_NEXT = "SELECT * FROM commands WHERE (conversation_id = ? OR everywhere)"
_UNDO = f"{_NEXT} AND undone IS NULL ORDER BY id DESC"
_REDO = f"{_NEXT} AND undone IS NOT NULL ORDER BY id"


@dataclass(frozen=True, slots=True)
class Command:
    """What was done, as what its undo needs.

    `added`: roots of branches that it made; `removed`: ids of turns that it deletes; `kept`: turns as they were before
    they were rewritten; `leaf` and `after`: what was shown before and what is shown then (None = nothing);
    `made`: a conversation that it made; `binned`: one that it puts into the bin; `setup`: fields of the conversation's
    setup and what they become.
    """

    kind: str
    conversation_id: str
    leaf: str | None = None
    after: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[Message, ...] = ()
    made: str = ""
    binned: str = ""
    setup: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def data(self) -> _Data:
        rows = {m.id: _plain_row(m) for m in self.kept}
        return {
            "leaf": self.leaf,
            "after": self.after,
            "added": list(self.added),
            "removed": list(self.removed),
            "rows": rows,
            "made": self.made,
            "binned": self.binned,
        }


@dataclass(slots=True)
class _Effects:
    """Assignments; applying them yields the assignments that take them back."""

    deleted: dict[str, float | None] = field(default_factory=dict[str, "float | None"])
    rows: dict[str, _Data] = field(default_factory=dict[str, _Data])
    bin: dict[str, float | None] = field(default_factory=dict[str, "float | None"])
    leaf: dict[str, str | None] = field(default_factory=dict[str, "str | None"])  # by conversation
    setup: dict[str, _Data] = field(default_factory=dict[str, _Data])  # fields by conversation

    def plain(self) -> _Data:
        return {"deleted": self.deleted, "rows": self.rows, "bin": self.bin, "leaf": self.leaf, "setup": self.setup}


class CommandLog:
    """All calls raise StoreError when the database cannot do its part."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def do(self, command: Command) -> None:
        """Delete what the command removes, show what it shows, and remember how to take it back."""

        def work(connection: sqlite3.Connection) -> None:
            effects = _Effects(deleted=dict.fromkeys(command.removed, self._database.clock()))
            if command.removed:
                effects.leaf[command.conversation_id] = command.after
            if command.binned:
                effects.bin[command.binned] = self._database.clock()
            if command.setup:
                effects.setup[command.conversation_id] = to_plain(command.setup)
            back = _apply(connection, effects)
            _remember(connection, command, back, self._database.clock())

        await self._database.run(work)

    async def undo(self, conversation_id: str) -> Undone | None:
        """Take back the newest command of a conversation or of the list; None when there is none."""

        def work(connection: sqlite3.Connection) -> Undone | None:
            row = connection.execute(_UNDO, (conversation_id,)).fetchone()
            if row is None:
                return None
            back = _apply(connection, _taking_back(connection, row, self._database.clock()))
            connection.execute("UPDATE commands SET undone = ? WHERE id = ?", (dump(back.plain()), row["id"]))
            return Undone(row["kind"], row["conversation_id"])

        return await self._database.run(work)

    async def redo(self, conversation_id: str) -> Undone | None:
        """Do again what was undone last; None when there is nothing."""

        def work(connection: sqlite3.Connection) -> Undone | None:
            row = connection.execute(_REDO, (conversation_id,)).fetchone()
            if row is None:
                return None
            _apply(connection, _Effects(**load(row["undone"])))
            connection.execute("UPDATE commands SET undone = NULL WHERE id = ?", (row["id"],))
            return Undone(row["kind"], row["conversation_id"])

        return await self._database.run(work)

    async def drop(self, conversation_id: str, kind: str) -> None:
        """A command that was taken back in another way is not undone again."""
        query = "DELETE FROM commands WHERE conversation_id = ? AND kind = ?"
        await self._database.run(lambda connection: connection.execute(query, (conversation_id, kind)) and None)

    async def forget_old(self) -> int:
        """Deleted turns and commands of more than 30 days ago go for good; returns how many turns."""
        limit = self._database.clock() - KEPT_DAYS * _DAY
        return await self._database.run(lambda connection: _forget(connection, limit))


def _remember(connection: sqlite3.Connection, command: Command, back: _Effects, now: float) -> None:
    everywhere = bool(command.binned)
    connection.execute(
        "DELETE FROM commands WHERE undone IS NOT NULL AND (conversation_id = ? OR everywhere)",
        (command.conversation_id,),
    )
    connection.execute(
        "INSERT INTO commands (conversation_id, everywhere, kind, data, created_at) VALUES (?, ?, ?, ?, ?)",
        (command.conversation_id, everywhere, command.kind, dump({**command.data(), "setup": back.setup}), now),
    )


def _taking_back(connection: sqlite3.Connection, row: sqlite3.Row, now: float) -> _Effects:
    data: _Data = load(row["data"])
    conversation = row["conversation_id"]
    effects = _Effects(deleted=dict.fromkeys(data["removed"]), rows=data["rows"], setup=data.get("setup", {}))
    if data["made"]:
        effects.bin[data["made"]] = now
    if data["binned"]:
        effects.bin[data["binned"]] = None
    shown = _leaf(connection, conversation)
    branch = _branch(connection, conversation, data["added"])
    if not any(m["role"] == Role.USER and m["id"] not in data["added"] for m in branch):
        # What was built upon a new branch keeps it: it stays a variant.
        effects.deleted |= {m["id"]: now for m in branch if m["deleted_at"] is None}
    follows = shown in {m["id"] for m in branch} or (not data["added"] and shown == data["after"])
    if follows and not data["made"]:
        effects.leaf[conversation] = data["leaf"]
    return effects


def _leaf(connection: sqlite3.Connection, conversation_id: str) -> str | None:
    row = connection.execute("SELECT leaf_id FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return row["leaf_id"] if row else None


def _branch(connection: sqlite3.Connection, conversation_id: str, roots: Iterable[str]) -> list[sqlite3.Row]:
    found = set(roots)
    rows = connection.execute(
        "SELECT id, parent_id, role, deleted_at FROM messages WHERE conversation_id = ? ORDER BY seq",
        (conversation_id,),
    )
    branch: list[sqlite3.Row] = []
    for row in rows if found else ():
        if row["id"] in found or row["parent_id"] in found:
            found.add(row["id"])
            branch.append(row)
    return branch


def _apply(connection: sqlite3.Connection, effects: _Effects) -> _Effects:
    back = _Effects()
    for message_id, deleted_at in effects.deleted.items():
        _set_deleted(connection, message_id, deleted_at, back)
    for message_id, row in effects.rows.items():
        _set_row(connection, message_id, row, back)
    for conversation_id, deleted_at in effects.bin.items():
        old = connection.execute("SELECT deleted_at FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
        if old is not None:
            back.bin[conversation_id] = old["deleted_at"]
            connection.execute("UPDATE conversations SET deleted_at = ? WHERE id = ?", (deleted_at, conversation_id))
    for conversation_id, fields in effects.setup.items():
        _set_setup(connection, conversation_id, fields, back)
    for conversation_id, leaf in effects.leaf.items():
        back.leaf[conversation_id] = _leaf(connection, conversation_id)
        connection.execute("UPDATE conversations SET leaf_id = ? WHERE id = ?", (leaf, conversation_id))
    return back


def _set_deleted(connection: sqlite3.Connection, message_id: str, at: float | None, back: _Effects) -> None:
    old = connection.execute("SELECT * FROM messages WHERE id = ?", (message_id,)).fetchone()
    if old is None:
        return
    back.deleted[message_id] = old["deleted_at"]
    connection.execute("UPDATE messages SET deleted_at = ? WHERE id = ?", (at, message_id))
    _index(connection, message_id)


def _set_setup(connection: sqlite3.Connection, conversation_id: str, fields: _Data, back: _Effects) -> None:
    old = connection.execute("SELECT setup FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    if old is None:
        return
    setup = load(old["setup"])
    back.setup[conversation_id] = {name: setup.get(name) for name in fields}
    new = {name: value for name, value in {**setup, **fields}.items() if value is not None}
    connection.execute("UPDATE conversations SET setup = ? WHERE id = ?", (dump(new), conversation_id))


def _set_row(connection: sqlite3.Connection, message_id: str, row: Mapping[str, Any], back: _Effects) -> None:
    old = connection.execute("SELECT * FROM messages WHERE id = ?", (message_id,)).fetchone()
    if old is None:
        return
    back.rows[message_id] = _plain_row(message_of(old))
    connection.execute(_RESTORE_ROW, {**row, "id": message_id, "checksum": checksum(old["role"], row["parts"])})
    _index(connection, message_id)


def _index(connection: sqlite3.Connection, message_id: str) -> None:
    row = connection.execute("SELECT * FROM messages WHERE id = ?", (message_id,)).fetchone()
    search.index(connection, message_of(row))


def _plain_row(message: Message) -> _Data:
    row = message_row(message)
    del row["checksum"]  # bytes: made again when the row comes back
    return row


def _forget(connection: sqlite3.Connection, limit: float) -> int:
    connection.execute("DELETE FROM commands WHERE created_at < ?", (limit,))
    rows = connection.execute(
        "SELECT seq, id, parent_id, role, parts FROM messages WHERE deleted_at < ? ORDER BY seq DESC", (limit,)
    ).fetchall()
    return sum(_forget_message(connection, row) for row in rows)  # children first


def _forget_message(connection: sqlite3.Connection, row: sqlite3.Row) -> bool:
    if connection.execute("SELECT 1 FROM messages WHERE parent_id = ? LIMIT 1", (row["id"],)).fetchone() is None:
        connection.execute("UPDATE conversations SET leaf_id = ? WHERE leaf_id = ?", (row["parent_id"], row["id"]))
        search.forget(connection, [row["seq"]])
        connection.execute("DELETE FROM messages WHERE seq = ?", (row["seq"],))
        return True
    # It still links what follows to what came before: it stays without its words.
    emptied = "UPDATE messages SET parts = '[]', checksum = ? WHERE seq = ?"
    connection.execute(emptied, (checksum(row["role"], "[]"), row["seq"]))
    connection.execute("DELETE FROM exchanges WHERE message_id = ?", (row["id"],))
    return row["parts"] != "[]"
