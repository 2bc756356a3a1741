"""When a request is sent again: only before the first delta, only for what can heal, visibly, a few times."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from glmdesk.domain.errors import ErrorInfo, Retry

CAP_SECONDS = 60.0
_TIMES = 3
_TIMES_CONCURRENCY = 5  # 1302 heals as soon as another request of the account ends
_SHORT = (1.0, 2.0, 4.0, 8.0, 16.0)
_LONG = (10.0, 20.0, 30.0, 30.0, 30.0)


def limit(error: ErrorInfo) -> int:
    """How often a request that ended like this may be sent again."""
    if error.retry is Retry.NEVER:
        return 0
    return _TIMES_CONCURRENCY if error.code == "1302" else _TIMES


def delay(
    error: ErrorInfo, attempt: int, *, retry_after: str = "", jitter: Callable[[], float] = random.random
) -> float:
    """Seconds before attempt number `attempt` (from 1); the server's Retry-After wins, within the cap."""
    asked = _retry_after(retry_after)
    if asked is not None:
        return min(max(asked, 0.0), CAP_SECONDS)
    steps = _LONG if error.retry is Retry.LONG else _SHORT
    return min(steps[min(attempt, len(steps)) - 1] * (1 + 0.25 * jitter()), CAP_SECONDS)


def _retry_after(value: str) -> float | None:
    """Seconds of a Retry-After header in either form; None when there is none that makes sense."""
    value = value.strip()
    if not value:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (when - datetime.now(UTC)).total_seconds() if when.tzinfo else None


async def wait(seconds: float, hurry: asyncio.Event | None) -> None:
    """Sleep, or until `hurry` is set."""
    if hurry is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await hurry.wait()
    except TimeoutError:
        pass
    hurry.clear()


Wait = Callable[[float, asyncio.Event | None], Awaitable[None]]
