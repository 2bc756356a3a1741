"""Backups: made, verified by reading back, listed and thinned out; and the check of what is stored."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from glmdesk.store.codec import is_damaged
from glmdesk.store.database import Database
from glmdesk.store.faults import from_os, store_error
from glmdesk.store.snapshot import is_sound, words_digest, write_snapshot

# Kept of the backups: the newest of each of so many days, weeks and months.
DAYS, WEEKS, MONTHS = 7, 4, 3
_STAMP = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"(?:glmdesk|before-[\w-]+?)-(\d{8}-\d{6})(?:-\d+)?\.db")


@dataclass(frozen=True, slots=True)
class Backup:
    """One file of the backups folder. `made` is UTC, `size` in bytes."""

    path: Path
    made: datetime
    size: int


async def backup(database: Database, folder: Path, *, reason: str = "") -> Path:
    """Copy the database into `folder`, open the copy and compare it with the original. Raises StoreError.

    The file is `glmdesk-<UTC time>.db`, or `before-<reason>-<UTC time>.db` ahead of something risky.
    """
    stem = f"before-{reason}" if reason else "glmdesk"
    target = free_name(folder, f"{stem}-{stamp(database.clock())}")

    def work(connection: sqlite3.Connection) -> Path:
        try:
            write_snapshot(connection, target)
            _compare(connection, target)
        except OSError as error:
            raise from_os(error, target) from error
        return target

    return await database.read(work)


def stamp(now: float) -> str:
    """Seconds since the epoch as they stand in names of files (UTC)."""
    return datetime.fromtimestamp(now, UTC).strftime(_STAMP)


def free_name(folder: Path, stem: str) -> Path:
    """`stem`.db in `folder`, numbered when that is taken."""
    names = (f"{stem}{f'-{number}' if number else ''}.db" for number in range(1000))
    return next(folder / name for name in names if not (folder / name).exists())


def _compare(connection: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        same = words_digest(copy) == words_digest(connection)
    if not same:
        target.unlink()
        raise store_error("store_damaged", target)


def backups(folder: Path) -> list[Backup]:
    """The backups of a folder, newest first; other files are passed over. A missing folder has none."""
    found: list[Backup] = []
    for path in folder.glob("*.db") if folder.is_dir() else ():
        name = _NAME.fullmatch(path.name)
        if name is not None and path.stat().st_size > 0:
            made = datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC)
            found.append(Backup(path, made, path.stat().st_size))
    return sorted(found, key=lambda item: (item.made, item.path.name), reverse=True)


def thin(folder: Path) -> list[Path]:
    """Delete backups that the last day, 7 days, 4 weeks and 3 months do not need; returns what went."""
    found = backups(folder)
    kept = kept_of(found)
    gone = [item.path for item in found if item not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def kept_of(found: Sequence[Backup]) -> frozenset[Backup]:
    """Which of the backups (newest first) stay; those of the last 24 hours all do."""
    spans = (
        [item for item in found if found[0].made - item.made < timedelta(days=1)],
        _newest_of_each(found, lambda day: day.isoformat(), DAYS),
        _newest_of_each(found, lambda day: "{}-{}".format(*day.isocalendar()), WEEKS),
        _newest_of_each(found, lambda day: f"{day.year}-{day.month}", MONTHS),
    )
    return frozenset(item for span in spans for item in span)


def _newest_of_each(found: Iterable[Backup], span: Callable[[date], str], most: int) -> list[Backup]:
    newest: dict[str, Backup] = {}
    for item in found:
        newest.setdefault(span(item.made.date()), item)
    return list(newest.values())[:most]


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
