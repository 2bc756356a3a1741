"""Which proxy a request goes through."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from glmdesk.domain.settings import ProxyMode
from glmdesk.providers.faults import fault, host_of

_SCHEMES = ("http", "https", "socks5", "socks5h")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def proxy_for(url: str, mode: ProxyMode, custom: str) -> str:
    """The proxy's URL, '' for none. This machine is never reached through one. Raises ConnectionFault."""
    parts = _split(url)
    host = parts.hostname or ""
    if mode is ProxyMode.NONE or host in _LOOPBACK:
        return ""
    if mode is ProxyMode.CUSTOM:
        return _checked(custom.strip(), url)
    known = getproxies()
    proxy = known.get(parts.scheme) or known.get("all") or ""
    return _checked(proxy, url) if proxy and not proxy_bypass(host_of(url)) else ""


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable, parts = None, urlsplit("")
    if not usable:
        raise fault("bad_address", url if url.isprintable() and "[" not in url else "")
    return parts


def _checked(proxy: str, url: str) -> str:
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0
    except ValueError:
        raise fault("proxy_bad", url) from None
    if not usable:
        raise fault("proxy_bad", url, proxy=proxy)
    return proxy
