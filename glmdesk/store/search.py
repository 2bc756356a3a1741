"""Full-text search in Chinese and English: every Han character is a token, and a hit is checked in the text itself."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from glmdesk.domain.conversation import SearchHit
from glmdesk.domain.message import Message, Status
from glmdesk.store.codec import message_of, role_of, whole_text

FEW_HITS = 20  # below this the slow look for parts of words is worth its time
_LONGEST_QUERY = 500
_BEFORE, _AFTER = 30, 90  # characters of context around a hit
_HAN = re.compile("([\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
_BLANK = re.compile(r"\s")


def searchable(message: Message) -> str:
    """What of a message can be found: its words and its attachments; nothing of a withdrawn or deleted one."""
    if message.status is Status.WITHDRAWN or message.deleted_at is not None:
        return ""
    pieces = [message.text]
    for attachment in message.attachments:
        pieces += [attachment.name, attachment.text]
    return whole_text("\n".join(piece for piece in pieces if piece)).replace("\0", " ")


def _spaced(text: str) -> str:
    return _HAN.sub(r" \1 ", text)


def index(connection: sqlite3.Connection, message: Message) -> None:
    """Replace what is known about one message."""
    body = searchable(message)
    row = connection.execute("SELECT body FROM message_text WHERE seq = ?", (message.seq,)).fetchone()
    if row is not None and row["body"] == body:
        return
    forget(connection, [message.seq])
    if body:
        connection.execute("INSERT INTO message_text (seq, body) VALUES (?, ?)", (message.seq, body))
        connection.execute("INSERT INTO message_index (rowid, body) VALUES (?, ?)", (message.seq, _spaced(body)))


def forget(connection: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """Take messages out of the index; call it before their rows go."""
    for seq in seqs:
        row = connection.execute("SELECT body FROM message_text WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            continue
        # The index keeps no text of its own, so it must be told what to take out.
        connection.execute(
            "INSERT INTO message_index (message_index, rowid, body) VALUES ('delete', ?, ?)",
            (seq, _spaced(row["body"])),
        )
        connection.execute("DELETE FROM message_text WHERE seq = ?", (seq,))


def index_all(connection: sqlite3.Connection) -> None:
    """Index every message that is not being written, in a database that does not have later columns yet."""
    for row in connection.execute(
        "SELECT *, NULL AS cost, NULL AS saved, NULL AS deleted_at FROM messages "
        "WHERE status <> 'streaming' ORDER BY seq"
    ).fetchall():
        index(connection, message_of(row))


def find(connection: sqlite3.Connection, query: str, limit: int) -> list[SearchHit]:
    """Newest messages that hold every whitespace-separated part of `query`, whatever the case of its letters."""
    parts = whole_text(query[:_LONGEST_QUERY]).replace("\0", " ").split()
    if not parts or limit < 1:
        return []
    patterns = [re.compile(re.escape(part), re.IGNORECASE) for part in parts]
    hits = _take(_by_index(connection, parts), patterns, limit)
    if len(hits) < min(FEW_HITS, limit):
        hits = _take(_by_scan(connection, parts), patterns, limit, known=hits)
    return [hits[seq] for seq in sorted(hits, reverse=True)]


def _take(
    rows: Iterator[sqlite3.Row],
    patterns: Sequence[re.Pattern[str]],
    limit: int,
    *,
    known: dict[int, SearchHit] | None = None,
) -> dict[int, SearchHit]:
    hits = dict(known or {})
    for row in rows:
        if len(hits) >= limit:
            break
        if row["seq"] not in hits and all(pattern.search(row["body"]) for pattern in patterns):
            hits[row["seq"]] = _hit(row, patterns[0])
    return hits


def _by_index(connection: sqlite3.Connection, parts: Sequence[str]) -> Iterator[sqlite3.Row]:
    phrases = [phrase for part in parts if (phrase := _phrase(part))]
    if not phrases:
        return iter(())
    return connection.execute(
        """
        SELECT m.seq, m.id, m.role, m.conversation_id, c.title, t.body
        FROM message_index AS i
        CROSS JOIN message_text AS t ON t.seq = i.rowid
        CROSS JOIN messages AS m ON m.seq = i.rowid
        CROSS JOIN conversations AS c ON c.id = m.conversation_id
        WHERE message_index MATCH ? AND c.deleted_at IS NULL
        ORDER BY i.rowid DESC
        """,
        (" ".join(phrases),),
    )


def _phrase(part: str) -> str:
    """One part as a phrase of the index's language; '' when the index has no token for it (punctuation alone)."""
    words = "".join(char if char.isalnum() or _HAN.match(char) else " " for char in _spaced(part)).split()
    if not words:
        return ""
    phrase = f'"{" ".join(words)}"'
    # The last word may go on; a Han character is a whole token.
    return phrase if _HAN.match(words[-1]) else f"{phrase} *"


def _by_scan(connection: sqlite3.Connection, parts: Sequence[str]) -> Iterator[sqlite3.Row]:
    """The inside of words (`ror` in `error`), which the index cannot see. Only the longest part goes to SQLite."""
    longest = max(parts, key=len)
    escaped = re.sub(r"([\\%_])", r"\\\1", longest)
    return connection.execute(
        r"""
        SELECT m.seq, m.id, m.role, m.conversation_id, c.title, t.body
        FROM message_text AS t
        CROSS JOIN messages AS m ON m.seq = t.seq
        CROSS JOIN conversations AS c ON c.id = m.conversation_id
        WHERE t.body LIKE ? ESCAPE '\' AND c.deleted_at IS NULL
        ORDER BY t.seq DESC
        """,
        (f"%{escaped}%",),
    )


def _hit(row: sqlite3.Row, pattern: re.Pattern[str]) -> SearchHit:
    body: str = row["body"]
    found = pattern.search(body)
    start, end = found.span() if found else (0, 0)
    first, last = max(0, start - _BEFORE), min(len(body), end + _AFTER)
    lead = "…" if first else ""
    # One blank for each, so that places stay what they are.
    snippet = lead + _BLANK.sub(" ", body[first:last]) + ("…" if last < len(body) else "")
    shift = len(lead) - first
    return SearchHit(
        conversation_id=row["conversation_id"],
        conversation_title=row["title"],
        message_id=row["id"],
        role=role_of(row),
        snippet=snippet,
        start=start + shift,
        end=end + shift,
    )
