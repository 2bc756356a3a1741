"""How much room words will take, before anything of them is laid out."""

from __future__ import annotations

from typing import NamedTuple

from glmdesk.domain.message import Message, Role
from glmdesk.ui.transcript.context import Context

_BREAK, _REST = 0.6, 0.5  # lines that an end of a line, and the end of a text, leave empty on average


def estimate_lines(text: str, per_line: float) -> float:
    """About how many lines of `per_line` columns a text fills."""
    return _columns(text) / max(1.0, per_line) + _BREAK * text.count("\n") + _REST


def _columns(text: str) -> float:
    """Wide characters count twice."""
    return len(text) + (len(text.encode("utf-8", "replace")) - len(text)) / 2


class RowBulk(NamedTuple):
    """What the height of a row depends on beside the width: counted once, not at every width."""

    user: bool
    thought: bool
    columns: float
    breaks: int

    @classmethod
    def of(cls, message: Message) -> RowBulk:
        text = message.text
        return cls(message.role is Role.USER, bool(message.reasoning), _columns(text), text.count("\n"))

    @property
    def kind(self) -> str:
        """What the calibration calls such rows."""
        return "row-user" if self.user else "row-answer"


class _Pixels(NamedTuple):
    """How much each of it adds to the height of a row."""

    column: float
    line_break: float
    thought: float
    frame: float

    @classmethod
    def of(cls, context: Context, *, user: bool, factor: float = 1.0) -> _Pixels:
        style = context.style
        line = factor * style.line * (1.0 if user else 1.15)
        per_line = max(1.0, context.width / style.char * (0.75 if user else 1.0))
        around = factor * style.px(52 if user else 58)
        return cls(line / per_line, _BREAK * line, factor * style.px(58), _REST * line + around)

    def height(self, bulk: RowBulk) -> float:
        _, thought, columns, breaks = bulk
        column, line_break, of_thought, frame = self
        return columns * column + breaks * line_break + (of_thought if thought else 0) + frame


class Estimate:
    """Heights of rows at the width, the style and the calibration of now."""

    def __init__(self, context: Context) -> None:
        factor = context.calibration.factor
        self._user = _Pixels.of(context, user=True, factor=factor("row-user"))
        self._answer = _Pixels.of(context, user=False, factor=factor("row-answer"))

    def height(self, bulk: RowBulk) -> int:
        """Pixels. Thousands are asked for at every new width."""
        return int((self._user if bulk.user else self._answer).height(bulk)) or 1


def learn(context: Context, bulk: RowBulk, measured: int) -> None:
    """Tell the calibration how high a row really is."""
    context.calibration.learn(bulk.kind, _Pixels.of(context, user=bulk.user).height(bulk), measured)
