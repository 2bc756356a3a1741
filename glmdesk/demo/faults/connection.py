"""Faults of time and of the connection."""

from __future__ import annotations

from glmdesk.demo.faults.registry import fault
from glmdesk.demo.http import head
from glmdesk.demo.markers import Args
from glmdesk.demo.turn import SSE, Turn, answer_stream

_AFTER = 20  # tokens before the fault


@fault
async def slow_headers(turn: Turn, args: Args) -> None:
    """No reply at all for `seconds` (8), then the answer."""
    await turn.exchange.pause(args.number("seconds", 8))
    await answer_stream(turn)


@fault
async def slow_first_byte(turn: Turn, args: Args) -> None:
    """The head at once, the first event after `seconds` (8)."""
    await turn.open()
    await turn.exchange.pause(args.number("seconds", 8))
    await turn.say()
    await turn.conclude()


@fault
async def stall(turn: Turn, args: Args) -> None:
    """Silence of `seconds` (20) after `after` (20) tokens, then the rest."""
    await turn.open()
    await turn.say(args.integer("after", _AFTER))
    await turn.exchange.pause(args.number("seconds", 20))
    await turn.say()
    await turn.conclude()


@fault
async def rst(turn: Turn, args: Args) -> None:
    """A TCP reset after `after` (20) tokens; 0: before the head."""
    if after := args.integer("after", _AFTER):
        await turn.open()
        await turn.say(after)
        await turn.exchange.pause(args.number("seconds", 0.05))  # a reset discards what the client has not read yet
    turn.exchange.reset()


@fault
async def closed(turn: Turn, args: Args) -> None:
    """The connection is closed without a reply."""
    turn.exchange.cut()


@fault
async def cut_frame(turn: Turn, args: Args) -> None:
    """The connection ends in the middle of an event after `after` (20) tokens; clean=1 ends the body properly."""
    await turn.open()
    await turn.say(args.integer("after", _AFTER))
    line = _next_frame(turn)
    await turn.write(line[: len(line) // 2])
    await _leave(turn, args)


@fault
async def cut_utf8(turn: Turn, args: Args) -> None:
    """The connection ends inside a Han character; clean=1 ends the body properly."""
    await turn.open()
    await turn.say(args.integer("after", _AFTER))
    line = turn.frame({"role": "assistant", "content": "汉字"})
    await turn.write(line[: line.index("字".encode()) + 1])
    await _leave(turn, args)


@fault
async def cut_before_finish(turn: Turn, args: Args) -> None:
    """All (or `after`) tokens, then the connection ends: no finish, no end mark; clean=1 ends the body properly."""
    await turn.open()
    await turn.say(args.integer("after", len(turn.pieces)))
    await _leave(turn, args)


@fault
async def bad_chunk(turn: Turn, args: Args) -> None:
    """The chunked encoding itself breaks after `after` (20) tokens."""
    await turn.open()
    await turn.say(args.integer("after", _AFTER))
    await turn.exchange.raw(b"zz\r\nnot a chunk\r\n")
    turn.exchange.cut()


@fault
async def short_body(turn: Turn, args: Args) -> None:
    """Content-Length promises more than comes."""
    body = b'{"choices":[{"finish_reason":"stop"'
    length = ("Content-Length", str(len(body) + 500))
    await turn.exchange.raw(head(200, [("Content-Type", "application/json; charset=UTF-8"), length]) + body)
    turn.exchange.cut()


@fault
async def until_close(turn: Turn, args: Args) -> None:
    """A sound answer without chunks or length: its end is the end of the connection."""
    await turn.open(headers=[("Content-Type", SSE), ("Connection", "close")], chunked=False)
    await turn.say()
    await turn.conclude()
    turn.exchange.cut()


@fault
async def not_http(turn: Turn, args: Args) -> None:
    """Something that is not HTTP answers."""
    await turn.exchange.raw(b"SSH-2.0-OpenSSH_9.6\r\n")
    turn.exchange.cut()


def _next_frame(turn: Turn) -> bytes:
    delta = turn.pieces[turn.at].delta if turn.at < len(turn.pieces) else {"role": "assistant", "content": "…"}
    return turn.frame(delta)


async def _leave(turn: Turn, args: Args) -> None:
    if args.integer("clean", 0):
        await turn.exchange.end()
    turn.exchange.cut()
