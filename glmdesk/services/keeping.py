"""Answers on their way to the disk: what it does not take stays in memory and is tried again until it does."""

from __future__ import annotations

import asyncio

from glmdesk.domain.changes import Changes
from glmdesk.domain.errors import ErrorInfo, StoreError
from glmdesk.domain.message import Message
from glmdesk.services.news import News
from glmdesk.services.tasks import TaskOwner
from glmdesk.store.conversations import Conversations

_AGAIN_SECONDS = 1.0


class Keeping:
    """Saves answers. `trouble` says why some are in memory alone; `Changes(keeping=True)` when that has changed."""

    def __init__(self, store: Conversations, *, tasks: TaskOwner, news: News) -> None:
        self._store = store
        self._tasks = tasks
        self._news = news
        self._waiting: dict[str, Message] = {}
        self.trouble: ErrorInfo | None = None

    async def save(self, message: Message) -> None:
        """Save a message, now or as soon as the disk takes it. Never raises StoreError."""
        self._waiting[message.id] = message
        await self._try(message)
        if self._waiting and not self._tasks.running("keeping"):
            self._tasks.start("keeping", self._again())

    async def _try(self, message: Message) -> None:
        try:
            await self._store.save_message(message)
        except StoreError as error:
            self._tell(error.info)
            return
        if self._waiting.get(message.id) is message:
            del self._waiting[message.id]
        if not self._waiting:
            self._tell(None)

    async def _again(self) -> None:
        while self._waiting:
            await asyncio.sleep(_AGAIN_SECONDS)
            for message in list(self._waiting.values()):
                if self._waiting.get(message.id) is message:  # else there is a newer one, or it is saved
                    await self._try(message)

    def _tell(self, trouble: ErrorInfo | None) -> None:
        if (self.trouble is None) != (trouble is None):
            self._news.announce(Changes(keeping=True))
        self.trouble = trouble
