"""One request and its replies as they went over the wire, with the key hidden, and when everything happened."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import quote

KEPT_BODY = 1024 * 1024  # bytes of one reply that are kept
HIDDEN = "•••"
_TELLING = 4  # characters of a key that are hidden at a cut
_SECRET_HEADERS = frozenset({"authorization", "set-cookie", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. All times are seconds since the exchange began; None where it did not happen.

    `connected` is None too when an open connection was used again. `status` 0: no reply came. `size` counts the bytes
    that came, `body` holds at most `KEPT_BODY` of them. `error` is the kind of an ErrorInfo, '' when there was none.
    """

    sent: float = 0.0
    connected: float | None = None
    head: float | None = None
    first_byte: float | None = None
    first_token: float | None = None
    ended: float | None = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str = ""
    size: int = 0
    error: str = ""

    @property
    def cut(self) -> bool:
        """True when more came than was kept."""
        return self.size > KEPT_BODY


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and what came back, try by try. `body` is JSON as sent; `at` seconds since the epoch."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    at: float
    attempts: tuple[Attempt, ...] = ()

    @property
    def sent_size(self) -> int:
        """Bytes of the request's body."""
        return len(self.body.encode())


@dataclass(slots=True)
class _Try:
    sent: float
    connected: float | None = None
    head: float | None = None
    first_byte: float | None = None
    first_token: float | None = None
    ended: float | None = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytearray = field(default_factory=bytearray)
    size: int = 0
    error: str = ""

    def attempt(self, secret: str) -> Attempt:
        body = _without_end_of(secret, _hidden(self.body.decode("utf-8", "replace"), secret))
        headers = {name: _hidden(value, secret) for name, value in _shown(self.headers).items()}
        return Attempt(
            self.sent,
            self.connected,
            self.head,
            self.first_byte,
            self.first_token,
            self.ended,
            self.status,
            headers,
            body,
            self.size,
            self.error,
        )


class Recorder:
    """Takes down one exchange while it happens; cheap enough to always run. `clock` gives monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float] = monotonic, wall: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._began = clock()
        self._at = wall()
        self._request: tuple[str, str, Mapping[str, str], str] | None = None
        self._tries: list[_Try] = []

    def sending(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> None:
        """A try begins; `url` and `headers` without secrets."""
        self._request = (method, url, headers, body.decode("utf-8", "replace"))
        self._tries.append(_Try(self._now()))

    def leaving(self, headers: Mapping[str, str]) -> None:
        """The request goes out now, with all its `headers`: what it took to get ready is not the network's time."""
        if self._request is not None:
            method, url, _, body = self._request
            self._request = (method, url, _shown(headers), body)
            self._tries[-1].sent = self._now()

    def connected(self) -> None:
        """A connection was made for this try; of several steps the last one counts."""
        if self._tries:
            self._tries[-1].connected = self._now()

    def replied(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of the reply has come."""
        if self._tries:
            last = self._tries[-1]
            last.head, last.status, last.headers = self._now(), status, dict(headers)

    def received(self, piece: bytes) -> None:
        """Bytes of the reply's body, unpacked."""
        last = self._tries[-1]
        if last.first_byte is None:
            last.first_byte = self._now()
        if last.size < KEPT_BODY:
            last.body += piece[: KEPT_BODY - last.size]
        last.size += len(piece)

    def spoke(self) -> None:
        """The first token of the answer was read."""
        if self._tries and self._tries[-1].first_token is None:
            self._tries[-1].first_token = self._now()

    def ended(self, error: str = "") -> None:
        """The try is over, by its end, an error or Stop."""
        if self._tries and self._tries[-1].ended is None:
            self._tries[-1].ended = self._now()
            self._tries[-1].error = error

    def exchange(self, secret: str = "") -> Exchange | None:
        """All of it, without `secret` anywhere; None when nothing was sent."""
        if self._request is None:
            return None
        method, url, headers, body = self._request
        attempts = tuple(attempt.attempt(secret) for attempt in self._tries)
        shown = {name: _hidden(value, secret) for name, value in _shown(headers).items()}
        return Exchange(method, _hidden(url, secret), shown, _hidden(body, secret), self._at, attempts)

    def _now(self) -> float:
        return round(self._clock() - self._began, 4)


def _hidden(text: str, secret: str) -> str:
    """Without the secret, plain or as JSON or an address would write it."""
    for form in _forms(secret):
        text = text.replace(form, HIDDEN)
    return text


def _forms(secret: str) -> set[str]:
    if not secret:
        return set()
    as_json = json.dumps(secret)[1:-1]
    return {secret, as_json, as_json.replace("/", "\\/"), quote(secret), quote(secret, safe="")}


def _without_end_of(secret: str, text: str) -> str:
    """A reply that was cut may end in the first part of the secret."""
    for count in range(min(len(secret), len(text)), _TELLING - 1, -1):
        if text.endswith(secret[:count]):
            return text[:-count] + HIDDEN
    return text


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: _header(name, value) for name, value in headers.items()}


def _header(name: str, value: str) -> str:
    if name.lower() not in _SECRET_HEADERS:
        return value
    return f"Bearer {HIDDEN}" if value.startswith("Bearer ") else HIDDEN
