"""Messages over a server's pipes: capped lines, garbage into the log, every failure seen by who waits."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import anyio
import mcp_types as types
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client._transport import TransportStreams
from mcp.shared.message import SessionMessage

from glmdesk.tools.mcp.lines import LineCutter, TooLong
from glmdesk.tools.mcp.log import MOST_CHARACTERS, ServerLog
from glmdesk.tools.mcp.process import ServerProcess

TOO_LONG = -32050  # JSON-RPC: of the range for server errors; -32000 is the SDK's "connection closed"
# A server that floods a pipe is read slowly: it must not take the interpreter away from the window.
_FLOOD_BYTES = 16 * 1024
_FLOOD_LINES = 100
_FLOOD_PAUSE = 0.01
_EXIT_SECONDS = 0.5
_SURROGATE = re.compile("[\ud800-\udfff]")
_MessageOrError = SessionMessage | Exception


class StdioTransport:
    """The SDK's `Transport` over a `ServerProcess`. `garbage` counts lines that were no message.

    `code` is the exit code of a server that left by itself.
    """

    def __init__(self, process: ServerProcess, log: ServerLog, on_end: Callable[[], None]) -> None:
        self._process = process
        self._log = log
        self._on_end = on_end
        self._waiting: set[int | str] = set()
        self.ended = anyio.Event()
        self.code: int | None = None
        self._closing = False
        self.garbage = 0
        self.messages = 0

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[TransportStreams, None]:
        """The two streams of the session; the process is ended on leaving."""
        incoming, read_stream = anyio.create_memory_object_stream[_MessageOrError](0)
        write_stream, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
        async with anyio.create_task_group() as group:
            group.start_soon(self._read, incoming)
            group.start_soon(self._write, outgoing, incoming)
            group.start_soon(self._read_errors)
            try:
                yield read_stream, write_stream
            finally:
                self._closing = True
                read_stream.close()
                write_stream.close()
                await self._process.end()
                group.cancel_scope.cancel()
        for stream in (incoming, outgoing):
            stream.close()

    async def _read(self, incoming: MemoryObjectSendStream[_MessageOrError]) -> None:
        cutter = LineCutter()
        delivering = True
        async with incoming:
            async for chunk in self._process.output():
                before = self.garbage
                for line in cutter.feed(chunk):
                    delivering = delivering and await self._deliver(line, incoming)
                if self.garbage - before > _FLOOD_LINES:
                    await anyio.sleep(_FLOOD_PAUSE)
            await self._process.exited(_EXIT_SECONDS)  # its code says more than the end of its output
            self.code = None if self._closing else self._process.code
        self.ended.set()
        self._on_end()

    async def _deliver(self, line: bytes | TooLong, incoming: MemoryObjectSendStream[_MessageOrError]) -> bool:
        """False once nobody listens any more; the pipe is still drained, so that the server can leave."""
        try:
            for message in self._messages(line):
                await incoming.send(SessionMessage(message))
        except (anyio.ClosedResourceError, anyio.BrokenResourceError):
            return False
        return True

    def _messages(self, line: bytes | TooLong) -> list[types.JSONRPCMessage]:
        if isinstance(line, TooLong):
            return self._refusals(line)
        if not line.strip():
            return []
        message = parse_message(line)
        if message is None:
            self._note_garbage(line)
            return []
        self.messages += 1
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError) and message.id is not None:
            self._waiting.discard(message.id)
        return [message]

    def _refusals(self, line: TooLong) -> list[types.JSONRPCMessage]:
        """Errors in the place of an answer that was too long: to its question, or to all when that is unknown."""
        megabytes = f"{line.size / 1_048_576:.1f} MB"
        self._log.note(f"stdout: a line of {megabytes} was left out")
        asked = {line.request_id} & self._waiting or set(self._waiting)
        self._waiting -= asked
        error = types.ErrorData(code=TOO_LONG, message=f"The answer is too long ({megabytes})")
        return [types.JSONRPCError(jsonrpc="2.0", id=number, error=error) for number in asked if number is not None]

    def _note_garbage(self, line: bytes) -> None:
        self.garbage += 1
        self._log.note(f"stdout: {line[:MOST_CHARACTERS].decode('utf-8', 'replace')}")

    async def _write(
        self, outgoing: MemoryObjectReceiveStream[SessionMessage], incoming: MemoryObjectSendStream[_MessageOrError]
    ) -> None:
        try:
            async with outgoing:
                async for sent in outgoing:
                    message = sent.message
                    if isinstance(message, types.JSONRPCRequest):
                        self._waiting.add(message.id)
                    await self._process.write(
                        message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n"
                    )
        except (anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
            await incoming.aclose()  # who waits for an answer must see that none will come

    async def _read_errors(self) -> None:
        cutter = LineCutter(cap=64 * 1024)
        async for chunk in self._process.errors():
            for line in cutter.feed(chunk):
                text = f"({line.size} bytes)" if isinstance(line, TooLong) else line.decode("utf-8", "replace")
                self._log.note(text.rstrip("\r"))
            if len(chunk) > _FLOOD_BYTES:
                await anyio.sleep(_FLOOD_PAUSE)


def parse_message(line: bytes) -> types.JSONRPCMessage | None:
    """The message in a line; None when it holds none. Lone surrogates become U+FFFD: UTF-8 cannot hold them."""
    try:
        return types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        if b"\\u" not in line.lower():
            return None
    try:
        return types.jsonrpc_message_adapter.validate_python(_whole(json.loads(line)), by_name=False)
    except (ValueError, RecursionError):
        return None


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in cast("dict[Any, Any]", value).items()}
    return value
