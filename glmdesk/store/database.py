"""One SQLite file, one thread that owns its connection."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from glmdesk.store.faults import from_os, from_sqlite, store_error
from glmdesk.store.migrations import APPLICATION_ID, VERSION, migrate, version_of
from glmdesk.store.snapshot import write_snapshot

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

BUSY_SECONDS = 3.0
_HEADER = b"SQLite format 3\0"


class Database:
    """Runs functions on the connection, one after the other, in the order they were asked for.

    Usable from any event loop; a function that was asked for runs even when its caller is cancelled, so a Stop never
    drops a save.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        executor: ThreadPoolExecutor,
        *,
        path: Path | None,
        clock: Callable[[], float],
        unclean: bool,
        lost_log: float | None,
        marked: bool,
    ) -> None:
        self._connection = connection
        self._marked = marked
        self._executor = executor
        self.path = path
        self.clock = clock
        # A log was there: the last program did not close the file (a check is worth its time), or one is using it now.
        self.unclean = unclean
        # The last program did not close the file and its log is gone: seconds since the epoch of what is left.
        self.lost_log = lost_log

    async def run(self, work: Work[T]) -> T:
        """The result of `work` in a write transaction, durable when this returns. Raises StoreError.

        An exception of `work` rolls everything back.
        """
        return await self._submit("BEGIN IMMEDIATE", work)

    async def read(self, work: Work[T]) -> T:
        """As `run`, for functions that only read: they see one state and wait for no other program."""
        return await self._submit("BEGIN", work)

    async def _submit(self, begin: str, work: Work[T]) -> T:
        running = self._executor.submit(self._transaction, begin, work)
        return await asyncio.shield(asyncio.wrap_future(running))

    def _transaction(self, begin: str, work: Work[T]) -> T:
        try:
            return _within(self._connection, begin, work)
        except sqlite3.Error as error:
            told = from_sqlite(error, self.path)
            if told is None:
                raise
            raise told from error

    async def close(self) -> None:
        """Finish what was asked for, close the file, end the thread. A second call does nothing."""
        with suppress(RuntimeError):  # already shut down
            await asyncio.shield(asyncio.wrap_future(self._executor.submit(self._close)))
        self._executor.shutdown()

    def _close(self) -> None:
        if self.path is not None and self._marked:
            _mark(self.path).unlink(missing_ok=True)  # first: closing takes the log away
        self._connection.close()
        if self.path is not None and not self._marked and self.unclean and not _log(self.path).exists():
            _mark(self.path).unlink(missing_ok=True)  # the log of a killed window was written back here: none is lost


def _mark(path: Path) -> Path:
    """A file that is there while the database is open."""
    return path.with_name(path.name + "-open")


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _tolerant(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _within(connection: sqlite3.Connection, begin: str, work: Work[T]) -> T:
    connection.execute(begin)
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some I/O errors.
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return result


async def open_database(
    path: Path | None,
    *,
    clock: Callable[[], float] = time.time,
    busy_seconds: float = BUSY_SECONDS,
    leave_mark: bool = True,
) -> Database:
    """Open, or create, and migrate the database at `path`; None keeps everything in memory.

    Raises StoreError: `store_newer` (args `version`, `known`) and `store_damaged` leave the file as it is.
    `clock` gives seconds since the epoch for names of backups and the age of the bin. `leave_mark` is for the window:
    a program that may run beside it leaves the mark of an open file, and the sign of a lost log, as they are.
    """
    executor = ThreadPoolExecutor(1, thread_name_prefix="glmdesk-store")
    opener = _Opener(path, clock, busy_seconds, leave_mark)
    try:
        connection = await asyncio.wrap_future(executor.submit(opener.open))
    except BaseException:
        executor.shutdown()
        raise
    return Database(
        connection,
        executor,
        path=path,
        clock=clock,
        unclean=opener.unclean,
        lost_log=opener.lost_log,
        marked=leave_mark,
    )


class _Opener:
    """What happens between a path and a connection that may be used."""

    def __init__(self, path: Path | None, clock: Callable[[], float], busy_seconds: float, leave_mark: bool) -> None:
        self._path = path
        self._leave_mark = leave_mark
        self._clock = clock
        self._busy_seconds = busy_seconds
        self.unclean = False
        self.lost_log: float | None = None

    def open(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.Error as error:
            told = from_sqlite(error, self._path)
            if told is None:
                raise
            raise told from error
        except OSError as error:
            if self._path is None:
                raise
            raise from_os(error, self._path) from error

    def _open(self) -> sqlite3.Connection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._refuse_unusable(self._path)
        connection = self._connect(str(self._path or ":memory:"))
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        if self._path is not None and self._leave_mark:
            _mark(self._path).touch(mode=0o600)  # after the first write: by now there is a log
        return connection

    def _refuse_unusable(self, path: Path) -> None:
        """Look before touching: a connection that may write would tidy up a file that is not ours to change."""
        if not path.exists():
            return
        if path.stat().st_size == 0:
            self._refuse_emptied(path)
            return
        with path.open("rb") as file:
            header = file.read(100)
        if len(header) < 100 or not header.startswith(_HEADER):
            raise store_error("store_damaged", path)
        self._refuse_foreign(int.from_bytes(header[68:72], "big"), int.from_bytes(header[60:64], "big"))
        wal = _log(path)
        if wal.exists() and wal.stat().st_size > 0:
            self.unclean = True
            self._look_into_log(path)
        if not wal.exists() and _mark(path).exists():
            self.lost_log = path.stat().st_mtime

    def _refuse_emptied(self, path: Path) -> None:
        """A file of no bytes is a new one, unless backups say that there was something in it."""
        if any(self._backups(path).glob("*.db")):
            raise store_error("store_emptied", path)

    @staticmethod
    def _backups(path: Path) -> Path:
        return path.parent / "backups"

    def _look_into_log(self, path: Path) -> None:
        """The newest version number may still be in the log that a killed program left."""
        with closing(self._connect(f"{path.resolve().as_uri()}?mode=ro")) as connection:
            application = int(connection.execute("PRAGMA application_id").fetchone()[0])
            self._refuse_foreign(application, version_of(connection))

    def _refuse_foreign(self, application: int, version: int) -> None:
        if application != APPLICATION_ID and (application, version) != (0, 0):
            raise store_error("store_damaged", self._path)
        if version > VERSION:
            raise store_error("store_newer", self._path, version=str(version), known=str(VERSION))

    def _connect(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            name, timeout=self._busy_seconds, isolation_level=None, uri=name.startswith("file:")
        )
        connection.row_factory = sqlite3.Row
        # A flipped bit may leave bytes that are not UTF-8: the row must still be readable, as a damaged one.
        connection.text_factory = _tolerant
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        self._refuse_tables_of_others(connection)
        if self._path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # WAL with NORMAL may lose the last commits on power loss
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        migrate(connection, before_first=lambda old: self._back_up(connection, old))

    def _refuse_tables_of_others(self, connection: sqlite3.Connection) -> None:
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and not version_of(connection):
            raise store_error("store_damaged", self._path)

    def _back_up(self, connection: sqlite3.Connection, old: int) -> None:
        if self._path is None or old == 0:
            return
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(self._clock()))
        write_snapshot(connection, self._backups(self._path) / f"before-v{VERSION}-from-v{old}-{stamp}.db")
