"""The HTTP client of a server: capped answers, no plain http beyond this computer, the user's proxy."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client

from glmdesk.domain.servers import ServerTransport
from glmdesk.domain.settings import ProxyMode
from glmdesk.tools.mcp.addresses import is_loopback, may_reach
from glmdesk.tools.mcp.faults import fault
from glmdesk.tools.mcp.lines import MOST_BYTES

_CONNECT_SECONDS = 15.0
_READ_SECONDS = 300.0  # between two events of an open stream


class AnswerTooLong(httpx2.TransportError):
    """A body over the cap."""


class _CappedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MOST_BYTES:
                raise AnswerTooLong("the answer is longer than 4 MB")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class HttpWay:
    """How one server is reached. `unauthorised` is set once it has answered 401; `status` is its last refusal."""

    def __init__(self, url: str, headers: Mapping[str, str], *, proxy: tuple[ProxyMode, str]) -> None:
        self.url = url
        self._headers = dict(headers)
        self._proxy = proxy
        self.unauthorised = False
        self.status = 0

    @property
    def session_gone(self) -> bool:
        """The server has forgotten us: restarted, or we slept too long. The protocol says 404, some say 400."""
        return self.unauthorised or self.status in (400, 404)

    async def _check(self, request: httpx2.Request) -> None:
        """The words of a server name other addresses: of its login, of its metadata, of a redirect."""
        if not await may_reach(str(request.url), self.url):
            raise fault("astray", address=f"{request.url.scheme}://{request.url.netloc.decode('ascii', 'replace')}")

    async def _look_at(self, response: httpx2.Response) -> None:
        if str(response.request.url).partition("?")[0] == self.url.partition("?")[0]:
            self.unauthorised = response.status_code == 401
            self.status = response.status_code if response.status_code >= 400 else 0
        is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
        if not is_stream and isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _CappedStream(response.stream)

    def client(
        self,
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
    ) -> httpx2.AsyncClient:
        """The signature is the SDK's `McpHttpClientFactory`."""
        mode, address = self._proxy
        direct = mode is ProxyMode.NONE or is_loopback(self.url)
        return httpx2.AsyncClient(
            headers={**(headers or {}), **self._headers},
            timeout=timeout or httpx2.Timeout(_CONNECT_SECONDS, read=_READ_SECONDS),
            auth=auth,
            trust_env=not direct and mode is ProxyMode.SYSTEM,
            proxy=address if mode is ProxyMode.CUSTOM and not direct else None,
            event_hooks={"request": [self._check], "response": [self._look_at]},
        )


@asynccontextmanager
async def http_streams(
    way: HttpWay, kind: ServerTransport, auth: httpx2.Auth | None
) -> AsyncGenerator[TransportStreams, None]:
    """The two streams of a session over HTTP."""
    if kind is ServerTransport.SSE:
        async with sse_client(way.url, httpx_client_factory=way.client, auth=auth) as streams:
            yield streams
        return
    async with (
        way.client(auth=auth) as client,
        streamable_http_client(way.url, http_client=client, max_sse_event_size=MOST_BYTES) as streams,
    ):
        yield streams
