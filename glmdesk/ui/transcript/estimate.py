"""How high a row will be, before anything of it is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from glmdesk.domain.message import Message, Role
from glmdesk.ui.transcript.context import Context

_USER, _ANSWER = "row-user", "row-answer"  # what the calibration calls them


class Bulk(NamedTuple):
    """How much room a text wants at any width. `columns`: wide characters count twice; `breaks`: ends of lines."""

    columns: float
    breaks: int

    @classmethod
    def of(cls, text: str) -> Bulk:
        return cls(len(text) + (len(text.encode("utf-8", "replace")) - len(text)) / 2, text.count("\n"))

    def lines(self, per_line: float) -> float:
        """About how many lines of `per_line` columns it fills."""
        return self.columns / max(1.0, per_line) + 0.6 * self.breaks + 0.5


def estimate_lines(text: str, per_line: float) -> float:
    """About how many lines a text fills."""
    return Bulk.of(text).lines(per_line)


class RowBulk(NamedTuple):
    """What the height of a row depends on beside the width: counted once, not at every width."""

    user: bool
    thought: bool
    words: Bulk

    @classmethod
    def of(cls, message: Message) -> RowBulk:
        return cls(message.role is Role.USER, bool(message.reasoning), Bulk.of(message.text))


@dataclass(slots=True)
class _Sizes:
    per_line: float
    line: float
    extra: float
    thought: float


class Estimate:
    """Guesses at the width, the style and the calibration of now; pixels."""

    def __init__(self, context: Context) -> None:
        style = context.style
        thought = style.px(58)
        columns = context.width / style.char
        self._user = _Sizes(0.75 * columns, style.line, style.px(52), thought)
        self._answer = _Sizes(columns, 1.15 * style.line, style.px(58), thought)
        self._factors = context.calibration.factor(_USER), context.calibration.factor(_ANSWER)

    def raw(self, bulk: RowBulk) -> float:
        """As it is before the calibration."""
        sizes = self._user if bulk.user else self._answer
        return bulk.words.lines(sizes.per_line) * sizes.line + sizes.extra + (sizes.thought if bulk.thought else 0)

    def height(self, bulk: RowBulk) -> int:
        of_user, of_answer = self._factors
        return max(1, round(self.raw(bulk) * (of_user if bulk.user else of_answer)))


def learn(context: Context, bulk: RowBulk, measured: int) -> None:
    """Tell the calibration how high a row really is."""
    context.calibration.learn(_USER if bulk.user else _ANSWER, Estimate(context).raw(bulk), measured)
