"""Backups on demand, and the check of what is stored."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from glmdesk.store.codec import is_damaged
from glmdesk.store.database import Database
from glmdesk.store.faults import from_os, store_error
from glmdesk.store.snapshot import is_sound, write_snapshot


async def backup(database: Database, folder: Path) -> Path:
    """Copy the database into `folder` as `glmdesk-<UTC time>.db` and check the copy. Raises StoreError."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(database.clock()))
    target = folder / f"glmdesk-{stamp}.db"

    def work(connection: sqlite3.Connection) -> Path:
        try:
            write_snapshot(connection, target)
        except OSError as error:
            raise from_os(error, target) from error
        return target

    return await database.read(work)


async def check(database: Database) -> list[str]:
    """Ids of messages whose text is not what was written, oldest first.

    Raises StoreError `store_damaged` when the file itself is not sound.
    """

    def work(connection: sqlite3.Connection) -> list[str]:
        if not is_sound(connection):
            raise store_error("store_damaged", database.path)
        rows = connection.execute("SELECT id, role, parts, checksum FROM messages ORDER BY seq")
        return [row["id"] for row in rows if is_damaged(row)]

    return await database.read(work)
