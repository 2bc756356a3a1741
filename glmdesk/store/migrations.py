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


_SPENDING = """
CREATE TABLE spending (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    at REAL NOT NULL,
    conversation_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    template_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt INTEGER,
    cached INTEGER,
    completion INTEGER,
    reasoning INTEGER,
    cost REAL,
    saved REAL,
    first_token REAL,
    total REAL
)
"""
# A copy of a conversation names the same requests again: they were paid once.
_SPENT_SO_FAR = """
INSERT INTO spending (
    message_id, at, conversation_id, purpose, template_id, endpoint_id, model,
    prompt, cached, completion, reasoning, cost, saved, first_token, total
)
SELECT
    m.id, m.created_at, m.conversation_id, 'answer',
    iif(json_valid(c.setup), coalesce(json_extract(c.setup, '$.template_id'), ''), ''), m.endpoint_id, m.model,
    json_extract(m.usage, '$.prompt_tokens'), json_extract(m.usage, '$.cached_tokens'),
    json_extract(m.usage, '$.completion_tokens'), json_extract(m.usage, '$.reasoning_tokens'), m.cost, m.saved,
    iif(json_valid(m.timing), json_extract(m.timing, '$.first_token'), NULL),
    iif(json_valid(m.timing), json_extract(m.timing, '$.total'), NULL)
FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE m.role = 'assistant' AND json_valid(m.usage)
AND (m.request_id = '' OR m.seq IN (SELECT min(seq) FROM messages WHERE usage IS NOT NULL GROUP BY request_id))
ORDER BY m.seq
"""


def _spending(connection: sqlite3.Connection) -> None:
    """4: what every request cost, which stays when its conversation goes; what went over the wire, which does not."""
    connection.execute(_SPENDING)
    connection.execute("CREATE INDEX spending_at ON spending (at)")
    connection.execute(_SPENT_SO_FAR)
    connection.execute(
        "CREATE TABLE exchanges ("
        "id INTEGER PRIMARY KEY, message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE, "
        "at REAL NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL)"
    )
    # With the time between id and number: a repair counts index entries of (text, number) as messages.
    connection.execute("CREATE INDEX exchanges_message ON exchanges (message_id, at)")


def _draft_files(connection: sqlite3.Connection) -> None:
    """5: files that wait in the composer. No index on it: a repair counts index entries of texts as messages."""
    connection.execute(
        "CREATE TABLE draft_files ("
        "id INTEGER PRIMARY KEY, "
        "conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, parts TEXT NOT NULL)"
    )


MIGRATIONS: tuple[Migration, ...] = (_schema, _full_text, _turns, _spending, _draft_files)
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
