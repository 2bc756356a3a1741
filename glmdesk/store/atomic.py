"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from glmdesk.store.faults import export_error, from_os

_PRIVATE = 0o600  # what mkstemp gives


def write_file(path: Path, data: bytes, *, mode: int = _PRIVATE) -> None:
    """Replace `path` by `data`: after a crash it holds the old bytes or the new ones. Raises OSError.

    A link is followed, so that a settings file kept elsewhere stays a link. `mode` are its permission bits.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode != _PRIVATE:
            draft.chmod(mode)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def save_file(path: Path, data: bytes) -> None:
    """`write_file` for a file of the profile. Raises StoreError, which says in words why it was not written."""
    try:
        write_file(path, data)
    except OSError as error:
        raise from_os(error, path) from error


def export_file(path: Path, data: bytes) -> None:
    """`write_file` for a file that a user asked for, wherever it is. Raises StoreError."""
    try:
        write_file(path, data)
    except OSError as error:
        raise export_error(error, path) from error


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut; Windows cannot open a folder and needs no such call."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
