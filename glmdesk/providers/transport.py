"""The one place that speaks HTTP."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING

from glmdesk.domain.exchange import Recorder
from glmdesk.domain.ports import Trace
from glmdesk.domain.settings import ProxyMode
from glmdesk.providers.clients import Clients, socket_options
from glmdesk.providers.faults import classify, fault
from glmdesk.providers.limits import Limits
from glmdesk.providers.proxies import proxy_for
from glmdesk.providers.unpack import Unpackable, Unpacker

if TYPE_CHECKING:
    import httpx

_PROXY_LOGIN = 407
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The user's choice; `url` only for `CUSTOM`."""

    mode: ProxyMode = ProxyMode.SYSTEM
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply whose head has come. Header names are in lower case; `body` gives the unpacked bytes."""

    status: int
    headers: Mapping[str, str]
    body: AsyncGenerator[bytes, None]


class Transport:
    """Connections of the program, kept open between requests. `close` it; make a new one when the proxy changes.

    Redirects are never followed, so a key never leaves its host. `verify` replaces the operating system's
    certificates in tests.
    """

    def __init__(
        self,
        proxy: Proxy | None = None,
        *,
        limits: Limits | None = None,
        verify: ssl.SSLContext | None = None,
        trace: Trace | None = None,
    ) -> None:
        self._proxy = proxy or Proxy()
        self._verify = verify
        self._clients = Clients(self._made)
        self._trace = trace
        self.limits = limits or Limits()

    @asynccontextmanager
    async def post(
        self, url: str, *, headers: Mapping[str, str], body: bytes, record: Recorder | None = None
    ) -> AsyncGenerator[Reply, None]:
        """A POST whose reply is read inside `async with`; raises ConnectionFault, also while it is read."""
        proxy = proxy_for(url, self._proxy.mode, self._proxy.url)
        async with self._clients.lend(proxy) as client:
            with _told(url, proxy):
                number = self._tell_request()
                steps = {"trace": _steps(record)} if record is not None else {}
                request = client.build_request("POST", url, headers=dict(headers), content=body, extensions=steps)
                if record is not None:
                    record.leaving({name.decode(): value.decode("latin-1") for name, value in request.headers.raw})
                response = await client.send(request, stream=True)
            try:
                if response.status_code == _PROXY_LOGIN:
                    raise fault("proxy_auth", url, proxy=proxy)
                pieces = _unpacked(response, url, proxy)
                if self._trace is not None:
                    pieces = _traced(pieces, self._trace, number)
                received = {k.lower(): v for k, v in response.headers.items()}
                if record is not None:
                    record.replied(response.status_code, received)
                    pieces = _recorded(pieces, record)
                async with aclosing(pieces) as unpacked:
                    yield Reply(response.status_code, received, unpacked)
            finally:
                await response.aclose()

    def _tell_request(self) -> int:
        """The number of a request in the trace; 0 when there is none."""
        if self._trace is None:
            return 0
        number = next(_numbers)
        self._trace.event("request", request=number)
        return number

    async def close(self) -> None:
        """Close every connection."""
        await self._clients.close()

    def _made(self, proxy: str) -> httpx.AsyncClient:
        import httpx

        # At DEBUG they write headers, and with them the key.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        limits = self.limits
        try:
            transport = httpx.AsyncHTTPTransport(
                proxy=proxy or None,
                verify=self._certificates(),
                trust_env=False,  # proxies are ours to choose, certificates come from the operating system
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=4, keepalive_expiry=30.0),
                socket_options=socket_options(),
            )
        except ImportError:
            raise fault("proxy_socks", "", proxy=proxy) from None
        except (ValueError, httpx.InvalidURL):
            raise fault("proxy_bad", "", proxy=proxy) from None
        timeout = httpx.Timeout(connect=limits.connect, read=limits.idle, write=limits.write, pool=limits.pool)
        return httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, timeout=timeout)

    def _certificates(self) -> ssl.SSLContext:
        if self._verify is None:
            import truststore

            self._verify = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._verify


@contextmanager
def _told(url: str, proxy: str, *, answered: bool = False) -> Generator[None]:
    """Errors of the network, raised as ConnectionFault without their cause: its request holds the headers."""
    import httpx

    try:
        yield
    except Unpackable as error:
        raise fault("bad_encoding", url, detail=str(error), answered=answered) from None
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise classify(error, url, proxy=proxy, answered=answered) from None


async def _unpacked(response: httpx.Response, url: str, proxy: str) -> AsyncGenerator[bytes, None]:
    with _told(url, proxy, answered=True):
        unpacker = Unpacker(response.headers.get("content-encoding", ""))
        async for raw in response.aiter_raw():
            for piece in unpacker.feed(raw):
                yield piece
        unpacker.finish()


def _steps(record: Recorder) -> Callable[[str, Mapping[str, object]], Awaitable[None]]:
    """What httpcore calls at each step of a request: a connection counts when its last layer stands."""

    async def step(name: str, info: Mapping[str, object]) -> None:
        del info  # it holds the headers
        if name.endswith((".connect_tcp.complete", ".start_tls.complete")):
            record.connected()

    return step


async def _recorded(body: AsyncGenerator[bytes, None], record: Recorder) -> AsyncGenerator[bytes, None]:
    async with aclosing(body) as pieces:
        async for piece in pieces:
            record.received(piece)
            yield piece


async def _traced(body: AsyncGenerator[bytes, None], trace: Trace, number: int) -> AsyncGenerator[bytes, None]:
    last = 0.0
    try:
        async with aclosing(body) as pieces:
            async for piece in pieces:
                if not last:
                    trace.event("first_byte", request=number)
                last = monotonic()
                yield piece
    finally:
        if last:  # told when the reader is done with it, at the time at which it came
            trace.event("last_byte", at=last, request=number)
