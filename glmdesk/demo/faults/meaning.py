"""Answers that arrive whole and mean trouble: finish reasons, usage, calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from glmdesk.demo import tokens, wire
from glmdesk.demo.faults.registry import change, fault
from glmdesk.demo.markers import Args
from glmdesk.demo.pieces import Piece
from glmdesk.demo.turn import Turn
from glmdesk.demo.wire import Call, Json

_AFTER = 20


@change
def network_error(turn: Turn, args: Args) -> None:
    """finish_reason network_error after `after` (20) tokens."""
    _end(turn, "network_error", args)


@change
def context_window(turn: Turn, args: Args) -> None:
    """finish_reason model_context_window_exceeded after `after` (20) tokens."""
    _end(turn, "model_context_window_exceeded", args)


@change
def unknown_finish(turn: Turn, args: Args) -> None:
    """A finish reason that nobody knows (`reason`, repetition)."""
    _end(turn, args.text("reason", "repetition"), args)


@change
def length(turn: Turn, args: Args) -> None:
    """finish_reason length after `after` (20) words of the answer."""
    thoughts = sum(1 for piece in turn.pieces if piece.thought)
    turn.pieces = turn.pieces[: thoughts + args.integer("after", _AFTER)]
    turn.finish = "length"


@change
def length_in_reasoning(turn: Turn, args: Args) -> None:
    """finish_reason length while still thinking: no answer at all."""
    turn.pieces = _thoughts(turn)[: args.integer("after", _AFTER)]
    turn.finish = "length"


@change
def reasoning_only(turn: Turn, args: Args) -> None:
    """A thought, then a clean stop without an answer."""
    turn.pieces, turn.finish = _thoughts(turn), "stop"


@change
def empty_answer(turn: Turn, args: Args) -> None:
    """A clean stop without thought or answer."""
    turn.pieces, turn.finish = [], "stop"


@change
def usage_missing(turn: Turn, args: Args) -> None:
    """The answer without usage."""
    turn.told = False


@fault
async def sensitive(turn: Turn, args: Args) -> None:
    """Stopped by the safety review after `after` (20) tokens, with content_filter (`role`, assistant)."""
    await turn.open()
    await turn.say(args.integer("after", _AFTER))
    verdict = [{"role": args.text("role", "assistant"), "level": 1}]
    # The delta's role is the user's and there is no usage (glm-api.md §4.2, "Safety stop").
    delta = {"role": "user", "content": ""}
    await turn.write(turn.frame(delta, finish="sensitive", content_filter=verdict) + wire.DONE)
    await turn.exchange.end()


@fault
async def usage_separate(turn: Turn, args: Args) -> None:
    """Usage in an event of its own with `choices: []`, as other servers send it."""
    await turn.open()
    await turn.say()
    told: Json = {**wire.chunk_head(turn.stamp, turn.profile), "choices": []}
    await turn.write(turn.last(told=False) + wire.frame({**told, "usage": wire.usage(turn.count(), turn.profile)}))
    await turn.write(wire.DONE)
    await turn.exchange.end()


@fault
async def usage_twice(turn: Turn, args: Args) -> None:
    """`usage: null` in every event, then the usage with the finish."""
    await turn.open()
    for piece in turn.pieces:
        await turn.pen.write(turn.frame(piece.delta, finish=piece.finish, usage=None))
    await turn.pen.flush()
    await turn.conclude()


@fault
async def reasoning_field(turn: Turn, args: Args) -> None:
    """The thought in `reasoning`, as vLLM and Ollama name it."""
    await turn.open()
    for piece in turn.pieces:
        await turn.pen.write(turn.frame(_renamed(piece.delta)))
    await turn.pen.flush()
    await turn.conclude()


@fault
async def think_tags(turn: Turn, args: Args) -> None:
    """The thought in the answer between <think> tags, which are split over events; open=0 leaves the first one out."""
    content, reasoning = turn.joined()
    opening = "<think>" if args.integer("open", 1) else ""
    text = f"{opening}{reasoning}</think>\n{content}"
    await turn.open()
    for at in range(0, len(text), 5):
        await turn.pen.write(turn.frame({"role": "assistant", "content": text[at : at + 5]}))
    await turn.pen.flush()
    await turn.conclude()


@fault
async def tool_fragments(turn: Turn, args: Args) -> None:
    """Arguments in pieces of `size` (3) letters, as with tool_stream; interleave=1 mixes the calls."""
    await turn.open()
    calls = _calls(turn)
    turn.pieces = [piece for piece in turn.pieces if piece.call is None]
    await turn.say()
    for delta in _fragments(calls, args.integer("size", 3), mixed=bool(args.integer("interleave", 0))):
        await turn.pen.write(turn.frame(delta))
    await turn.pen.flush()
    await turn.conclude(finish="tool_calls")


@change
def tool_bad_arguments(turn: Turn, args: Args) -> None:
    """A call whose arguments are not JSON."""
    _recall(turn, [replace(call, arguments='{"path": "note') for call in _calls(turn)])


@change
def tool_empty_arguments(turn: Turn, args: Args) -> None:
    """A call whose arguments are an empty text."""
    _recall(turn, [replace(call, arguments="") for call in _calls(turn)])


@change
def tool_unknown(turn: Turn, args: Args) -> None:
    """A call of a function that was never offered."""
    _recall(turn, [Call(args.text("name", "no_such_tool"), "{}")])


@change
def tool_same_ids(turn: Turn, args: Args) -> None:
    """Two calls with one id."""
    call = _calls(turn)[0]
    first, second = (wire.stream_call(call, index) for index in range(2))
    second["tool_calls"][0]["id"] = first["tool_calls"][0]["id"]
    _recall(turn, [])
    turn.pieces = [*turn.pieces, Piece(first, call=call), Piece(second, call=call)]


@change
def tool_wrong_finish(turn: Turn, args: Args) -> None:
    """Calls, but finish_reason stop."""
    _recall(turn, _calls(turn))
    turn.finish = "stop"


@change
def json_fenced(turn: Turn, args: Args) -> None:
    """The answer between code fences, as models like to write JSON."""
    _reword(turn, f"```json\n{turn.joined()[0]}\n```")


@change
def json_broken(turn: Turn, args: Args) -> None:
    """The answer without its last character: broken JSON, clean stop."""
    _reword(turn, turn.joined()[0].rstrip()[:-1])


def _reword(turn: Turn, text: str) -> None:
    thoughts = [piece for piece in turn.pieces if piece.thought]
    turn.pieces = [*thoughts, *(Piece({"role": "assistant", "content": word}) for word in tokens.pieces(text))]


def _end(turn: Turn, finish: str, args: Args) -> None:
    turn.pieces, turn.finish = turn.pieces[: args.integer("after", _AFTER)], finish


def _thoughts(turn: Turn) -> list[Piece]:
    thoughts = [piece for piece in turn.pieces if piece.thought]
    return thoughts or [Piece({"role": "assistant", "reasoning_content": "…"}, thought=True)]


def _calls(turn: Turn) -> list[Call]:
    """The planned calls, or two made-up ones."""
    planned = [piece.call for piece in turn.pieces if piece.call]
    return planned or [Call("get_time", '{"zone":"Asia/Shanghai"}'), Call("calculate", '{"expression":"6*7"}')]


def _recall(turn: Turn, calls: Sequence[Call]) -> None:
    words = [piece for piece in turn.pieces if piece.call is None]
    made = [Piece(wire.stream_call(call, index), call=call) for index, call in enumerate(calls)]
    turn.pieces, turn.finish = [*words, *made], "tool_calls"


def _renamed(delta: Json) -> Json:
    return {("reasoning" if name == "reasoning_content" else name): value for name, value in delta.items()}


def _fragments(calls: Sequence[Call], size: int, *, mixed: bool) -> list[Json]:
    rows: list[tuple[int, Json]] = []
    for index, call in enumerate(calls):
        start = wire.stream_call(replace(call, arguments=""), index)
        rows.append((0, start))
        for at in range(0, len(call.arguments), size):
            rows.append((at + 1, _fragment(index, call.arguments[at : at + size])))
    return [delta for _, delta in (sorted(rows, key=lambda row: row[0]) if mixed else rows)]


def _fragment(index: int, text: str) -> dict[str, Any]:
    return {"tool_calls": [{"index": index, "function": {"arguments": text}}]}
