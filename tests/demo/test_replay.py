"""The replay server: recorded bytes come back exactly, however they are cut."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from glmdesk.demo.replay import Recorded, replay_server

HEADERS = (("Content-Type", "text/event-stream;charset=UTF-8"),)
BODY = 'data: {"choices":[{"index":0,"delta":{"content":"汉字"}}]}\n\ndata: [DONE]\n\n'.encode()


@pytest.mark.parametrize("size", [0, 1, 7, 64])
def test_bytes_come_back_exactly(size: int) -> None:
    async def scene() -> None:
        async with (
            replay_server([Recorded(200, HEADERS, BODY)], size=size) as (url, replay),
            httpx.AsyncClient(trust_env=False) as http,
        ):
            response = await http.post(f"{url}/chat/completions", json={"a": 1})
        assert response.content == BODY
        assert response.headers["content-type"] == HEADERS[0][1]
        assert replay.requests[0].body == b'{"a":1}'

    asyncio.run(scene())


def test_replies_come_in_order_and_the_last_one_stays() -> None:
    async def scene() -> list[int]:
        replies = [Recorded(429, (), b"{}"), Recorded(200, (), b"{}")]
        async with replay_server(replies) as (url, _), httpx.AsyncClient(trust_env=False) as http:
            return [(await http.get(url)).status_code for _ in range(3)]

    assert asyncio.run(scene()) == [429, 200, 200]


def test_rate_spreads_the_pieces_over_time() -> None:
    async def scene() -> float:
        async with (
            replay_server([Recorded(200, HEADERS, b"x" * 40)], size=1, rate=200) as (url, _),
            httpx.AsyncClient(trust_env=False) as http,
        ):
            started = time.monotonic()
            await http.get(url)
            return time.monotonic() - started

    assert 0.15 < asyncio.run(scene()) < 2
