"""Files that go with a turn: read to text by a process of their own, so that a bad one harms nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from glmdesk.domain.errors import ErrorInfo, UserError
from glmdesk.domain.part import AttachmentPart
from glmdesk.services.workers import Worker, WorkerError

_SECONDS = 60.0  # faults.md row 59
_AT_ONCE = 2  # processes


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as a part of a turn. `note` is '' or why not all of it is there: `pages`, `length`."""

    part: AttachmentPart
    note: str = ""


class FileService:
    """Reads one file per process."""

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._running: set[Worker] = set()

    async def read(self, path: Path) -> ReadFile:
        """The text of a document. Raises UserError with `file_…` as its kind."""
        async with self._free:
            worker = Worker("documents", limit=self._seconds)
            self._running.add(worker)
            try:
                reply = await worker.ask({"path": str(path)})
            except WorkerError as error:
                raise UserError(ErrorInfo("file_slow", {"name": path.name})) from error
            finally:
                self._running.discard(worker)
                await worker.close()
        if "error" in reply:
            raise UserError(ErrorInfo(str(reply["error"]), {"name": path.name}, detail=str(reply.get("reason", ""))))
        return ReadFile(AttachmentPart(path.name, str(reply["media_type"]), str(reply["text"])), str(reply["note"]))

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return bool(self._running)

    async def close(self) -> None:
        """End what is being read."""
        for worker in list(self._running):
            await worker.close()
