"""The schema as a numbered list of steps; a database's `user_version` says how many it has had."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from glmdesk.store import search

Migration = Callable[[sqlite3.Connection], None]

APPLICATION_ID = 0x474C4D44  # "GLMD"

# A released step never changes: tests/store/golden holds a database of every past version.

_CONVERSATIONS = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    title_is_auto INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    folder TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    deleted_at REAL,
    unread INTEGER NOT NULL,
    leaf_id TEXT,
    setup TEXT NOT NULL,
    draft TEXT NOT NULL,
    extra TEXT NOT NULL,
    touched INTEGER NOT NULL
)
"""
_MESSAGES = """
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    parent_id TEXT,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    parts TEXT NOT NULL,
    checksum BLOB NOT NULL,
    model TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    thinking INTEGER,
    finish_reason TEXT NOT NULL,
    request_id TEXT NOT NULL,
    usage TEXT,
    timing TEXT NOT NULL,
    created_at REAL NOT NULL
)
"""


def _schema(connection: sqlite3.Connection) -> None:
    """1: conversations and their messages. `touched` orders the list: a clock that is set back must not."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(_CONVERSATIONS)
    connection.execute("CREATE INDEX conversations_touched ON conversations (touched)")
    connection.execute(_MESSAGES)
    connection.execute("CREATE INDEX messages_conversation ON messages (conversation_id, seq)")
    connection.execute("CREATE INDEX messages_streaming ON messages (status) WHERE status = 'streaming'")


def _full_text(connection: sqlite3.Connection) -> None:
    """2: full-text search over what is there and what comes."""
    connection.execute(
        "CREATE TABLE message_text ("
        "seq INTEGER PRIMARY KEY REFERENCES messages (seq) ON DELETE CASCADE, body TEXT NOT NULL)"
    )
    connection.execute(
        "CREATE VIRTUAL TABLE message_index USING fts5(body, content='', tokenize='unicode61 remove_diacritics 0')"
    )
    search.index_all(connection)


def _turns(connection: sqlite3.Connection) -> None:
    """3: what an answer cost, turns that are deleted but not yet forgotten, and the log that undoes."""
    for column in ("cost REAL", "saved REAL", "deleted_at REAL"):
        connection.execute(f"ALTER TABLE messages ADD COLUMN {column}")
    connection.execute(
        "CREATE TABLE commands ("
        "id INTEGER PRIMARY KEY AUTOINCREMENT, "
        "conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, "
        "everywhere INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL, undone TEXT, created_at REAL NOT NULL)"
    )
    connection.execute("CREATE INDEX commands_conversation ON commands (conversation_id)")
    connection.execute("CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL")


MIGRATIONS: tuple[Migration, ...] = (_schema, _full_text, _turns)
VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    connection: sqlite3.Connection,
    *,
    before_first: Callable[[int], None],
    steps: Sequence[Migration] = MIGRATIONS,
) -> None:
    """Bring the database to the newest version, one transaction a step.

    `before_first` is called with the old version when there is something to do, outside any transaction.
    """
    old = version_of(connection)
    if old < len(steps):
        before_first(old)
    for number in range(old + 1, len(steps) + 1):
        _step(connection, number, steps[number - 1])


def _step(connection: sqlite3.Connection, number: int, migration: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) < number:  # another process may have been faster
            migration(connection)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
