"""What httpx raises, turned into faults that name their cause."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from glmdesk.domain.errors import Action, ConnectionFault, ErrorInfo, Retry

# OpenSSL's verification results.
_SELF_SIGNED, _EXPIRED, _WRONG_HOST = (18, 19), (10,), (62, 64)


def connection_fault(error: Exception, *, host: str, proxy: str = "") -> ConnectionFault:
    """The fault for an exception of httpx. `host` is the server's, `proxy` the proxy's when one is in use."""
    kind, action, retry = _classify(error, proxy)
    return ConnectionFault(ErrorInfo(kind, {"host": host, "proxy": proxy}, action=action, retry=retry))


def _classify(error: Exception, proxy: str) -> tuple[str, Action, Retry]:
    if isinstance(error, httpx.ProxyError):
        # httpx has no field for the proxy's status; its message begins with it.
        kind = "proxy_auth" if str(error).startswith("407") else "proxy_refused"
        return kind, Action.OPEN_NETWORK, Retry.NEVER
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return "connect_timeout", Action.RETRY, Retry.SHORT
    if isinstance(error, httpx.ReadTimeout):
        return "idle_timeout", Action.CONTINUE, Retry.NEVER
    if isinstance(error, httpx.ConnectError):
        return _connect(error, proxy)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return "bad_address", Action.OPEN_ENDPOINTS, Retry.NEVER
    if isinstance(error, httpx.DecodingError):
        return "bad_encoding", Action.CONTINUE, Retry.NEVER
    return "connection_lost", Action.CONTINUE, Retry.SHORT


def _connect(error: Exception, proxy: str) -> tuple[str, Action, Retry]:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _tls(cause), Action.OPEN_ENDPOINTS, Retry.NEVER
        if isinstance(cause, socket.gaierror):
            return ("proxy_refused" if proxy else "dns"), Action.OPEN_NETWORK, Retry.NEVER
        if isinstance(cause, ConnectionRefusedError):
            return ("proxy_refused" if proxy else "refused"), Action.RETRY, Retry.NEVER
    return "unreachable", Action.RETRY, Retry.SHORT


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, what it came from, and the members of groups (a connect tries several addresses)."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        at = waiting.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        yield at
        if isinstance(at, BaseExceptionGroup):
            waiting += at.exceptions  # pyright: ignore[reportUnknownMemberType]
        waiting += [e for e in (at.__cause__, at.__context__) if e is not None]


def _tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        code = error.verify_code
        if code in _EXPIRED:
            return "tls_expired"
        if code in _WRONG_HOST:
            return "tls_host"
        return "tls_self_signed" if code in (*_SELF_SIGNED, 20, 21) else "tls"
    return "tls_plain" if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE") else "tls"
