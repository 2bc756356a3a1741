"""What is taken down is what a listener gets, but for the key."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

from glmdesk.domain.exchange import HIDDEN, Recorder
from tests.providers.loopback import ASK, CANARY, GOOD, KEY, client, serve


def test_every_header_and_every_byte_of_the_body_is_taken_down_as_it_is_sent() -> None:
    async def body() -> None:
        record = Recorder()
        async with (
            serve(GOOD) as server,
            client(server.url) as chat,
            aclosing(chat.stream(ASK, KEY, record=record)) as events,
        ):
            async for _ in events:
                pass
        (request,) = server.requests
        exchange = record.exchange(CANARY)
        assert exchange is not None
        shown = {name.lower(): value for name, value in exchange.headers.items()}
        assert shown == {**request.headers, "authorization": f"Bearer {HIDDEN}"}
        assert exchange.body.encode() == request.body
        assert json.loads(exchange.body)["model"] == ASK.model
        assert CANARY not in repr(exchange)

    asyncio.run(body())
