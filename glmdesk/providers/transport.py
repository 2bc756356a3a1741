"""The one place that speaks HTTP."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glmdesk.domain.settings import ProxyMode
from glmdesk.providers.exchange import Exchange, Head, Source
from glmdesk.providers.faults import classify, fault
from glmdesk.providers.limits import Limits
from glmdesk.providers.proxies import proxy_for
from glmdesk.providers.unpack import Unpackable, Unpacker

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Proxy:
    """The user's choice; `url` only for `CUSTOM`."""

    mode: ProxyMode = ProxyMode.SYSTEM
    url: str = ""


class Transport:
    """Connections of the program, kept open between requests. `close` it; make a new one when the proxy changes.

    Redirects are never followed, so a key never leaves its host. `verify` replaces the operating system's
    certificates in tests.
    """

    def __init__(
        self, proxy: Proxy | None = None, *, limits: Limits | None = None, verify: ssl.SSLContext | None = None
    ) -> None:
        self._proxy = proxy or Proxy()
        self._verify = verify
        self._clients: dict[str, httpx.AsyncClient] = {}
        self.limits = limits or Limits()

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Exchange:
        """A POST whose reply is read inside `async with`; raises ConnectionFault while it is read."""
        return Exchange(self._replies(url, headers, body), self.limits)

    async def close(self) -> None:
        """Close every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def _replies(self, url: str, headers: Mapping[str, str], body: bytes) -> Source:
        import httpx

        proxy = proxy_for(url, self._proxy.mode, self._proxy.url)
        answered = False
        try:
            client = self._client(proxy, url)
            async with client.stream("POST", url, headers=dict(headers), content=body) as response:
                answered = True
                if response.status_code == 407:
                    raise fault("proxy_auth", url, proxy=proxy)
                head = Head(response.status_code, {k.lower(): v for k, v in response.headers.items()})
                yield head
                unpacker = Unpacker(head.headers.get("content-encoding", ""))
                async for raw in response.aiter_raw():
                    for piece in unpacker.feed(raw):
                        yield piece
                unpacker.finish()
        except Unpackable as error:
            raise fault("bad_encoding", url, detail=str(error), answered=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            # Without its cause: the httpx request in it holds the headers.
            raise classify(error, url, proxy=proxy, answered=answered) from None

    def _client(self, proxy: str, url: str) -> httpx.AsyncClient:
        if proxy not in self._clients:
            self._clients[proxy] = self._made(proxy, url)
        return self._clients[proxy]

    def _made(self, proxy: str, url: str) -> httpx.AsyncClient:
        import httpx

        # At DEBUG they write headers, and with them the key.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        limits = self.limits
        try:
            return httpx.AsyncClient(
                proxy=proxy or None,
                verify=self._certificates(),
                trust_env=False,  # proxies are ours to choose, certificates come from the operating system
                follow_redirects=False,
                timeout=httpx.Timeout(connect=limits.connect, read=limits.idle, write=limits.write, pool=limits.pool),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=4, keepalive_expiry=30.0),
            )
        except ImportError:
            raise fault("proxy_socks", url, proxy=proxy) from None
        except (ValueError, httpx.InvalidURL):
            raise fault("proxy_bad", url, proxy=proxy) from None

    def _certificates(self) -> ssl.SSLContext:
        if self._verify is None:
            import truststore

            self._verify = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._verify
