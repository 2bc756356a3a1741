"""Connection faults: what httpx and the sockets report, as kinds the user is told."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

from glmdesk.domain.errors import Action, ConnectionFault, ErrorInfo, Retry

# X509_V_ERR_* of OpenSSL.
_UNTRUSTED, _EXPIRED, _WRONG_HOST = (18, 19, 20, 21), (9, 10), (62, 64)
_ACTIONS = {
    "bad_address": Action.OPEN_ENDPOINTS,
    "bad_protocol": Action.OPEN_ENDPOINTS,
    "dns": Action.OPEN_NETWORK,
    "proxy_auth": Action.OPEN_NETWORK,
    "proxy_bad": Action.OPEN_NETWORK,
    "proxy_refused": Action.OPEN_NETWORK,
    "proxy_socks": Action.OPEN_NETWORK,
    "tls": Action.OPEN_ENDPOINTS,
    "tls_expired": Action.OPEN_ENDPOINTS,
    "tls_host": Action.OPEN_ENDPOINTS,
    "tls_plain": Action.OPEN_ENDPOINTS,
    "tls_self_signed": Action.OPEN_ENDPOINTS,
}
# A wrong certificate, a bad address or a silent server will be the same a second later.
_HEALING = frozenset({"dns", "refused", "unreachable", "connect_timeout", "connection_lost", "hung_up"})
# Before the headers there are no words that could be kept.
_BEFORE_ANSWER = {"connection_lost": "hung_up", "idle_timeout": "silent"}


def host_of(url: str) -> str:
    """host[:port] without user and password, for sentences."""
    return urlsplit(url).netloc.rpartition("@")[2]


def fault(kind: str, url: str, *, proxy: str = "", detail: str = "", answered: bool = False) -> ConnectionFault:
    """The fault `kind`; `{host}` and `{proxy}` are there for its texts."""
    action = _ACTIONS.get(kind, Action.CONTINUE if answered else Action.RETRY)
    retry = Retry.SHORT if kind in _HEALING else Retry.NEVER
    args = {"host": host_of(url), "proxy": host_of(proxy)}
    return ConnectionFault(ErrorInfo(kind, args, action=action, retry=retry, detail=detail))


def classify(error: Exception, url: str, *, proxy: str = "", answered: bool = False) -> ConnectionFault:
    """The fault behind an httpx exception. `answered` says that the headers had come."""
    kind = _kind(error, through_proxy=bool(proxy), answered=answered)
    return fault(kind if answered else _BEFORE_ANSWER.get(kind, kind), url, proxy=proxy, answered=answered)


def _kind(error: Exception, *, through_proxy: bool, answered: bool) -> str:
    import httpx

    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return "proxy_refused" if through_proxy else "connect_timeout"
        case httpx.ProxyError():
            return "proxy_auth" if str(error).startswith("407") else "proxy_refused"
        case httpx.ConnectError():
            kind = _connect_kind(error)
            return "proxy_refused" if through_proxy and not kind.startswith("tls") else kind
        case httpx.ReadTimeout():
            return "idle_timeout"
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return "bad_address"
        case httpx.RemoteProtocolError():
            # A peer that closes speaks HTTP; one that answers something else does not.
            return "connection_lost" if answered or "disconnected" in str(error) else "bad_protocol"
        case _:
            return "connection_lost"


def _connect_kind(error: Exception) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_kind(cause.verify_code)
        if isinstance(cause, ssl.SSLError):
            return "tls_plain" if cause.reason in _NOT_TLS else "tls"
        if isinstance(cause, socket.gaierror):
            return "dns"
        if isinstance(cause, ConnectionRefusedError):
            return "refused"
        if isinstance(cause, ConnectionResetError) or getattr(cause, "errno", None) == errno.EPIPE:
            return "connection_lost"
    return "unreachable"


def _certificate_kind(code: int) -> str:
    if code in _EXPIRED:
        return "tls_expired"
    if code in _WRONG_HOST:
        return "tls_host"
    return "tls_self_signed" if code in _UNTRUSTED else "tls"


_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")


def _causes(error: BaseException, seen: frozenset[int] = frozenset()) -> Iterator[BaseException]:
    if id(error) in seen:
        return
    yield error
    seen |= {id(error)}
    # A connect tries several addresses and reports them as a group.
    inner: tuple[BaseException, ...] = ()
    if isinstance(error, BaseExceptionGroup):
        inner = cast("BaseExceptionGroup[BaseException]", error).exceptions
    for cause in (*inner, error.__cause__, error.__context__):
        if cause is not None:
            yield from _causes(cause, seen)
