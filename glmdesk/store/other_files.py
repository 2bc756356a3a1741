"""Settings files of other programs: read whole, backed up, replaced only while they are what was looked at."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from glmdesk.domain.errors import ErrorInfo, StoreError
from glmdesk.store.atomic import write_file

_LARGEST = 4 * 1024 * 1024  # bytes
_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_OWN = 0o600  # such files may hold keys
_MOST_BACKUPS = 1_000


@dataclass(frozen=True, slots=True)
class Looked:
    """A file at one moment. `data` is None when there is none; `mode` are its permission bits."""

    path: Path
    data: bytes | None
    mode: int = _OWN

    @property
    def digest(self) -> str:
        return digest(self.data or b"")

    @property
    def text(self) -> str:
        """Raises StoreError when it is no UTF-8. Line ends stay as they are."""
        try:
            return (self.data or b"").decode("utf-8")
        except UnicodeDecodeError:
            raise _fault("agent_encoding", self.path) from None


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def look(path: Path) -> Looked:
    """The file as it is now; a link is followed. Raises StoreError."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise _fault("agent_no_file", path)
        if found.st_size > _LARGEST:
            raise _fault("agent_large", path)
        return Looked(path, path.read_bytes(), stat.S_IMODE(found.st_mode))
    except FileNotFoundError:
        return Looked(path, None)
    except OSError as error:
        raise _from_os(error, path) from error


def replace(looked: Looked, data: bytes) -> None:
    """Write `data` in the file's place. Raises StoreError: `agent_changed` when it is not what was looked at any more.

    A file without any write permission is left alone: somebody wanted it so. A link stays a link.
    """
    if look(looked.path).data != looked.data:
        raise _fault("agent_changed", looked.path)
    if not looked.mode & _ANY_WRITE:
        raise _fault("agent_readonly", looked.path)
    try:
        write_file(looked.path, data, mode=looked.mode)
    except OSError as error:
        raise _from_os(error, looked.path) from error


def remove(looked: Looked) -> None:
    """Take away a file that we made. Raises StoreError."""
    if look(looked.path).data != looked.data:
        raise _fault("agent_changed", looked.path)
    try:
        looked.path.unlink(missing_ok=True)
    except OSError as error:
        raise _from_os(error, looked.path) from error


def drop(copy: Path) -> None:
    """Take a back-up away that is not needed; nothing happens when that cannot be."""
    with suppress(OSError):
        copy.unlink()


def back_up(looked: Looked, stamp: str) -> Path:
    """A copy beside the file, for this user alone. Raises StoreError; never replaces an older copy."""
    for number in range(_MOST_BACKUPS):
        tail = f"-{number}" if number else ""
        copy = looked.path.with_name(f"{looked.path.name}.glmdesk-{stamp}{tail}")
        try:
            handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _OWN)
        except FileExistsError:
            continue
        except OSError as error:
            raise _from_os(error, copy) from error
        _fill(handle, copy, looked.data or b"")
        return copy
    raise _fault("agent_readonly", looked.path)


def _fill(handle: int, copy: Path, data: bytes) -> None:
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        drop(copy)
        raise _from_os(error, copy) from error


def _from_os(error: OSError, path: Path) -> StoreError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    kind = "store_full" if full else "agent_link" if error.errno == errno.ELOOP else "agent_readonly"
    return _fault(kind, path, error.strerror or "")


def _fault(kind: str, path: Path, detail: str = "") -> StoreError:
    return StoreError(ErrorInfo(kind, {"path": str(path)}, detail=detail))
