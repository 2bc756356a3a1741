"""Backups, by the day and on demand, and the check of the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from glmdesk.domain.threads import in_thread
from glmdesk.store.backup import backup, backups, check, thin
from glmdesk.store.database import Database

_DAY = timedelta(days=1)


class Safekeeping:
    """Keeps copies of a history, and says how the history itself is."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    @property
    def saved(self) -> bool:
        """False when this session keeps everything in memory."""
        return self._database.path is not None

    @property
    def lost_log(self) -> float | None:
        """Seconds since the epoch of what is left, when the newest entries of a killed program are missing."""
        return self._database.lost_log

    async def back_up(self, *, reason: str = "") -> Path | None:
        """A compared copy in the backups folder; `reason` names the risky thing that comes next. None when nothing is
        saved in this session. Raises StoreError."""
        if not self.saved:
            return None
        return await backup(self._database, self._folder, reason=reason)

    async def daily(self) -> None:
        """A backup when the newest is older than a day; then older ones are thinned out. Raises StoreError."""
        if not self.saved:
            return
        now = datetime.fromtimestamp(self._database.clock(), UTC)
        found = await in_thread(lambda: backups(self._folder), name="glmdesk-backups")
        if not found or not timedelta() <= now - found[0].made < _DAY:  # a clock that was set back must not stop them
            await self.back_up()
        await in_thread(lambda: thin(self._folder), name="glmdesk-backups")

    async def check(self) -> list[str]:
        """Ids of damaged messages; raises StoreError when the file itself is damaged."""
        return await check(self._database)
