"""Which addresses a server may have, and where it may send this program."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from glmdesk.domain.addresses import Zone, zone_of


def is_loopback(url: str) -> bool:
    """True when the address is this computer."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(url: str) -> bool:
    """https, or plain http to this computer (faults.md §3)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))


async def may_reach(url: str, server: str) -> bool:
    """Whether `server` may send this program to `url`: to its own origin, else over https or to this computer, and only
    into the open internet or the kind of network that it is in itself (faults.md §3).
    """
    if _origin(url) == _origin(server):
        return True
    if not is_safe(url):
        return False
    allowed = {Zone.PUBLIC, *await _zones(server)} - {Zone.NOWHERE}
    return await _zones(url) <= allowed


async def _zones(url: str) -> set[Zone]:
    """Where a name leads; nowhere known is nothing: behind a proxy names may not be known here."""
    host = urlsplit(url).hostname or ""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {zone_of(ipaddress.ip_address(str(entry[4][0]).partition("%")[0])) for entry in found}


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
