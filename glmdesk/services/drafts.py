"""What is written on a page and not sent yet: kept in a file of the profile."""

from __future__ import annotations

from contextlib import suppress
from typing import Generic, TypeVar

from glmdesk.domain.errors import StoreError
from glmdesk.services.tasks import TaskOwner
from glmdesk.store.rows import RowFile

Written = TypeVar("Written")


class PageDraft(Generic[Written]):
    """One value; `close` makes sure that the last one is stored."""

    def __init__(self, file: RowFile[Written], tasks: TaskOwner, *, name: str) -> None:
        self._file = file
        self._tasks = tasks
        self._name = name
        self._unsaved: Written | None = None

    @property
    def value(self) -> Written | None:
        """What was written last, None when there is nothing."""
        if self._unsaved is not None:
            return self._unsaved
        rows = self._file.load()
        return rows[0] if rows else None

    def keep(self, value: Written) -> None:
        """Store a value, soon."""
        self._unsaved = value
        self._tasks.start(f"draft:{self._name}", self._save())

    async def _save(self) -> None:
        value = self._unsaved
        if value is not None:
            await self._file.save([value])
            if self._unsaved is value:
                self._unsaved = None

    async def close(self) -> None:
        with suppress(StoreError):  # a full disk must not keep the program from ending
            await self._save()
