"""Who fills the window: what the next request would carry, in about how many tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from glmdesk.domain.budget import MESSAGE_OVERHEAD, bounded, estimate_long, estimate_tokens
from glmdesk.domain.conversation import PARTS, Setup, file_key, on_path
from glmdesk.domain.message import Message, Role
from glmdesk.domain.rounds import ends_in_tools, rounds_of

_NEW = ("question", "reasoning", "reserve")  # what the service has not read in this order
TOLD_FROM = 4_000  # tokens; that fewer of them miss the cache is not worth a line


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the request. `kind`: system, schema, examples, tools, summary, turn, file, question, reasoning,
    reserve.

    `ids` are the messages of a turn, the `file_key` of a file, the messages that a summary stands for. `after`: tokens
    behind it that would miss the cache if it went or came. A dropped one is not sent; a fixed one stays as it is.
    """

    kind: str
    tokens: int
    words: str = ""
    number: int = 0
    ids: tuple[str, ...] = ()
    dropped: bool = False
    after: int = 0
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Ruler:
    """All parts in the order of the request; `used` without what is dropped, with the room for the answer."""

    shares: tuple[Share, ...]
    window: int

    @property
    def used(self) -> int:
        return sum(share.tokens for share in self.shares if not share.dropped)

    @property
    def sent(self) -> int:
        """Tokens of all that is sent, without the room for the answer."""
        return sum(share.tokens for share in self.shares if not share.dropped and share.kind != "reserve")

    @property
    def over(self) -> bool:
        """True when the next request may not fit."""
        return self.used > self.window

    @property
    def turns(self) -> list[Share]:
        """The turns that are sent."""
        return [share for share in self.shares if share.kind == "turn" and not share.dropped]


@dataclass(frozen=True, slots=True)
class Around:
    """What a request carries besides the path, left out or not: tokens of tools, of the answer's room, of a schema and
    of the question that is to be asked. `scale` is what the service's counts for the model have been over the estimates
    so far; `keeps_reasoning`: thoughts of earlier answers can be sent."""

    system: str
    tools: int
    reserve: int
    scale: float = 1.0
    schema: int = 0
    question: int = 0
    keeps_reasoning: bool = False


def measure(path: Sequence[Message], setup: Setup, around: Around, *, window: int) -> Ruler:
    """The estimate is scaled by what the service counted last, here or for this model."""
    setup = on_path(setup, [message.id for message in path])
    history = [share for number, turn in enumerate(_turns(path), 1) for share in _turn(number, turn, setup)]
    examples = sum(estimate_tokens(turn.text) for turn in setup.turns)
    shares = [
        Share("system", estimate_tokens(around.system), dropped="system" in setup.left_out),
        Share("schema", around.schema, fixed=True),
        Share("examples", examples, dropped="examples" in setup.left_out),
        Share("tools", around.tools, dropped="tools" in setup.left_out),
        Share("summary", estimate_tokens(setup.summary), setup.summary, ids=setup.summarised),
        *history,
        Share("question", around.question, fixed=True),
        _reasoning(path, setup, can_keep=around.keeps_reasoning),
        Share("reserve", around.reserve, dropped="reserve" in setup.left_out),
    ]
    scale = _scale(path, shares) or around.scale
    scaled = [s if s.kind == "reserve" else replace(s, tokens=round(s.tokens * scale)) for s in shares if s.tokens]
    return Ruler(tuple(_with_rest(scaled)), window)


def moved(setup: Setup, shares: Sequence[Share], *, out: bool) -> dict[str, tuple[str, ...]]:
    """The fields of the setup that change when these parts are left out, or come back. The files of a turn go and come
    with it: none of them is left out by itself then. A turn that is moved counts for itself from then on: on a path
    where the summary does not hold, what it stands for would be sent."""
    turns = [i for share in shares if share.kind == "turn" for i in share.ids]
    files = [i for share in shares if share.kind == "file" for i in share.ids]
    parts = [share.kind for share in shares if share.kind in PARTS]
    kept = [key for key in setup.dropped_files if key.rpartition("/")[0] not in turns]
    return {
        "dropped": _moved(setup.dropped, turns, out=out),
        "summarised": _moved(setup.summarised, turns, out=False),
        "dropped_files": _moved(kept, files, out=out),
        "left_out": _moved(setup.left_out, parts, out=out),
    }


