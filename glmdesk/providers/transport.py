"""The one HTTP client: time limits, proxy, the system's certificates, caps; nothing follows a redirect with the key."""

from __future__ import annotations

import asyncio
import ssl
import urllib.request
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from glmdesk.domain.errors import Action, ConnectionFault, ErrorInfo
from glmdesk.domain.settings import ProxyMode
from glmdesk.providers.faults import connection_fault

MAX_BODY = 32 * 1024 * 1024  # decoded bytes of a body that is read whole


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. `idle` ends a stream in which nothing comes; models think for minutes (glm-api.md §4.3.3)."""

    connect: float = 10.0
    write: float = 30.0
    pool: float = 10.0
    idle: float = 300.0


@dataclass(frozen=True, slots=True)
class Proxy:
    """The user's choice; `url` only for `CUSTOM`."""

    mode: ProxyMode = ProxyMode.SYSTEM
    url: str = ""


class Transport:
    """Made once and kept for its connections; `close` it when the proxy changes or the program ends.

    Loopback addresses never go through a proxy.
    """

    def __init__(
        self, proxy: Proxy | None = None, *, limits: Limits | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self._proxy = proxy or Proxy()
        self._limits = limits or Limits()
        self._context = context
        self._clients: dict[bool, httpx.AsyncClient] = {}

    @asynccontextmanager
    async def post(
        self, url: str, *, headers: Mapping[str, str], json: Mapping[str, Any]
    ) -> AsyncGenerator[httpx.Response, None]:
        """Send and hand out the response with its body still to be read. Raises ConnectionFault."""
        host = urlsplit(url).netloc
        proxy = self._proxy_for(url)
        try:
            async with self._client(url).stream("POST", url, headers=dict(headers), json=json) as response:
                yield response
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise connection_fault(error, host=host, proxy=proxy) from error

    async def close(self) -> None:
        """Close all connections."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    def _client(self, url: str) -> httpx.AsyncClient:
        direct = _is_loopback(url)
        if direct not in self._clients:
            self._clients[direct] = self._make(direct=direct)
        return self._clients[direct]

    def _make(self, *, direct: bool) -> httpx.AsyncClient:
        mode = ProxyMode.NONE if direct else self._proxy.mode
        limits = self._limits
        try:
            return httpx.AsyncClient(
                timeout=httpx.Timeout(limits.idle, connect=limits.connect, write=limits.write, pool=limits.pool),
                verify=self._context or _system_certificates(),
                proxy=self._proxy.url if mode is ProxyMode.CUSTOM else None,
                trust_env=mode is ProxyMode.SYSTEM,
                follow_redirects=False,
                headers={"User-Agent": "GLM-Desk"},
            )
        except ImportError as error:  # a SOCKS proxy needs a package that is not part of the program
            raise _proxy_fault("proxy_socks", self._proxy.url) from error
        except (ValueError, httpx.InvalidURL) as error:
            raise _proxy_fault("proxy_bad", self._proxy.url) from error

    def _proxy_for(self, url: str) -> str:
        """host:port of the proxy in use, for the sentence; never its user name or password."""
        if _is_loopback(url) or self._proxy.mode is ProxyMode.NONE:
            return ""
        if self._proxy.mode is ProxyMode.CUSTOM:
            return _host_of(self._proxy.url)
        return _host_of(urllib.request.getproxies().get(urlsplit(url).scheme, ""))


def decoded_chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body as it comes, unpacked; close it when reading ends early."""
    return cast(AsyncGenerator[bytes, None], response.aiter_bytes())


async def read_body(response: httpx.Response, *, limit: int = MAX_BODY) -> bytes:
    """The decoded body, at most `limit` bytes: a small body may unpack to a very large one."""
    body = bytearray()
    async with aclosing(decoded_chunks(response)) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                raise ConnectionFault(ErrorInfo("too_big", {"host": response.url.host}, action=Action.RETRY))
            await asyncio.sleep(0)
    return bytes(body)


def _system_certificates() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _is_loopback(url: str) -> bool:
    host = (urlsplit(url).hostname or "").lower()
    return host in ("localhost", "::1") or host.startswith("127.")


def _host_of(url: str) -> str:
    parts = urlsplit(url if "//" in url else f"//{url}")
    return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"


def _proxy_fault(kind: str, url: str) -> ConnectionFault:
    return ConnectionFault(ErrorInfo(kind, {"proxy": _host_of(url)}, action=Action.OPEN_NETWORK))
