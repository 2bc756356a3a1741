"""Backups on demand and the check of the database."""

from __future__ import annotations

from pathlib import Path

from glmdesk.store.backup import backup, check
from glmdesk.store.database import Database


class Safekeeping:
    """What the data page offers."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def back_up(self) -> Path:
        """A verified copy in the backups folder. Raises StoreError."""
        return await backup(self._database, self._folder)

    async def check(self) -> list[str]:
        """Ids of damaged messages; raises StoreError when the file itself is damaged."""
        return await check(self._database)
