"""News from the services: coarse `Changes`, merged for a subscriber that is slower than they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from glmdesk.domain.changes import Changes


class _Subscriber:
    def __init__(self) -> None:
        self.pending: Changes | None = None
        self.ready = asyncio.Event()


class News:
    """One per program. `announce` and `changes` belong to the event loop's thread."""

    def __init__(self) -> None:
        self._subscribers: list[_Subscriber] = []

    def announce(self, changes: Changes) -> None:
        """Tell every subscriber; never waits."""
        for subscriber in self._subscribers:
            subscriber.pending = changes if subscriber.pending is None else subscriber.pending | changes
            subscriber.ready.set()

    async def changes(self) -> AsyncGenerator[Changes, None]:
        """All changes from now on. Ends when the caller stops iterating."""
        subscriber = _Subscriber()
        self._subscribers.append(subscriber)
        try:
            while True:
                await subscriber.ready.wait()
                subscriber.ready.clear()
                changes, subscriber.pending = subscriber.pending, None
                if changes is not None:
                    yield changes
        finally:
            self._subscribers.remove(subscriber)
