"""A planned reply cut into the deltas of one profile, one token each (glm-api.md §4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from glmdesk.demo import tokens
from glmdesk.demo.wire import Call, Json, Profile, stream_call

_CALL_FRAME = 12  # tokens around a call that the client never sees


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be answered, before it is cut by profile and limit."""

    content: str
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    finish: str = "stop"


@dataclass(frozen=True, slots=True)
class Piece:
    """One event's delta; `weight` in tokens; `finish` is set where the profile repeats it in the event."""

    delta: Json
    weight: int = 1
    thought: bool = False
    call: Call | None = None
    finish: str | None = None

    @property
    def reasoning(self) -> str:
        return str(self.delta.get("reasoning_content", ""))

    @property
    def content(self) -> str:
        return str(self.delta.get("content", ""))


def cut_pieces(plan: Plan, profile: Profile, *, tools: bool) -> list[Piece]:
    """All the deltas of a reply, in the order of that profile. `tools`: the request offered tools."""
    return [
        *_opening(plan, profile, tools),
        *_thoughts(plan, profile),
        *_words(plan, profile, tools),
        *_calls(plan, profile),
    ]


def limit_pieces(pieces: Sequence[Piece], most: int | None) -> tuple[list[Piece], bool]:
    """The pieces that `max_tokens` leaves, and whether it cut; reasoning counts (glm-api.md §2)."""
    kept: list[Piece] = []
    spent = 0
    for piece in pieces:
        spent += piece.weight
        if most is not None and spent > most:
            return kept, True
        kept.append(piece)
    return kept, False


def weigh(pieces: Iterable[Piece]) -> tuple[int, int]:
    """(all tokens, reasoning tokens)."""
    listed = list(pieces)
    return sum(p.weight for p in listed), sum(p.weight for p in listed if p.thought)


def _text(content: str) -> Json:
    return {"role": "assistant", "content": content}


def _opening(plan: Plan, profile: Profile, tools: bool) -> Iterator[Piece]:
    """In 2025 a lone line break came first: as content in September (with tools), beside the thought in November."""
    if not plan.reasoning:
        return
    if profile is Profile.SEPTEMBER_2025 and tools:
        yield Piece(_text("\n"))
    if profile is Profile.NOVEMBER_2025:
        yield Piece({**_text(""), "reasoning_content": "\n"}, thought=True)


def _thoughts(plan: Plan, profile: Profile) -> Iterator[Piece]:
    for piece in tokens.pieces(plan.reasoning):
        quirk = profile is not Profile.MARCH_2026 and not piece.strip()
        head: Json = _text("") if quirk else {"role": "assistant"}
        yield Piece({**head, "reasoning_content": piece}, thought=True)


def _words(plan: Plan, profile: Profile, tools: bool) -> Iterator[Piece]:
    clean = profile is Profile.MARCH_2026
    marked = profile is Profile.SEPTEMBER_2025 and bool(plan.reasoning) and not tools
    extra: Json = {"reasoning_content": ""} if marked else {}
    if plan.reasoning and tools and not clean:
        yield Piece(_text("\n"))
    for piece in tokens.pieces(plan.content):
        yield Piece({**_text(piece), **extra})


def _calls(plan: Plan, profile: Profile) -> Iterator[Piece]:
    """One whole call per event; in September each of them said `finish_reason` already."""
    finish = "tool_calls" if profile is Profile.SEPTEMBER_2025 else None
    for index, call in enumerate(plan.calls):
        weight = tokens.count(call.name + call.arguments) + _CALL_FRAME
        yield Piece(stream_call(call, index), weight, call=call, finish=finish)


def stopped_at(plan: Plan, words: Sequence[str]) -> Plan:
    """The plan cut before the first stop word, which is not returned in the text (glm-api.md §2)."""
    ends = [at for word in words if word and (at := plan.content.find(word)) >= 0]
    return replace(plan, content=plan.content[: min(ends)], calls=()) if ends else plan
