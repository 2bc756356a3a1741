"""What was spent: one entry per request, and the sums over them that the usage page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from glmdesk.domain.prices import Cost
from glmdesk.domain.usage import Timing, Usage


class Purpose(StrEnum):
    """What a request was for."""

    ANSWER = "answer"
    TITLE = "title"
    SUMMARY = "summary"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request that was made. It outlives its conversation: the money is spent.

    `at` is seconds since the epoch. `usage` None: the service named none; `cost` None: unpriced.
    """

    at: float
    endpoint_id: str
    model: str
    purpose: Purpose = Purpose.ANSWER
    message_id: str = ""
    conversation_id: str = ""
    template_id: str = ""
    usage: Usage | None = None
    cost: Cost | None = None
    timing: Timing = Timing()


class Grouping(StrEnum):
    """What a chart has its bars for."""

    DAY = "day"
    MODEL = "model"
    CONVERSATION = "conversation"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over requests.

    `unpriced` counts those with tokens but without a price, `untold` those that had begun to answer (stopped, cut off)
    and whose tokens the service never told: neither is in `yuan`.
    """

    answers: int = 0
    requests: int = 0
    prompt: int = 0
    cached: int = 0
    completion: int = 0
    yuan: float = 0.0
    saved: float = 0.0
    unpriced: int = 0
    untold: int = 0

    @property
    def cached_share(self) -> float | None:
        """0 to 1, of the input tokens; None when there were none."""
        return self.cached / self.prompt if self.prompt else None

    @property
    def tokens(self) -> int:
        return self.prompt + self.completion

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.answers + other.answers,
            self.requests + other.requests,
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.completion + other.completion,
            self.yuan + other.yuan,
            self.saved + other.saved,
            self.unpriced + other.unpriced,
            self.untold + other.untold,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """One bar. `key` is a day (`YYYY-MM-DD`, local), a model id, a conversation id or a template id, '' for none.

    `label` is a conversation's title where it still exists.
    """

    key: str
    sums: Sums
    label: str = ""
    gone: bool = False  # a conversation that was deleted for good


@dataclass(frozen=True, slots=True)
class Spread:
    """The tenth, the half and the ninth tenth of sorted values."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a model answered: tokens per second and seconds to the first token; None = too few values."""

    model: str
    answers: int
    speed: Spread | None
    first: Spread | None


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[float, float]:
        """[from, to) in seconds since the epoch, by this computer's time zone on those days."""
        return midnight(self.first), midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[str]:
        """Every day, `YYYY-MM-DD`."""
        count = (self.last - self.first).days + 1
        return [(self.first + timedelta(days=n)).isoformat() for n in range(count)]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the usage page shows of a period. `only_demo`: nothing but scripted answers."""

    period: Period
    total: Sums
    groups: dict[Grouping, tuple[Group, ...]]
    paces: tuple[Pace, ...]
    only_demo: bool = False


def midnight(day: date) -> float:
    """Seconds since the epoch when a local day begins; where midnight is left out, when the clock goes on."""
    return datetime(day.year, day.month, day.day).timestamp()


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Period(first, following - timedelta(days=1))


def spread_of(values: Sequence[float]) -> Spread | None:
    """The spread of sorted values; None for less than three."""
    if len(values) < 3:
        return None
    at = [values[round(share * (len(values) - 1))] for share in (0.1, 0.5, 0.9)]
    return Spread(*at)
