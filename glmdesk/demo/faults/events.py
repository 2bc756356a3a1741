"""Faults of single events and of the way they are written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from glmdesk.demo import wire
from glmdesk.demo.errors import error_body, message
from glmdesk.demo.faults.registry import fault
from glmdesk.demo.markers import Args
from glmdesk.demo.turn import Turn

_AFTER = 20
_MEGABYTE = 1024 * 1024
_SHAPES = (
    "[]",
    "null",
    '"text"',
    "7",
    "{}",
    '{"choices":null}',
    '{"choices":{}}',
    '{"choices":[null]}',
    '{"choices":[{}]}',
    '{"choices":[{"delta":null}]}',
    '{"choices":[{"delta":[]}]}',
    '{"choices":[{"delta":{"content":5}}]}',
    '{"choices":[{"delta":{"content":["a"]}}]}',
    '{"choices":[{"delta":{"reasoning_content":{"a":1}}}]}',
    '{"choices":[{"delta":{"tool_calls":"call"}}]}',
    '{"choices":[{"delta":{"tool_calls":[null]}}]}',
    '{"choices":[],"usage":"many"}',
    '{"choices":[],"usage":{"prompt_tokens":"nine","completion_tokens":null,"total_tokens":-1}}',
)


@fault
async def error_event_start(turn: Turn, args: Args) -> None:
    """`event: error` (`code`, 1302) as the first event of a 200 stream."""
    await _break_off(turn, args, after=0, named=True)


@fault
async def error_event_mid(turn: Turn, args: Args) -> None:
    """`event: error` (`code`, 1302) after `after` (20) tokens."""
    await _break_off(turn, args, after=args.integer("after", _AFTER), named=True)


@fault
async def error_data_start(turn: Turn, args: Args) -> None:
    """`data: {"error":…}` (`code`, 1302) without an event name, first."""
    await _break_off(turn, args, after=0, named=False)


@fault
async def error_data_mid(turn: Turn, args: Args) -> None:
    """`data: {"error":…}` (`code`, 1302) without an event name after `after` (20) tokens."""
    await _break_off(turn, args, after=args.integer("after", _AFTER), named=False)


async def _break_off(turn: Turn, args: Args, *, after: int, named: bool) -> None:
    code = args.text("code", "1302")
    text = message(code, english=turn.english, model=turn.stamp.model)
    await turn.open()
    await turn.say(after)
    body = error_body(code, text, request_id=turn.stamp.id)
    await turn.write((b"event: error\n" if named else b"") + b"data: " + body + b"\n\n" + wire.DONE)
    await turn.exchange.end()


@fault
async def glued_frame(turn: Turn, args: Args) -> None:
    """Half an event of another reply, and the next event on the same line; foreign=1: the whole one is foreign too."""
    await turn.open()
    await turn.say(args.integer("after", _AFTER))
    other = wire.new_stamp(turn.stamp.model)
    foreign = wire.frame(wire.chunk(other, turn.profile, delta={"role": "assistant", "content": "别人的"}))
    await turn.write(foreign[: len(foreign) // 2])
    if args.integer("foreign", 0):
        await turn.write(foreign)
    await turn.say()
    await turn.conclude()


@fault
async def missing_done(turn: Turn, args: Args) -> None:
    """Everything but the end mark."""
    await turn.open()
    await turn.say()
    await turn.conclude(done=False)


@fault
async def missing_finish(turn: Turn, args: Args) -> None:
    """All tokens and the end mark, no finish reason."""
    await turn.open()
    await turn.say()
    await turn.write(wire.DONE)
    await turn.exchange.end()


@fault
async def empty_stream(turn: Turn, args: Args) -> None:
    """A stream that ends before its first event."""
    await turn.open()
    await turn.exchange.end()


@fault
async def done_only(turn: Turn, args: Args) -> None:
    """A stream that holds the end mark alone."""
    await turn.open()
    await turn.write(wire.DONE)
    await turn.exchange.end()


@fault
async def after_done(turn: Turn, args: Args) -> None:
    """More text after the end mark."""
    await turn.open()
    await turn.say()
    tail = turn.frame({"role": "assistant", "content": "after the end"})
    await turn.write(turn.last() + wire.DONE + tail)
    await turn.exchange.end()


@fault
async def unterminated(turn: Turn, args: Args) -> None:
    """The finish event lacks its blank line, and there is no end mark."""
    await turn.open()
    await turn.say()
    await turn.write(turn.last().rstrip(b"\n"))
    await turn.exchange.end()


@fault
async def bad_json_event(turn: Turn, args: Args) -> None:
    """`n` (1) events after `after` (20) tokens are not JSON; the rest follows."""
    await _with_extra(turn, args, b'data: {"id":"x","choices":[{"index":0,"del\n\n' * args.integer("n", 1))


@fault
async def invalid_utf8(turn: Turn, args: Args) -> None:
    """One event holds bytes that are not UTF-8; the rest follows."""
    line = turn.frame({"role": "assistant", "content": "@"}).replace(b"@", b"\xff\xfe\xc3")
    await _with_extra(turn, args, line)


@fault
async def wrong_shapes(turn: Turn, args: Args) -> None:
    """Events whose fields have the wrong types; the rest follows."""
    await _with_extra(turn, args, b"".join(f"data: {shape}\n\n".encode() for shape in _SHAPES))


@fault
async def comments(turn: Turn, args: Args) -> None:
    """Comments, ids, retry fields and unknown event names between the events."""
    await _with_extra(turn, args, b": keep-alive\n\nretry: 3000\nid: 7\n\nevent: ping\ndata: {}\n\n")


async def _with_extra(turn: Turn, args: Args, extra: bytes) -> None:
    await turn.open()
    await turn.say(args.integer("after", _AFTER))
    await turn.write(extra)
    await turn.say()
    await turn.conclude()


@fault
async def huge_line(turn: Turn, args: Args) -> None:
    """One event of `mb` (50) megabytes on one line; the rest follows."""
    await turn.open()
    await turn.say(args.integer("after", _AFTER))
    front, _, back = turn.frame({"role": "assistant", "content": "@"}).partition(b"@")
    await turn.write(front)
    for _ in range(args.integer("mb", 50)):
        await turn.write(b"x" * _MEGABYTE)
    await turn.write(back)
    await turn.say()
    await turn.conclude()


@fault
async def burst(turn: Turn, args: Args) -> None:
    """`n` (10000) events of one letter, as fast as they go."""
    await turn.open()
    turn.pen.rate = 0
    for index in range(args.integer("n", 10_000)):
        await turn.pen.write(turn.frame({"role": "assistant", "content": "x" if (index + 1) % 80 else "\n"}))
    await turn.pen.flush()
    await turn.conclude()


@fault
async def endless(turn: Turn, args: Args) -> None:
    """Tokens without end, until the client leaves."""
    await turn.open()
    while True:
        await turn.pen.write(turn.frame({"role": "assistant", "content": " again"}))


@fault
async def endless_thought(turn: Turn, args: Args) -> None:
    """A thought without end, until the client leaves."""
    await turn.open()
    while True:
        await turn.pen.write(turn.frame({"role": "assistant", "reasoning_content": " hmm"}))


@fault
async def crlf(turn: Turn, args: Args) -> None:
    """Lines end with CR LF, and the pairs are split between writes."""
    await _rewritten(turn, lambda data: data.replace(b"\n", b"\r\n"))


@fault
async def no_space(turn: Turn, args: Args) -> None:
    """`data:{…}` without a space."""
    await _rewritten(turn, lambda data: data.replace(b"data: ", b"data:"))


@fault
async def bom(turn: Turn, args: Args) -> None:
    """A byte order mark stands first."""
    await _rewritten(turn, lambda data: b"\xef\xbb\xbf" + data)


@fault
async def byte_by_byte(turn: Turn, args: Args) -> None:
    """Every byte of the first `n` (2000) in a write of its own, cut anywhere."""
    data = _whole(turn)
    split = args.integer("n", 2000)
    await turn.open()
    for index in range(min(split, len(data))):
        await turn.write(data[index : index + 1])
        await asyncio.sleep(0)
    await turn.write(data[split:])
    await turn.exchange.end()


async def _rewritten(turn: Turn, change: Callable[[bytes], bytes]) -> None:
    data = change(_whole(turn))
    await turn.open()
    for at in range(0, len(data), 1001):
        await turn.write(data[at : at + 1001])
    await turn.exchange.end()


def _whole(turn: Turn) -> bytes:
    frames = [turn.frame(piece.delta, finish=piece.finish) for piece in turn.pieces]
    return b"".join([*frames, turn.last(), wire.DONE])
