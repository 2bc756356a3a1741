"""Lines in the question that order a fault, an error, a long answer or a tool call.

`/fault NAME key=value…`, `/error CODE times=2 retry_after=3`, `/long tokens=50000 thought=2000`,
`/tool NAME {"json": 1}` (several lines: parallel calls), `/next` (the tools below it come in the next round),
`/loop NAME {…}` (the same call in every round), `/json bad|fenced|cut|list` (JSON that does not fit its schema, stands
in a fence, breaks off, or has many rows). The header `X-Demo-Fault` holds one such line without its slash.
`times=N` makes a fault or error end after N tries of the same question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE = re.compile(r"^[ \t]*/(fault|error|long|tool|next|loop|json)\b[ \t]*(.*?)[ \t]*$\n?", re.MULTILINE)
_PAIR = re.compile(r"(\w+)=(\S+)")


@dataclass(frozen=True, slots=True)
class Args:
    """The `key=value` pairs of a marker."""

    values: dict[str, str] = field(default_factory=dict[str, str])

    def integer(self, name: str, default: int) -> int:
        return int(self.number(name, default))

    def number(self, name: str, default: float) -> float:
        try:
            return float(self.values.get(name, default))
        except ValueError:
            return default

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)


@dataclass(frozen=True, slots=True)
class Marker:
    """One order; `rest` is the line after the word."""

    kind: str
    rest: str

    @property
    def name(self) -> str:
        return self.rest.split(maxsplit=1)[0] if self.rest else ""

    @property
    def tail(self) -> str:
        """What follows the name."""
        return self.rest[len(self.name) :].strip()

    @property
    def args(self) -> Args:
        return Args(dict(_PAIR.findall(self.rest)))


def take(question: str) -> tuple[tuple[Marker, ...], str]:
    """(the orders of a question, the question without them)."""
    found = tuple(Marker(match[1], match[2]) for match in _LINE.finditer(question))
    return found, _LINE.sub("", question).strip()


def from_header(value: str | None) -> tuple[Marker, ...]:
    """The order in `X-Demo-Fault`; a bare name means a fault."""
    line = (value or "").strip().lstrip("/")
    if not line:
        return ()
    found, _ = take("/" + line)
    return found or (Marker("fault", line),)
