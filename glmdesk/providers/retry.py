"""When a request is sent again by itself, and after how long."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from glmdesk.domain.errors import ProviderError, Retry, UserError
from glmdesk.domain.event import Retrying

_SCHEDULES = {Retry.SHORT: (1.0, 2.0, 4.0, 8.0, 16.0), Retry.LONG: (10.0, 20.0, 30.0, 30.0, 30.0)}
_PATIENT_CODE = "1302"  # the account's own concurrency: waiting does heal it (decisions.md)


async def pause(seconds: float, hurry: asyncio.Event | None) -> None:
    """Sleep; `hurry` ends it at once."""
    try:
        async with asyncio.timeout(seconds):
            await (hurry or asyncio.Event()).wait()
    except TimeoutError:
        return


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `limit` times, `patient_limit` for 1302; no pause longer than `cap` seconds (decisions.md).

    `jitter` gives a number in [0, 1), `now` the wall clock for Retry-After dates, `pause` waits.
    """

    limit: int = 3
    patient_limit: int = 5
    cap: float = 60.0
    jitter: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pause: Callable[[float, asyncio.Event | None], Awaitable[None]] = pause

    def next(self, error: UserError, attempt: int) -> Retrying | None:
        """The pause before attempt `attempt` (from 1), None when the error is final."""
        cause = error.info
        limit = self.patient_limit if cause.code == _PATIENT_CODE else self.limit
        if cause.retry is Retry.NEVER or attempt > limit:
            return None
        asked = self._asked(error.retry_after) if isinstance(error, ProviderError) else None
        schedule = _SCHEDULES[cause.retry]
        base = schedule[min(attempt, len(schedule)) - 1] if asked is None else asked
        # Never earlier than the server asked, and not all clients at the same moment.
        after = base * (1 + 0.25 * self.jitter())
        return Retrying(round(min(after, self.cap), 3), cause, attempt, limit)

    def _asked(self, header: str) -> float | None:
        """Retry-After in seconds, from a number or a date; None when it says nothing usable."""
        try:
            seconds = float(header)
        except ValueError:
            seconds = self._until(header)
        return seconds if 0 < seconds < float("inf") else None

    def _until(self, header: str) -> float:
        try:
            date = parsedate_to_datetime(header)
        except ValueError:
            return 0.0
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - self.now().timestamp()
