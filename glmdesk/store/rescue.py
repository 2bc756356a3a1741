"""What can be done with a database file that is not open: repair it, put a backup in its place, put it aside."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from glmdesk.store.atomic import sync_folder
from glmdesk.store.backup import free_name, stamp
from glmdesk.store.faults import told
from glmdesk.store.salvage import Salvaged, salvage
from glmdesk.store.snapshot import verify_copy

# What SQLite keeps beside a file, and our own mark that it is open.
_BESIDE = ("-wal", "-shm", "-open")


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came out of the damaged file, and where that file is kept."""

    salvaged: Salvaged
    kept: Path


def repair(path: Path, kept_in: Path, *, now: float) -> Repaired:
    """Replace the damaged file at `path` by what can be read of it; the damaged file goes to the folder `kept_in`.

    `now` is seconds since the epoch. Raises StoreError; then the file is as it was.
    """
    draft = path.with_name(path.name + ".part")
    with told(path):
        try:
            salvaged = salvage(path, draft)
            verify_copy(draft)
            return Repaired(salvaged, _swap(draft, path, kept_in, now))
        finally:
            draft.unlink(missing_ok=True)


def restore(copy: Path, path: Path, kept_in: Path, *, now: float) -> Path | None:
    """Put a copy of the backup `copy` in the place of `path`; what was there goes to `kept_in` and its place is told.

    Raises StoreError, `store_damaged` when the backup is not sound; then the file is as it was.
    """
    draft = path.with_name(path.name + ".part")
    with told(copy):
        try:
            shutil.copyfile(copy, draft)
            verify_copy(draft)
            if path.exists():
                return _swap(draft, path, kept_in, now)
            draft.replace(path)
            return None
        finally:
            draft.unlink(missing_ok=True)


def set_aside(path: Path, kept_in: Path, *, now: float) -> Path:
    """Move the file, with all that belongs to it, to `kept_in`; returns its new place. Raises StoreError."""
    with told(path):
        kept_in.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = free_name(kept_in, f"glmdesk-{stamp(now)}")
        # A log that stayed would be played into the next file of this name.
        for end in ("", *_BESIDE):
            source = path.with_name(path.name + end)
            if source.exists():
                source.replace(kept.with_name(kept.name + end))
        sync_folder(path.parent)
    return kept


def _swap(draft: Path, path: Path, kept_in: Path, now: float) -> Path:
    kept = set_aside(path, kept_in, now=now)
    draft.replace(path)
    sync_folder(path.parent)
    return kept
