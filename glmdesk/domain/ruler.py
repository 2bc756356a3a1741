"""Who fills the window: what the next request would carry, in about how many tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from glmdesk.domain.budget import estimate_long, estimate_tokens
from glmdesk.domain.message import Message, Role

_NARROWEST, _WIDEST = 0.6, 1.7  # how far the service's count may move the estimate


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the request. `kind`: system, examples, tools, turn, reserve. `ids` are the messages of a turn, `files`
    the names of its files. `after`: tokens behind it that would miss the cache if it went.
    """

    kind: str
    tokens: int
    words: str = ""
    number: int = 0
    ids: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    dropped: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class Ruler:
    """All parts in the order of the request; `used` without what is dropped, with the room for the answer."""

    shares: tuple[Share, ...]
    window: int

    @property
    def used(self) -> int:
        return sum(share.tokens for share in self.shares if not share.dropped)


def measure(
    path: Sequence[Message],
    *,
    system: str,
    examples: Sequence[str],
    tools: int,
    reserve: int,
    window: int,
    dropped: frozenset[str],
) -> Ruler:
    """The estimate is scaled by what the service counted last."""
    turns = [_turn(number, messages, dropped) for number, messages in enumerate(_turns(path), 1)]
    shares = [
        Share("system", estimate_tokens(system)),
        Share("examples", sum(map(estimate_tokens, examples))),
        Share("tools", tools),
        *turns,
        Share("reserve", reserve),
    ]
    scale = _scale(path, shares)
    scaled = [s if s.kind == "reserve" else replace(s, tokens=round(s.tokens * scale)) for s in shares if s.tokens]
    return Ruler(tuple(_with_rest(scaled)), window)


def _turns(path: Sequence[Message]) -> list[list[Message]]:
    """A question with all that follows it."""
    turns: list[list[Message]] = []
    for message in path:
        if message.role is Role.USER or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _turn(number: int, messages: Sequence[Message], dropped: frozenset[str]) -> Share:
    first = messages[0]
    return Share(
        "turn",
        sum(_tokens(message) for message in messages),
        " ".join(first.text.split())[:200],
        number,
        tuple(message.id for message in messages),
        tuple(part.name for part in first.attachments),
        any(message.id in dropped for message in messages),
    )


def _tokens(message: Message) -> int:
    return estimate_long(message.text) + sum(estimate_long(part.text) for part in message.attachments)


def _scale(path: Sequence[Message], shares: Sequence[Share]) -> float:
    """What the service counted for the newest answer over what is estimated for it; tool loops count themselves."""
    told = next((m for m in reversed(path) if m.usage is not None and m.usage.prompt_tokens and not m.tool_calls), None)
    if told is None or told.usage is None:
        return 1.0
    before = sum(s.tokens for s in shares if s.kind not in ("turn", "reserve") or (s.ids and told.id not in s.ids))
    own = next((s for s in shares if told.id in s.ids), None)
    asked = _asked(path, told) if own is not None else 0
    if any(share.dropped for share in shares) or before + asked < 200:
        return 1.0
    return min(_WIDEST, max(_NARROWEST, told.usage.prompt_tokens / (before + asked)))


def _asked(path: Sequence[Message], answer: Message) -> int:
    """The question of an answer."""
    return next((_tokens(a) for a, b in pairwise(path) if b.id == answer.id), 0)


def _with_rest(shares: Sequence[Share]) -> list[Share]:
    made: list[Share] = []
    behind = 0
    for share in reversed(shares):
        made.append(replace(share, after=behind))
        if share.kind == "turn" and not share.dropped:
            behind += share.tokens
    return made[::-1]
