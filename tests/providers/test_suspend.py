"""Connections that did not survive the machine's sleep (faults row 45)."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

import pytest

from glmdesk.domain.event import TextDelta
from glmdesk.providers.limits import Limits
from glmdesk.providers.openai_chat import OpenAiChat
from glmdesk.providers.transport import Transport
from tests.helpers.systems import linux_only
from tests.providers.loopback import (
    ASK,
    END,
    GOOD,
    HELLO,
    KEY,
    Request,
    Server,
    chunk,
    client,
    frame,
    head,
    in_turn,
    sends,
    serve,
)

_BODY = json.dumps({"choices": [{"message": {"content": "好"}}]}).encode()
_REPLY = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n".encode() + _BODY
NIGHT = 8 * 3600.0  # seconds


@asynccontextmanager
async def forgetful() -> AsyncGenerator[Server]:
    """Each connection is kept open but answers one request only, as one whose router has forgotten it."""

    async def one_answer(request: Request, writer: asyncio.StreamWriter) -> None:
        await sends(_REPLY)(request, writer)
        await asyncio.Event().wait()

    async with serve(one_answer) as server:
        yield server


async def said(chat: OpenAiChat) -> str:
    async with aclosing(chat.stream(ASK, KEY)) as events:
        return "".join([event.text async for event in events if isinstance(event, TextDelta)])


def test_after_a_sleep_a_question_takes_a_new_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time

    async def body() -> None:
        async with forgetful() as server, client(server.url, limits=Limits(idle=1.0)) as chat:
            assert await said(chat) == "好"
            monkeypatch.setattr(time, "time", lambda: now() + NIGHT)
            assert await said(chat) == "好"
            assert len(server.requests) == 2

    asyncio.run(body())


def test_an_answer_that_comes_through_a_sleep_is_not_cut_by_the_next_question(monkeypatch: pytest.MonkeyPatch) -> None:
    now, asked, goes_on = time.time, asyncio.Event(), asyncio.Event()

    async def in_two_halves(request: Request, writer: asyncio.StreamWriter) -> None:
        await sends(head(), frame(chunk({"content": "早"})))(request, writer)
        asked.set()
        await goes_on.wait()
        await sends(HELLO, END)(request, writer)

    async def body() -> None:
        async with serve(in_turn(in_two_halves, GOOD)) as server, client(server.url) as chat:
            async with asyncio.TaskGroup() as group:
                first = group.create_task(said(chat))
                await asked.wait()
                monkeypatch.setattr(time, "time", lambda: now() + NIGHT)
                assert await said(chat) == "你好"
                goes_on.set()
            assert first.result() == "早你好"

    asyncio.run(body())


@linux_only("names of the options")
def test_the_system_looks_whether_the_other_end_is_still_there() -> None:
    async def body() -> None:
        transport = Transport()
        async with serve(GOOD) as server, transport._clients.lend("") as http, http.stream("POST", server.url) as reply:
            connection = reply.extensions["network_stream"].get_extra_info("socket")
            assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
        await transport.close()

    asyncio.run(body())
