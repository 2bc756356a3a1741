"""What can be done when the history cannot be opened, or should be an older one: repair, restore, start afresh."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from glmdesk.domain.threads import in_thread
from glmdesk.store.backup import Backup, backups
from glmdesk.store.files import Profile
from glmdesk.store.rescue import repair, restore, set_aside

__all__ = ["Backup", "Outcome", "Rescue"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rescue did, as a text."""

    text_id: str
    args: Mapping[str, str]


class Rescue:
    """Works on the database of a profile while no program has it open.

    A running window only plans: it closes, the planned work is done, and it opens again.
    """

    def __init__(self, profile: Profile, *, clock: Callable[[], float] = time.time) -> None:
        self._profile = profile
        self._clock = clock
        self.planned: Callable[[], Awaitable[Outcome]] | None = None

    async def backups(self) -> list[Backup]:
        """Newest first. Raises StoreError."""
        return await in_thread(lambda: backups(self._profile.backups), name="glmdesk-rescue")

    async def repair(self) -> Outcome:
        """Put what can be read into a new file; the old one is kept. Raises StoreError."""
        profile = self._profile
        done = await in_thread(
            lambda: repair(profile.database, profile.damaged, now=self._clock()), name="glmdesk-rescue"
        )
        salvaged = done.salvaged
        found = {"messages": str(salvaged.messages), "conversations": str(salvaged.conversations)}
        if salvaged.lost:
            found["lost"] = str(salvaged.lost)
        key = "rescue.repaired_partly" if salvaged.lost else "rescue.repaired"
        return Outcome(key, {**found, "kept": str(done.kept)})

    async def restore(self, copy: Path) -> Outcome:
        """Put a backup in the place of the history; what was there is kept. Raises StoreError."""
        profile = self._profile
        kept = await in_thread(
            lambda: restore(copy, profile.database, profile.damaged, now=self._clock()), name="glmdesk-rescue"
        )
        return Outcome("rescue.restored" if kept else "rescue.restored_only", {"kept": str(kept or "")})

    async def start_empty(self) -> Outcome:
        """Put the file aside, so that the next start makes a new one. Raises StoreError."""
        profile = self._profile
        kept = await in_thread(
            lambda: set_aside(profile.database, profile.damaged, now=self._clock()), name="glmdesk-rescue"
        )
        return Outcome("rescue.put_aside", {"kept": str(kept)})
