"""A verified copy of an open database as one file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

from glmdesk.store.atomic import sync_folder
from glmdesk.store.faults import store_error


def words_digest(connection: sqlite3.Connection) -> bytes:
    """A digest of every message's words: equal in a copy that lost and changed nothing."""
    digest = blake2b(digest_size=16)
    for row in connection.execute("SELECT seq, role, parts FROM messages ORDER BY seq"):
        digest.update(f"{row[0]}\0{row[1]}\0{row[2]}\0".encode())
    return digest.digest()


def write_snapshot(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database of `connection` to `target`, open the copy again and check it.

    `target` appears whole or not at all. Raises sqlite3.Error, OSError, or StoreError when the copy is not sound.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    try:
        _copy(connection, draft)
        verify_copy(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)


def _copy(connection: sqlite3.Connection, draft: Path) -> None:
    with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    handle = os.open(draft, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify_copy(copy: Path) -> None:
    """Open a copy and check its pages, rows and types. Raises StoreError when it is not sound."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        if not is_sound(connection):
            raise store_error("store_damaged", copy)


def is_sound(connection: sqlite3.Connection) -> bool:
    """SQLite's quick check of pages, rows and types; it sees no change inside a text."""
    return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
