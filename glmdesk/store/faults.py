"""SQLite's and the file system's errors as the sentences a user gets."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from glmdesk.domain.errors import Action, ErrorInfo, StoreError

_WRITE_FAULTS = frozenset(
    {
        # A file size limit and some file systems report a full disk as a failed write (SQLITE_IOERR_WRITE).
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMMAP,
    }
)
_KINDS = {
    sqlite3.SQLITE_FULL: "store_full",
    sqlite3.SQLITE_READONLY: "store_readonly",
    sqlite3.SQLITE_PERM: "store_readonly",
    sqlite3.SQLITE_CANTOPEN: "store_readonly",
    sqlite3.SQLITE_BUSY: "store_locked",
    sqlite3.SQLITE_LOCKED: "store_locked",
    sqlite3.SQLITE_PROTOCOL: "store_locked",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
    sqlite3.SQLITE_FORMAT: "store_damaged",
    sqlite3.SQLITE_IOERR: "store_damaged",
}
_ACTIONS = {
    "store_full": Action.RETRY,
    "store_locked": Action.RETRY,
    "store_readonly": Action.CHOOSE_FOLDER,
    "store_newer": Action.CHOOSE_FOLDER,
}


def store_error(kind: str, path: Path | None, *, detail: str = "", **args: str) -> StoreError:
    """A StoreError whose texts may name `{path}`."""
    shown = {"path": str(path or ":memory:"), **args}
    return StoreError(ErrorInfo(kind, shown, action=_ACTIONS.get(kind), detail=detail))


def from_sqlite(error: sqlite3.Error, path: Path | None) -> StoreError | None:
    """The StoreError for an error of SQLite, None when it is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    kind = "store_full" if code in _WRITE_FAULTS else _KINDS.get(code & 0xFF)
    return store_error(kind, path, detail=str(error)) if kind else None


def from_os(error: OSError, path: Path) -> StoreError:
    """The StoreError for a file that could not be made or written."""
    return store_error("store_full" if _is_full(error) else "store_readonly", path, detail=error.strerror or "")


def export_error(error: OSError, path: Path) -> StoreError:
    """The StoreError for a file outside the profile: nothing is kept for later, another data folder is no help."""
    kind = "export_full" if _is_full(error) else "export_readonly"
    return store_error(kind, path, detail=error.strerror or "")


def _is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def told(path: Path) -> Generator[None, None, None]:
    """Errors of SQLite and the file system inside become StoreError; bugs stay what they are."""
    try:
        yield
    except sqlite3.Error as error:
        known = from_sqlite(error, path)
        if known is None:
            raise
        raise known from error
    except OSError as error:
        raise from_os(error, path) from error
