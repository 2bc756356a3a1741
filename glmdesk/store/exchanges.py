"""What went over the wire, packed; the oldest give way when all of them together are too big."""

from __future__ import annotations

import sqlite3
import zlib

from glmdesk.domain.exchange import Exchange
from glmdesk.store.codec import dump, load
from glmdesk.store.database import Database
from glmdesk.store.plain import from_plain, to_plain

_LARGEST = 64 * 1024 * 1024  # unpacked bytes that are believed


class Exchanges:
    """Reading. All calls raise StoreError when the database cannot do its part."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, message_id: str) -> list[Exchange]:
        """The exchanges of an answer, oldest first: one per round of an agent's loop, and per Continue."""

        def work(connection: sqlite3.Connection) -> list[bytes]:
            query = "SELECT data FROM exchanges WHERE message_id = ? ORDER BY id"
            return [row["data"] for row in connection.execute(query, (message_id,))]

        found = [_unpacked(data) for data in await self._database.read(work)]
        return [exchange for exchange in found if exchange is not None]

    async def size(self) -> int:
        """Bytes that all of them take."""
        query = "SELECT coalesce(sum(size), 0) FROM exchanges"
        return await self._database.read(lambda connection: int(connection.execute(query).fetchone()[0]))

    async def trim(self, keep_bytes: int) -> None:
        """Forget the oldest until all that is left takes at most `keep_bytes`."""
        await self._database.run(lambda connection: _trim(connection, keep_bytes))


def keep(connection: sqlite3.Connection, message_id: str, exchange: Exchange | None, keep_bytes: int) -> None:
    """Store an exchange of a message that is stored, then make room; `keep_bytes` 0 keeps none."""
    if exchange is not None and keep_bytes and message_id:
        data = zlib.compress(dump(to_plain(exchange)).encode(), 6)
        connection.execute(
            "INSERT INTO exchanges (message_id, at, size, data) SELECT id, ?, ?, ? FROM messages WHERE id = ?",
            (exchange.at, len(data), data, message_id),
        )
    _trim(connection, keep_bytes)


def copy(connection: sqlite3.Connection, message_id: str, copy_id: str) -> None:
    """Those of a message for its copy, which is stored; the next one that is kept makes room."""
    connection.execute(
        "INSERT INTO exchanges (message_id, at, size, data)"
        " SELECT ?, at, size, data FROM exchanges WHERE message_id = ? ORDER BY id",
        (copy_id, message_id),
    )


def _trim(connection: sqlite3.Connection, keep_bytes: int) -> None:
    total = int(connection.execute("SELECT coalesce(sum(size), 0) FROM exchanges").fetchone()[0])
    if total <= keep_bytes:
        return
    for row in connection.execute("SELECT id, size FROM exchanges ORDER BY id").fetchall():
        if total <= keep_bytes:
            break
        connection.execute("DELETE FROM exchanges WHERE id = ?", (row["id"],))
        total -= row["size"]


def _unpacked(data: bytes) -> Exchange | None:
    """None for what is damaged."""
    try:
        inflater = zlib.decompressobj()
        text = inflater.decompress(data, _LARGEST).decode()
        return from_plain(Exchange, load(text))
    except (zlib.error, ValueError):
        return None
