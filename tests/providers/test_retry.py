"""When a request is sent again: visibly, a few times, before the first delta, and never twice on the user's word."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest

from glmdesk.domain.errors import ErrorInfo, ProviderError, Retry
from glmdesk.domain.event import Finished, Retrying, TextDelta
from glmdesk.providers.retry import RetryPolicy
from tests.providers.loopback import (
    ASK,
    GOOD,
    HELLO,
    KEY,
    Outcome,
    answer,
    ask,
    client,
    head,
    in_turn,
    refuses,
    resets,
    sends,
    serve,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def recorder() -> tuple[RetryPolicy, list[float]]:
    pauses: list[float] = []

    async def pause(seconds: float, hurry: asyncio.Event | None) -> None:
        pauses.append(seconds)

    return RetryPolicy(jitter=lambda: 0.0, now=lambda: NOON, pause=pause), pauses


def error(code: str = "1305", retry: Retry = Retry.LONG, after: str = "") -> ProviderError:
    return ProviderError(ErrorInfo("k", retry=retry, code=code), retry_after=after)


def delays(cause: ProviderError) -> list[float]:
    policy = recorder()[0]
    return [r.after for n in range(1, 9) if (r := policy.next(cause, n)) is not None]


def test_the_pauses_follow_the_schedule_and_end() -> None:
    assert delays(error()) == [10, 20, 30]
    assert delays(error("1200", Retry.SHORT)) == [1, 2, 4]
    assert delays(error("1302", Retry.SHORT)) == [1, 2, 4, 8, 16]
    assert delays(error("1113", Retry.NEVER)) == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("1e9", 60.0),
        ("-5", 10.0),
        ("nan", 10.0),
        ("inf", 10.0),
        ("soon", 10.0),
        ("", 10.0),
        ("Mon, 23 Nov 2026 12:00:21 GMT", 21.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 10.0),
        ("Mon, 23 Nov 2099 11:00:00 GMT", 60.0),
    ],
)
def test_retry_after_is_honoured_within_reason(header: str, seconds: float) -> None:
    assert delays(error(after=header))[0] == seconds


def test_jitter_only_adds_and_never_passes_the_cap() -> None:
    policy = RetryPolicy(jitter=lambda: 0.999)
    first = policy.next(error(), 1)
    assert first is not None
    assert 10 < first.after < 12.5
    capped = policy.next(error(after="59"), 1)
    assert capped is not None
    assert capped.after == 60


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529])
def test_a_fault_of_the_service_heals_by_itself_and_is_visible(status: int) -> None:
    policy, pauses = recorder()
    outcome = answer(in_turn(refuses(status, {}), refuses(status, {}), GOOD), retries=policy)
    assert outcome.texts(TextDelta) == "你好"
    assert len(pauses) == 2
    assert [e.attempt for e in outcome.events if isinstance(e, Retrying)] == [1, 2]


def test_the_header_of_a_real_reply_sets_the_pause() -> None:
    policy, pauses = recorder()
    busy = refuses(429, {"error": {"code": "1305", "message": "m"}}, Retry_After="3")
    assert answer(in_turn(busy, GOOD), retries=policy).error is None
    assert pauses == [3]


def test_1302_is_tried_five_times_and_then_told() -> None:
    policy, pauses = recorder()
    outcome = answer(refuses(429, {"error": {"code": "1302", "message": "m"}}), retries=policy)
    assert outcome.kind == "too_many_requests"
    assert pauses == [1, 2, 4, 8, 16]


def test_nothing_is_sent_again_after_the_first_delta() -> None:
    policy, pauses = recorder()

    async def body() -> tuple[Outcome, int]:
        async with serve(resets(head(Content_Length="99999"), HELLO)) as server:
            return await ask(server.url, retries=policy), len(server.requests)

    outcome, sent = asyncio.run(body())
    assert outcome.kind == "connection_lost"
    assert outcome.texts(TextDelta) == "你好"
    assert (sent, pauses) == (1, [])


def test_a_reset_before_the_first_delta_is_tried_again() -> None:
    policy, pauses = recorder()
    outcome = answer(in_turn(resets(), GOOD), retries=policy)
    assert outcome.error is None
    assert len(pauses) == 1


def test_stop_ends_a_countdown_at_once() -> None:
    async def body() -> None:
        async with (
            serve(refuses(503, {})) as server,
            client(server.url, retries=RetryPolicy()) as chat,
            aclosing(chat.stream(ASK, KEY)) as events,
        ):
            assert isinstance(await anext(events), Retrying)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await anext(events)

    started = time.monotonic()
    asyncio.run(body())
    assert time.monotonic() - started < 0.9


@pytest.mark.parametrize("preset", [False, True])
def test_retry_now_ends_a_countdown_and_a_stale_wish_does_not(preset: bool) -> None:
    hurry = asyncio.Event()
    waited: list[Any] = []

    async def pause(seconds: float, event: asyncio.Event | None) -> None:
        assert event is not None
        assert event is hurry
        waited.append(event.is_set())

    async def body() -> None:
        if preset:
            hurry.set()
        async with serve(in_turn(refuses(503, {}), GOOD)) as server:
            await ask(server.url, hurry=hurry, retries=RetryPolicy(pause=pause))

    asyncio.run(body())
    assert waited == [False]


def test_the_real_countdown_listens_to_retry_now() -> None:
    async def body() -> list[Any]:
        hurry = asyncio.Event()
        got: list[Any] = []
        busy = refuses(429, {"error": {"code": "1305"}})
        async with (
            serve(in_turn(busy, GOOD)) as server,
            client(server.url, retries=RetryPolicy()) as chat,
            asyncio.timeout(5),
        ):
            async for event in chat.stream(ASK, KEY, hurry=hurry):
                got.append(event)
                hurry.set()
        return got

    assert asyncio.run(body())[-1] == Finished("stop")


def test_a_countdown_without_retry_now_ends_by_itself() -> None:
    policy = RetryPolicy()
    outcome = answer(
        in_turn(refuses(429, {"error": {"code": "1302"}}, Retry_After="0.01"), sends(head(), HELLO)), retries=policy
    )
    assert outcome.events[-1] == Finished("", complete=False)
