"""What can still be read of a damaged database, written into a new one; the damaged file is only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glmdesk.domain.conversation import Conversation
from glmdesk.domain.message import Role
from glmdesk.domain.spending import Purpose
from glmdesk.store import search
from glmdesk.store.atomic import sync_folder
from glmdesk.store.codec import conversation_row, is_damaged
from glmdesk.store.migrations import migrate
from glmdesk.store.pages import FoundRow, Pages, Value

_ROLES = frozenset(role.value for role in Role)
_PURPOSES = frozenset(purpose.value for purpose in Purpose)
_CHECKSUM_BYTES = 8
_Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came out: rows in the new file, messages among them that are damaged, and messages known to be lost.

    A lost message is one that an index still names; what nothing names any more cannot be counted.
    """

    conversations: int
    messages: int
    damaged: int
    lost: int


def salvage(source: Path, target: Path) -> Salvaged:
    """Make `target` from every row that the pages of `source` and its log still hold. Raises OSError, sqlite3.Error.

    Messages keep their order; one whose conversation is gone gets a new one without a title, one whose parent is gone
    follows the message before it, so that everything can be reached.
    """
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, before_first=lambda old: None)
        connection.execute("BEGIN IMMEDIATE")
        result = _fill(connection, Pages(source))
        connection.execute("COMMIT")
    sync_folder(target.parent)
    return result


def _fill(connection: sqlite3.Connection, pages: Pages) -> Salvaged:
    conversations, messages = _collect(connection, pages.rows())
    _adopt(conversations, messages)
    _insert(connection, "conversations", conversations.values())
    _insert(connection, "messages", messages.values())
    _insert(connection, "spending", _spent(connection, pages.rows()).values())
    search.index_all(connection)
    damaged = sum(is_damaged(row) for row in connection.execute("SELECT * FROM messages"))
    lost = _named_in_indexes(pages) - messages.keys()
    return Salvaged(len(conversations), len(messages), damaged, len(lost))


def _collect(
    connection: sqlite3.Connection, rows: Iterable[FoundRow]
) -> tuple[dict[str, _Row], dict[int, dict[str, Any]]]:
    """Conversations by id and messages by seq, told apart by their values: the schema may be on a lost page."""
    conversation_columns = _defaults(connection, "conversations")
    message_columns = _defaults(connection, "messages")
    conversations: dict[str, _Row] = {}
    messages: dict[int, dict[str, Any]] = {}
    for row in rows:
        if _is_message(row):
            found = {**_named(message_columns, row.values), "seq": row.rowid}
            old = messages.get(row.rowid)
            if old is None or is_damaged(old):
                messages[row.rowid] = found
        elif row.whole and _is_conversation(row):
            found = _named(conversation_columns, row.values)
            old_one = conversations.get(str(found["id"]))
            if old_one is None or _number(old_one["touched"]) < _number(found["touched"]):
                conversations[str(found["id"])] = found
    return conversations, messages


def _defaults(connection: sqlite3.Connection, table: str) -> dict[str, Value]:
    """The columns in order, with what a row gets that is too old, or too short, to have them."""
    columns: dict[str, Value] = {}
    for column in connection.execute(f"PRAGMA table_info({table})"):
        default = column["dflt_value"]
        if default is not None:
            default = connection.execute(f"SELECT {default}").fetchone()[0]
        elif column["notnull"]:
            default = {"INTEGER": 0, "REAL": 0.0, "BLOB": b""}.get(column["type"], "")
        columns[column["name"]] = default
    return columns


def _named(columns: Mapping[str, Value], values: tuple[Value, ...]) -> _Row:
    """A row by name; a value that its column forbids (NULL, or cut off) becomes the column's default."""
    row = dict(columns)
    for (name, default), value in zip(columns.items(), values, strict=False):
        if value is not None or default is None:
            row[name] = value
    return row


def _is_message(row: FoundRow) -> bool:
    values = row.values
    return (
        len(values) >= 8
        and values[0] is None  # `seq` is the row's number and not among its values
        and row.rowid > 0
        and all(isinstance(value, str) and value for value in (values[1], values[2], values[6]))
        and values[4] in _ROLES
        and isinstance(values[7], bytes)
        and (len(values[7]) == _CHECKSUM_BYTES or not row.whole)
    )


def _spent(connection: sqlite3.Connection, rows: Iterable[FoundRow]) -> dict[int, _Row]:
    """What was spent, by its number; what went over the wire is not looked for."""
    columns = _defaults(connection, "spending")
    return {row.rowid: {**_named(columns, row.values), "id": row.rowid} for row in rows if _is_spending(row)}


def _is_spending(row: FoundRow) -> bool:
    values = row.values
    return (
        row.whole
        and len(values) == 16
        and values[0] is None
        and row.rowid > 0
        and isinstance(values[2], int | float)
        and values[4] in _PURPOSES
        and all(isinstance(values[place], str) for place in (1, 3, 5, 6, 7))
        and all(value is None or isinstance(value, int | float) for value in values[8:])
    )


def _is_conversation(row: FoundRow) -> bool:
    values = row.values
    return (
        len(values) >= 15
        and isinstance(values[0], str)
        and bool(values[0])
        and isinstance(values[1], str)
        and values[2] in (0, 1)
        and all(isinstance(value, str) for value in values[11:14])
        and isinstance(values[14], int)
    )


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _adopt(conversations: dict[str, _Row], messages: dict[int, dict[str, Any]]) -> None:
    """Give every message a conversation and a parent that exist, and every conversation a leaf."""
    last: dict[str, str] = {}  # conversation -> its newest message so far
    known: set[str] = set()
    for seq in sorted(messages):
        message = messages[seq]
        if message["id"] in known:  # two rows with one id: only a wrong byte makes them
            message["id"] = f"{message['id']}-{seq}"
        home = message["conversation_id"]
        if home not in conversations:
            created = message["created_at"]
            new = Conversation(home, created_at=created, updated_at=created)
            conversations[home] = {**conversation_row(new), "touched": 0}
        if message["parent_id"] is not None and message["parent_id"] not in known:
            message["parent_id"] = last.get(home)
        known.add(message["id"])
        last[home] = message["id"]
    for home, conversation in conversations.items():
        if conversation["leaf_id"] not in known:
            conversation["leaf_id"] = last.get(home)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", dict(row))  # noqa: S608 (our columns)


def _named_in_indexes(pages: Pages) -> set[int]:
    """Numbers of messages in the index over (conversation, number)."""
    return {
        values[1]
        for values in pages.index_entries()
        if len(values) in (2, 3)
        and isinstance(values[0], str)
        and values[0] != "version"  # of the full-text index, whose settings look alike
        and isinstance(values[1], int)
        and values[-1] == values[1]
    }
