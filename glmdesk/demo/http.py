"""The little of HTTP/1.1 that the embedded servers need, with raw access for faults."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

_HEAD_LIMIT = 64 * 1024
_BODY_LIMIT = 64 * 1024 * 1024
_POLL = 0.05  # seconds between looks at whether the client is still there

Headers = Sequence[tuple[str, str]]


class ClientGone(ConnectionError):
    """The client closed its side; the handler has nobody to write to."""


class BadRequest(ValueError):
    """What arrived is not an HTTP/1.1 request."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower case, `path` is without the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Exchange:
    """One request and the reply being written; `send` writes body bytes, `raw` writes bytes as they are."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    keep_alive: bool = True
    chunked: bool = field(default=False, init=False)

    async def begin(self, status: int, headers: Headers, *, chunked: bool = False) -> None:
        """Write the head of the reply."""
        self.chunked = chunked
        await self.raw(head(status, [*headers, *([("Transfer-Encoding", "chunked")] if chunked else [])]))

    def framed(self, data: bytes) -> bytes:
        """Body bytes as they go over the wire."""
        return chunk(data) if self.chunked else data

    async def send(self, data: bytes) -> None:
        await self.raw(self.framed(data))

    async def raw(self, data: bytes) -> None:
        """Raises ClientGone when the client has left."""
        self.check()
        self.writer.write(data)
        try:
            await self.writer.drain()
        except ConnectionError as error:
            raise ClientGone from error

    async def end(self) -> None:
        if self.chunked:
            await self.raw(b"0\r\n\r\n")

    async def reply(self, status: int, headers: Headers, body: bytes) -> None:
        """A whole reply of known length."""
        length = [] if any(name.lower() == "content-length" for name, _ in headers) else [_length(body)]
        await self.raw(head(status, [*headers, *length]) + body)

    def check(self) -> None:
        if self.writer.is_closing() or self.reader.at_eof():
            raise ClientGone

    async def pause(self, seconds: float) -> None:
        """Wait, but end with ClientGone soon after the client has left."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            await asyncio.sleep(min(left, _POLL))
            self.check()

    def cut(self) -> None:
        """Close after what was written, without the end that HTTP asks for."""
        self.keep_alive = False
        self.chunked = False

    def reset(self) -> None:
        """Drop the connection with a TCP reset."""
        self.keep_alive = False
        sock = self.writer.get_extra_info("socket")
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


Handler = Callable[[Exchange], Awaitable[None]]


def _length(body: bytes) -> tuple[str, str]:
    return ("Content-Length", str(len(body)))


def head(status: int, headers: Headers) -> bytes:
    """The status line and headers as bytes."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def chunk(data: bytes) -> bytes:
    """`data` as one HTTP chunk; empty data gives nothing, because an empty chunk would end the body."""
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


def accepts_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


async def reply_json(exchange: Exchange, status: int, body: bytes, *, extra: Headers = ()) -> None:
    """A JSON reply, packed when the client takes gzip (glm-api.md §1: 71 of 71 plain replies were)."""
    headers = [("Content-Type", "application/json; charset=UTF-8"), *extra]
    if accepts_gzip(exchange.request):
        body = gzip.compress(body, compresslevel=1)
        headers.append(("Content-Encoding", "gzip"))
    await exchange.reply(status, headers, body)


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, None at its end. Raises BadRequest."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequest("the head is too long") from error
    method, path, headers = _parse_head(raw)
    body = await _read_body(reader, headers)
    return Request(method, path.partition("?")[0], headers, body)


def _parse_head(raw: bytes) -> tuple[str, str, dict[str, str]]:
    lines = raw.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest("not an HTTP request line")
    pairs = (line.partition(":") for line in lines[1:] if line)
    return words[0], words[1], {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _read_chunks(reader)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > _BODY_LIMIT:
        raise BadRequest("bad Content-Length")
    return await reader.readexactly(int(length))


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    total = 0
    while size := int((await reader.readline()).split(b";")[0], 16):
        total += size
        if total > _BODY_LIMIT:
            raise BadRequest("the body is too long")
        parts.append(await reader.readexactly(size))
        await reader.readline()
    while (await reader.readline()).strip():
        continue  # trailers say nothing to this server
    return b"".join(parts)


async def start_server(handler: Handler, port: int = 0) -> asyncio.Server:
    """Listen on 127.0.0.1:`port` (0: any free one). One task per connection, ended when the client leaves."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _serve_connection(handler, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", port, limit=_HEAD_LIMIT)


async def _serve_connection(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        try:
            request = await read_request(reader)
        except ValueError as error:
            text = str(error).encode()
            writer.write(head(400, [("Content-Type", "text/plain"), _length(text), ("Connection", "close")]) + text)
            return
        if request is None:
            return
        exchange = Exchange(request, reader, writer, request.headers.get("connection", "").lower() != "close")
        await handler(exchange)
        if not exchange.keep_alive:
            return


def port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])
