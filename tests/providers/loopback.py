"""A raw HTTP server on the loopback, written so that it can misbehave, and the client pointed at it."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import UserError
from glmdesk.domain.event import Event
from glmdesk.domain.message import Role
from glmdesk.domain.request import ChatRequest, RequestMessage
from glmdesk.domain.secret import Secret
from glmdesk.providers.limits import Limits
from glmdesk.providers.openai_chat import OpenAiChat
from glmdesk.providers.registry import open_dialect
from glmdesk.providers.retry import RetryPolicy
from glmdesk.providers.transport import Proxy, Transport

CANARY = "canary0123456789abcdef.S3cretCanary"
KEY = Secret(CANARY)
ASK = ChatRequest("glm-4.5", (RequestMessage(Role.USER, "你好"),), thinking=True)
ONCE = RetryPolicy(limit=0, patient_limit=0)
SHORT = Limits(connect=0.3, idle=0.3)


@dataclass(frozen=True)
class Request:
    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    port: int
    scheme: str = "http"
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/v4"


@asynccontextmanager
async def serve(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Server]:
    """Every request goes to `handler`; the connection closes after it. Nothing outlives the block."""
    running: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            request = await _read(reader)
            server.requests.append(request)
            await handler(request, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            running.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    listener = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls, limit=1 << 22)
    server = Server(listener.sockets[0].getsockname()[1], "https" if tls else "http")
    try:
        yield server
    finally:
        listener.close()
        for task in list(running):
            task.cancel()
        if running:
            await asyncio.wait(set(running))
        await listener.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Request:
    first = await reader.readexactly(1)
    if first == b"\x16":  # a TLS handshake for a server that has none
        return Request("", {}, b"")
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in head[1:] if line)}
    return Request(head[0], headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def head(status: int = 200, kind: str = "text/event-stream;charset=UTF-8", **more: str) -> bytes:
    """A response head; the body ends with the connection unless `more` says otherwise."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def sends(*pieces: bytes) -> Handler:
    """Writes the pieces one by one and closes."""

    async def handler(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return handler


def hangs(*pieces: bytes) -> Handler:
    """Writes the pieces and then nothing more."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        await sends(*pieces)(request, writer)
        await asyncio.Event().wait()

    return handler


def resets(*pieces: bytes) -> Handler:
    """Writes the pieces and tears the connection down with a reset."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        await sends(*pieces)(request, writer)
        await asyncio.sleep(0.05)  # so that the pieces are read before the reset drops them
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return handler


def refuses(status: int, body: Any, **headers: str) -> Handler:
    """An error with a JSON body."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    return sends(head(status, "application/json; charset=UTF-8", **headers), raw)


def in_turn(*handlers: Handler) -> Handler:
    """The first request gets the first handler; the last one answers all that follow."""
    left = list(handlers)

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(request, writer)

    return handler


def chunk(
    delta: Mapping[str, Any] | None = None, *, reason: str = "", usage: Any = None, **more: Any
) -> dict[str, Any]:
    choice: dict[str, Any] = {"index": 0, "delta": delta or {}}
    if reason:
        choice["finish_reason"] = reason
    made = {"id": "2025", "created": 1, "model": "glm-4.5", "choices": [choice], **more}
    return made | ({"usage": usage} if usage else {})


def frame(data: Any) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {text}\n\n".encode()


DONE = frame("[DONE]")
HELLO = frame(chunk({"content": "你"})) + frame(chunk({"content": "好"}))
END = frame(chunk({"role": "assistant", "content": ""}, reason="stop")) + DONE
GOOD = sends(head(), HELLO, END)


@asynccontextmanager
async def client(
    url: str,
    *,
    dialect: DialectName = DialectName.BIGMODEL,
    limits: Limits | None = None,
    proxy: Proxy | None = None,
    verify: ssl.SSLContext | None = None,
    retries: RetryPolicy = ONCE,
) -> AsyncGenerator[OpenAiChat]:
    transport = Transport(proxy, limits=limits, verify=verify)
    try:
        yield open_dialect(Endpoint("t", "T", dialect, url), transport, retries=retries)
    finally:
        await transport.close()


@dataclass
class Outcome:
    events: list[Event]
    error: UserError | None

    @property
    def kind(self) -> str:
        return self.error.info.kind if self.error else ""

    def texts(self, kind: type) -> str:
        return "".join(e.text for e in self.events if isinstance(e, kind))  # type: ignore[attr-defined]


async def ask(
    url: str,
    *,
    request: ChatRequest = ASK,
    key: Secret | None = KEY,
    hurry: asyncio.Event | None = None,
    **options: Any,
) -> Outcome:
    """All events of one request, and the error that ended it."""
    outcome = Outcome([], None)
    async with client(url, **options) as chat, aclosing(chat.stream(request, key, hurry=hurry)) as events:
        try:
            async for event in events:
                outcome.events.append(event)
        except UserError as error:
            outcome.error = error
    return outcome


def answer(handler: Handler, **options: Any) -> Outcome:
    """What the client makes of one scripted server."""

    async def body() -> Outcome:
        async with serve(handler) as server:
            return await ask(server.url, **options)

    return asyncio.run(body())


def cut(raw: bytes, size: int) -> Iterable[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))