def _moved(now: Sequence[str], ids: Sequence[str], *, out: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*now, *ids])) if out else tuple(i for i in now if i not in ids)


def at_stake(path: Sequence[Message]) -> int:
    """Tokens that were sent last and may be in the service's cache: another model, other tools or another system
    prompt make them new. 0 where they are too few to be told of."""
    return told(next((tokens for message in reversed(path) if (tokens := prompt_tokens(message))), 0))


def prompt_tokens(message: Message) -> int:
    """What the service has counted before an answer; of a tool loop, which counts each of its requests, about one."""
    return round(message.usage.prompt_tokens / len(rounds_of(message.parts))) if message.usage is not None else 0


def tokens_after(message: Message) -> int:
    """What stands in the window when an answer has ended, as the service has counted it; 0 when it has not."""
    before = prompt_tokens(message)
    return before + message.usage.completion_tokens if message.usage is not None and before else 0


def told(tokens: int) -> int:
    """0 for so few tokens that nobody needs to be told of them."""
    return tokens if tokens > TOLD_FROM else 0


def _turns(path: Sequence[Message]) -> list[list[Message]]:
    """A question with all that follows it."""
    turns: list[list[Message]] = []
    for message in path:
        if message.role is Role.USER or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _turn(number: int, messages: Sequence[Message], setup: Setup) -> list[Share]:
    """The files of a turn, which stand before its words, and the turn."""
    first, dropped = messages[0], any(message.id in setup.dropped for message in messages)
    files = [
        Share("file", estimate_long(part.text), part.name, number, (key,), dropped or key in setup.dropped_files)
        for place, part in enumerate(first.attachments)
        if (key := file_key(first.id, place))
    ]
    tokens = sum(estimate_long(message.text) + MESSAGE_OVERHEAD for message in messages)
    words = " ".join(first.text.split())[:200]
    return [*files, Share("turn", tokens, words, number, tuple(message.id for message in messages), dropped)]


def _reasoning(path: Sequence[Message], setup: Setup, *, can_keep: bool) -> Share:
    """Thoughts are always sent back inside a tool loop, elsewhere when the user wants it (glm-api.md §6)."""
    kept = can_keep and "reasoning" not in setup.left_out
    looping = bool(path) and ends_in_tools(path[-1])
    sent = [message for message in path if message.id not in setup.dropped]
    counted = sent[-1:] if looping and not kept else sent
    tokens = sum(estimate_long(message.reasoning) for message in counted)
    return Share("reasoning", tokens, dropped=not (kept or looping), fixed=looping or not can_keep)


def _scale(path: Sequence[Message], shares: Sequence[Share]) -> float | None:
    """What the service counted for the newest answer over what is estimated for it; tool loops count themselves."""
    last = next((m for m in reversed(path) if m.usage is not None and m.usage.prompt_tokens and not m.tool_calls), None)
    if last is None or last.usage is None or any(_is_unusual(share) for share in shares):
        return None
    number = next((s.number for s in shares if s.kind == "turn" and last.id in s.ids), 0)
    before = sum(s.tokens for s in shares if s.kind not in _NEW and s.number < number)
    own = sum(s.tokens for s in shares if s.kind == "file" and s.number == number)
    asked = next((estimate_long(a.text) for a, b in pairwise(path) if b.id == last.id), 0)
    sent = before + own + asked
    return None if sent < 200 else bounded(last.usage.prompt_tokens / sent)


def _is_unusual(share: Share) -> bool:
    """True for a part that the service may have counted otherwise than it is now."""
    chosen = share.tokens and not share.fixed and share.kind != "reserve"
    return bool(chosen) and share.dropped != (share.kind == "reasoning")


def _with_rest(shares: Sequence[Share]) -> list[Share]:
    """Thoughts stand among the turns."""
    made: list[Share] = []
    behind = 0
    for share in reversed(shares):
        made.append(replace(share, after=behind))
        if share.kind not in _NEW and not share.dropped:
            behind += share.tokens
    history = sum(share.tokens for share in shares if share.kind in ("turn", "file") and not share.dropped)
    return [replace(share, after=history) if share.kind == "reasoning" else share for share in made[::-1]]
