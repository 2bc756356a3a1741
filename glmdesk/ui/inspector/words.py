"""An exchange in words: heads, bodies, times and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.exchange import Attempt, Exchange
from glmdesk.domain.message import Message, Status
from glmdesk.services.inspecting import pretty
from glmdesk.ui.i18n import data_size, error_texts, tr

Fact = tuple[str, str]
_SHORTEST = 0.0005  # seconds of a stage that is shown
_UNKNOWN = {"reset": "", "proxy": "", "version": ""}


@dataclass(frozen=True, slots=True)
class Try:
    """One try of one exchange; numbers from 1. `stopped`: the user ended it."""

    exchange: Exchange
    attempt: Attempt
    round: int
    number: int
    model: str = ""
    stopped: bool = False

    @property
    def outcome(self) -> str:
        """The status and, in words, what went wrong."""
        attempt, status = self.attempt, str(self.attempt.status) if self.attempt.status else tr("inspector.no_reply")
        if attempt.error:
            return tr("inspector.outcome", status=status, why=error_texts(self._error())[0])
        return tr("inspector.outcome", status=status, why=tr("inspector.stopped")) if self.stopped else status

    def _error(self) -> ErrorInfo:
        """As much of it as was taken down; the rest of its words stays empty."""
        url, status = self.exchange.url, str(self.attempt.status)
        host = urlsplit(url).netloc
        return ErrorInfo(
            self.attempt.error, {"model": self.model, "url": url, "host": host, "status": status, **_UNKNOWN}
        )

    @property
    def name(self) -> str:
        """For the list of tries."""
        status = str(self.attempt.status) if self.attempt.status else tr("inspector.no_reply")
        key = "inspector.try" if len(self.exchange.attempts) > 1 else "inspector.round"
        return tr(key, round=self.round, number=self.number, status=status, time=seconds(_length(self.attempt)))


def tries_of(exchanges: list[Exchange], message: Message) -> list[Try]:
    """All tries of a message in order."""
    tries = [
        Try(exchange, attempt, place, number, message.model)
        for place, exchange in enumerate(exchanges, 1)
        for number, attempt in enumerate(exchange.attempts, 1)
    ]
    if tries and message.status is Status.STOPPED:
        tries[-1] = replace(tries[-1], stopped=True)
    return tries


def seconds(value: float | None) -> str:
    """0.042 s, 1.8 s; '–' for what did not happen."""
    if value is None:
        return "–"
    return tr("transcript.details.seconds", seconds=f"{value:.3f}" if value < 1 else f"{value:.1f}")


def request_text(exchange: Exchange) -> str:
    """The request as it was sent, its JSON indented."""
    lines = [f"{exchange.method} {exchange.url}", *_headers(exchange.headers)]
    return "\n".join([*lines, "", pretty(exchange.body)])


def reply_text(attempt: Attempt) -> str:
    """The reply as it came."""
    if not attempt.status:
        return ""
    lines = [f"HTTP {attempt.status}", *_headers(attempt.headers), "", pretty(attempt.body)]
    return "\n".join([*lines, "…"] if attempt.cut else lines)


def _headers(headers: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


def stages(attempt: Attempt) -> list[tuple[str, float]]:
    """(text id, seconds) of the parts of a try, in order; they add up to its whole time."""
    marks = [
        ("inspector.stage.connect", attempt.connected),
        ("inspector.stage.wait", attempt.first_byte if attempt.first_byte is not None else attempt.head),
        ("inspector.stage.token", attempt.first_token),
        ("inspector.stage.output", attempt.ended),
    ]
    at, found = attempt.sent, list[tuple[str, float]]()
    for text_id, mark in marks:
        if mark is not None and mark >= at:
            found.append((text_id, mark - at))
            at = mark
    return [stage for stage in found if stage[1] >= _SHORTEST]


def facts(one: Try) -> list[Fact]:
    """Everything but the bodies, as (name, value)."""
    exchange, attempt = one.exchange, one.attempt
    made: list[Fact] = [
        (tr("inspector.fact.address"), f"{exchange.method} {exchange.url}"),
        (tr("inspector.fact.at"), _clock(exchange.at + attempt.sent)),
        (tr("inspector.fact.status"), one.outcome),
    ]
    connected = None if attempt.connected is None else attempt.connected - attempt.sent
    reused = connected is None and attempt.status > 0
    made.append((tr("inspector.fact.connect"), tr("inspector.reused") if reused else seconds(connected)))
    for name, mark in (("head", attempt.head), ("byte", attempt.first_byte), ("token", attempt.first_token)):
        made.append((tr(f"inspector.fact.{name}"), seconds(None if mark is None else mark - attempt.sent)))
    made.append((tr("inspector.fact.end"), seconds(_length(attempt))))
    made.append((tr("inspector.fact.tries"), str(len(exchange.attempts))))
    made.append((tr("inspector.fact.sent"), data_size(exchange.sent_size)))
    kept = tr("inspector.cut", size=data_size(len(attempt.body.encode()))) if attempt.cut else ""
    made.append((tr("inspector.fact.received"), data_size(attempt.size) + kept))
    return made


def _length(attempt: Attempt) -> float | None:
    return None if attempt.ended is None else attempt.ended - attempt.sent


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S")
