"""Pages of the public web: checked addresses, few redirects, limited size."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from glmdesk.domain.addresses import Address, is_public
from glmdesk.domain.errors import ConnectionFault
from glmdesk.domain.ports import Page
from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import ToolFault
from glmdesk.providers.proxies import proxy_for
from glmdesk.providers.transport import Proxy
from glmdesk.providers.unpack import Unpackable, Unpacker

if TYPE_CHECKING:
    import httpx

Resolve = Callable[[str, int], Awaitable[list[str]]]
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_MOST_ADDRESSES = 4  # of a name that are tried
_BODY = 4 * 1024 * 1024
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name. Raises OSError."""
    found = await in_thread(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), name="glmdesk-resolve")
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a body, seconds of each wait."""

    body: int = _BODY
    seconds: float = 20.0


class WebFetcher:
    """Satisfies `domain.ports.Fetcher`.

    A name is resolved once for each request; every address it has must be public, and the connection goes to the one
    that was checked, so that a second answer of the name server changes nothing. Tests bring `allowed` and `resolver`.
    """

    def __init__(
        self,
        proxy: Proxy,
        *,
        limits: Limits | None = None,
        verify: ssl.SSLContext | None = None,
        allowed: Callable[[Address], bool] = is_public,
        resolver: Resolve = resolve,
    ) -> None:
        self._proxy = proxy
        self._limits = limits or Limits()
        self._verify = verify
        self._allowed = allowed
        self._resolve = resolver

    async def fetch(self, url: str) -> Page:
        """See `domain.ports.Fetcher`."""
        for _ in range(_MOST_REDIRECTS + 1):
            parts = _checked(url)
            page, further = await self._first(parts, await self._addresses(parts))
            if not further:
                return page
            url = urljoin(url, further)
        raise ToolFault("Too many redirects.")

    async def _addresses(self, parts: SplitResult) -> list[Address]:
        host = parts.hostname or ""
        try:
            found = await self._resolve(host, _port(parts))
            addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
        except (OSError, ValueError, UnicodeError):
            raise ToolFault(f"The name {host!r} cannot be resolved.") from None
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise ToolFault(f"{host!r} is not a public address; pages of private networks are not fetched.")
        return addresses

    async def _first(self, parts: SplitResult, addresses: Sequence[Address]) -> tuple[Page, str]:
        """From the first address that answers: the first ones of a name may be of a network that is not there."""
        import httpx

        failed = ""
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                return await self._get(parts, address)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = type(error).__name__
        raise ToolFault(f"{parts.netloc} cannot be read: {failed}.")

    async def _get(self, parts: SplitResult, address: Address) -> tuple[Page, str]:
        import httpx

        target = urlunsplit((parts.scheme, _literal(address, parts), parts.path or "/", parts.query, ""))
        try:
            url = httpx.URL(urlunsplit(parts))  # its names are ASCII, as the wire wants them
            client = self._client(parts)
        except httpx.InvalidURL:
            raise ToolFault("This is not a web address.") from None
        except (ConnectionFault, ImportError, ValueError):
            raise ToolFault("The proxy of the settings cannot be used.") from None
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": "GLM-Desk",
            "Accept": "text/html, text/plain, application/json;q=0.9, */*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        extensions = {"sni_hostname": url.raw_host.decode("ascii")}  # the certificate is the name's, not the address's
        try:
            async with client, client.stream("GET", target, headers=headers, extensions=extensions) as response:
                return await self._read(response, parts)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, Unpackable) as error:
            raise ToolFault(f"{parts.netloc} cannot be read: {type(error).__name__}.") from None

    def _client(self, parts: SplitResult) -> httpx.AsyncClient:
        import httpx
        import truststore

        proxy = proxy_for(urlunsplit(parts), self._proxy.mode, self._proxy.url)
        return httpx.AsyncClient(
            proxy=proxy or None,
            verify=self._verify or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=False,
            follow_redirects=False,
            timeout=self._limits.seconds,
        )

    async def _read(self, response: httpx.Response, parts: SplitResult) -> tuple[Page, str]:
        kind = response.headers.get("content-type", "")
        if response.status_code in _REDIRECTS and (further := response.headers.get("location")):
            return Page(urlunsplit(parts), response.status_code, "", "", b""), further
        body, cut = await self._body(response)
        charset = _CHARSET.search(kind)
        media_type = kind.partition(";")[0].strip().lower()
        page = Page(urlunsplit(parts), response.status_code, media_type, charset[1] if charset else "", body, cut)
        return page, ""

    async def _body(self, response: httpx.Response) -> tuple[bytes, bool]:
        unpacker, body = Unpacker(response.headers.get("content-encoding", "")), bytearray()
        async for raw in response.aiter_raw():
            for piece in unpacker.feed(raw):
                body += piece
                if len(body) > self._limits.body:
                    return bytes(body[: self._limits.body]), True
        return bytes(body), False


def _checked(url: str) -> SplitResult:
    """A URL that may be asked for. Raises ToolFault."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ToolFault("This is not a web address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ToolFault("Only http and https addresses can be fetched.")
    if parts.username is not None or not url.isprintable() or " " in parts.netloc:
        raise ToolFault("Addresses with a user name or odd characters are not fetched.")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _literal(address: Address, parts: SplitResult) -> str:
    host = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
    return f"{host}:{_port(parts)}"
