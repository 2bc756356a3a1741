"""Faults of whole replies: pages, redirects, packing, and errors in other shapes."""

from __future__ import annotations

import gzip
import zlib

from glmdesk.demo import http, wire
from glmdesk.demo.errors import ERRORS, error_body, message
from glmdesk.demo.faults.registry import fault
from glmdesk.demo.http import Headers
from glmdesk.demo.markers import Args
from glmdesk.demo.turn import SSE, Turn

_JSON: Headers = (("Content-Type", "application/json; charset=UTF-8"),)
_PAGE = """<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><title>405</title></head>
<body><h1>405 Method Not Allowed</h1><p>您的访问被阻断。Your request has been blocked.</p></body></html>
"""
_MEGABYTE = 1024 * 1024


@fault
async def json_200(turn: Turn, args: Args) -> None:
    """HTTP 200 with a JSON error (`code`, 1305) in place of the stream."""
    code = args.text("code", "1305")
    body = error_body(code, _words(turn, code), request_id=turn.stamp.id)
    await http.reply_json(turn.exchange, 200, body)


@fault
async def html_page(turn: Turn, args: Args) -> None:
    """A gateway's HTML page with `status` (200)."""
    headers = [("Content-Type", "text/html; charset=utf-8")]
    await turn.exchange.reply(args.integer("status", 200), headers, _PAGE.encode())


@fault
async def redirect(turn: Turn, args: Args) -> None:
    """A redirect with `status` (302) to the address `to`."""
    headers = [("Location", args.text("to", "https://example.com/login")), ("Content-Type", "text/html")]
    await turn.exchange.reply(args.integer("status", 302), headers, b"")


@fault
async def empty_body(turn: Turn, args: Args) -> None:
    """`status` (200) and not one byte."""
    await turn.exchange.reply(args.integer("status", 200), _JSON, b"")


@fault
async def plain_text_error(turn: Turn, args: Args) -> None:
    """`status` (500) with a line of plain text."""
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    await turn.exchange.reply(args.integer("status", 500), headers, b"upstream connect error")


@fault
async def error_numeric(turn: Turn, args: Args) -> None:
    """An error (`code`, 1302) whose code is a number."""
    code = args.text("code", "1302")
    body = wire.dump({"error": {"code": int(code), "message": _words(turn, code)}})
    await turn.exchange.reply(ERRORS[code].status, _JSON, body)


@fault
async def error_nested(turn: Turn, args: Args) -> None:
    """`{"error":{"message"},"message"}` without a code, `status` (500)."""
    text = _words(turn, "500")
    await turn.exchange.reply(
        args.integer("status", 500), _JSON, wire.dump({"error": {"message": text}, "message": text})
    )


@fault
async def error_flat(turn: Turn, args: Args) -> None:
    """HTTP 200 with `{"code":401,"msg":…,"success":false}`, as the quota page answers a bad key."""
    body = wire.dump({"code": 401, "msg": "token expired or incorrect", "success": False})
    await turn.exchange.reply(200, _JSON, body)


@fault
async def error_anthropic(turn: Turn, args: Args) -> None:
    """The error form of the Anthropic surface, code 1113."""
    text = f"[1113][{_words(turn, '1113')}]"
    error = {"type": "rate_limit_error", "code": "1113", "message": text}
    await turn.exchange.reply(429, _JSON, wire.dump({"type": "error", "error": error, "request_id": turn.stamp.id}))


@fault
async def gzip_truncated(turn: Turn, args: Args) -> None:
    """A packed JSON reply that misses its second half."""
    packed = gzip.compress(error_body("500", "x" * 4000 + turn.stamp.id, request_id=turn.stamp.id))
    await turn.exchange.reply(200, [*_JSON, ("Content-Encoding", "gzip")], packed[: len(packed) // 2])


@fault
async def gzip_bomb(turn: Turn, args: Args) -> None:
    """A small packed reply of `mb` (200) megabytes; sse=1 calls it an event stream."""
    kind = SSE if args.integer("sse", 0) else "application/json; charset=UTF-8"
    packed = _bomb(args.integer("mb", 200))
    await turn.exchange.reply(200, [("Content-Type", kind), ("Content-Encoding", "gzip")], packed)


@fault
async def wrong_type(turn: Turn, args: Args) -> None:
    """A sound stream that calls itself `type` (text/plain)."""
    await turn.open(headers=[("Content-Type", args.text("type", "text/plain"))])
    await turn.say()
    await turn.conclude()


@fault
async def no_type(turn: Turn, args: Args) -> None:
    """A sound stream without Content-Type."""
    await turn.open(headers=[])
    await turn.say()
    await turn.conclude()


def _words(turn: Turn, code: str) -> str:
    return message(code, english=turn.english, model=turn.stamp.model)


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    spaces = b" " * _MEGABYTE
    parts = [packer.compress(spaces) for _ in range(megabytes)]
    return b"".join([*parts, packer.flush()])
