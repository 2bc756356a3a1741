"""The connection breaks, hangs or brings rubbish (faults rows 19 to 34, 42)."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import pickle
import socket
import time
import traceback
from contextlib import aclosing

import pytest

from glmdesk.domain.event import Finished, TextDelta
from glmdesk.domain.message import Role
from glmdesk.domain.request import ChatRequest, RequestMessage
from glmdesk.domain.secret import Secret
from glmdesk.providers.limits import Limits
from tests.helpers.systems import linux_only
from tests.providers.loopback import (
    ASK,
    CANARY,
    DONE,
    END,
    GOOD,
    HELLO,
    KEY,
    SHORT,
    Handler,
    answer,
    ask,
    chunk,
    client,
    cut,
    frame,
    hangs,
    head,
    in_turn,
    refuses,
    resets,
    sends,
    serve,
)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_closed_port_names_host_and_port() -> None:
    port = closed_port()
    outcome = asyncio.run(ask(f"http://127.0.0.1:{port}/v4"))
    assert outcome.kind == "refused"
    assert outcome.error is not None
    assert outcome.error.info.args["host"] == f"127.0.0.1:{port}"


def test_an_unknown_host_is_named() -> None:
    outcome = asyncio.run(ask("https://nowhere.invalid/v4"))
    assert outcome.kind == "dns"
    assert outcome.error is not None
    assert outcome.error.info.args["host"] == "nowhere.invalid"


@pytest.mark.parametrize(
    "url", ["", "ftp://host/v4", "host/v4", "http://", "http://[::1/v4", "http://h:99999/v4", "http://h o/v4"]
)
def test_an_impossible_address_is_told(url: str) -> None:
    assert asyncio.run(ask(url)).kind in ("bad_address", "dns")


def test_a_connect_that_hangs_ends_at_its_limit() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        started = time.monotonic()
        outcome = asyncio.run(ask(f"http://127.0.0.1:{full.getsockname()[1]}/v4", limits=SHORT))
        for filler in fillers:
            filler.close()
    assert outcome.kind == "connect_timeout"
    assert time.monotonic() - started < 2


def test_headers_that_never_come_end_at_the_idle_limit() -> None:
    outcome = answer(hangs(), limits=SHORT)
    assert outcome.events == []
    assert outcome.kind == "silent"


def test_a_stall_ends_at_the_idle_limit_and_the_text_stays() -> None:
    outcome = answer(hangs(head(), HELLO), limits=SHORT)
    assert outcome.texts(TextDelta) == "你好"
    assert outcome.kind == "idle_timeout"


@pytest.mark.parametrize("before", [(), (head(), HELLO)])
def test_stop_closes_the_connection_within_200_ms(before: tuple[bytes, ...]) -> None:
    async def body() -> float:
        closed = asyncio.Event()

        async def handler(request: object, writer: asyncio.StreamWriter) -> None:
            for piece in before:
                writer.write(piece)
            await asyncio.sleep(0.05)
            reached.set()
            while not writer.transport.is_closing():
                await asyncio.sleep(0.01)
                writer.write(b" ")  # finds out that nobody reads any more
            closed.set()

        async def read(url: str) -> None:
            async with client(url) as chat, aclosing(chat.stream(ASK, KEY)) as events:
                async for _ in events:
                    pass

        reached = asyncio.Event()
        async with serve(handler) as server:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(read(server.url))
                await reached.wait()
                started = time.monotonic()
                reading.cancel()
            took = time.monotonic() - started
            async with asyncio.timeout(2):
                await closed.wait()
        return took

    assert asyncio.run(body()) < 0.2


@pytest.mark.parametrize("pieces", [(head(),), (head(), HELLO)])
def test_a_torn_connection_is_told(pieces: tuple[bytes, ...]) -> None:
    assert answer(resets(*pieces)).kind == "connection_lost"


@pytest.mark.parametrize("handler", [resets(), sends()])
def test_a_server_that_hangs_up_without_a_word_is_told_so(handler: Handler) -> None:
    assert answer(handler).kind == "hung_up"


def test_a_body_shorter_than_promised_is_a_torn_connection() -> None:
    outcome = answer(sends(head(Content_Length="9999"), HELLO))
    assert outcome.kind == "connection_lost"
    assert outcome.texts(TextDelta) == "你好"


def test_a_cut_at_every_byte_keeps_whole_characters_and_raises_no_bug() -> None:
    text = "汉字🙂é"
    raw = b"".join(frame(chunk({"content": c})) for c in text) + END

    async def body() -> None:
        for size in range(len(raw)):
            async with serve(sends(head(), raw[:size])) as server:
                outcome = await ask(server.url)
                kept = outcome.texts(TextDelta)
                assert text.startswith(kept)
                assert outcome.kind in ("", "empty_reply")

    asyncio.run(body())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_pieces_of_the_network_do_not_matter(size: int) -> None:
    raw = b"\xef\xbb\xbf: hi\r\n" + HELLO.replace(b"\n", b"\r\n") + END.rstrip()
    outcome = answer(sends(head(), *cut(raw, size)))
    assert outcome.texts(TextDelta) == "你好"
    assert outcome.events[-1] == Finished("stop")


def _peak_memory() -> int:
    """In KiB."""
    import resource  # Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@linux_only("peak memory in KiB")
def test_a_50_mb_line_is_refused_at_its_cap() -> None:
    before = _peak_memory()
    outcome = answer(sends(head(), HELLO, b"data: ", *[b"x" * 1_000_000] * 50))
    assert outcome.kind == "line_too_long"
    assert outcome.texts(TextDelta) == "你好"
    assert (_peak_memory() - before) / 1024 < 100


def test_an_endless_answer_ends_at_its_limit() -> None:
    async def endless(request: object, writer: asyncio.StreamWriter) -> None:
        writer.write(head())
        while not writer.transport.is_closing():
            writer.write(HELLO * 100)
            await writer.drain()

    outcome = answer(endless, limits=Limits(answer=10_000))
    assert outcome.kind == "answer_too_long"
    assert len(outcome.texts(TextDelta)) == 10_000


def test_packed_streams_are_read_and_damaged_ones_are_told() -> None:
    packed = gzip.compress(HELLO + END)
    assert answer(sends(head(Content_Encoding="gzip"), packed)).texts(TextDelta) == "你好"
    for encoding, raw in (("gzip", gzip.compress(HELLO)[:-12]), ("gzip", b"no gzip"), ("br", packed), ("zstd", packed)):
        outcome = answer(sends(head(Content_Encoding=encoding), raw))
        assert outcome.kind == "bad_encoding", encoding


@linux_only("peak memory in KiB")
@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
def test_a_bomb_of_200_megabytes_is_refused_in_little_memory(kind: str) -> None:
    bomb = gzip.compress(b"{" + b" " * 200_000_000)
    before = _peak_memory()
    outcome = answer(sends(head(200, kind, Content_Encoding="gzip"), bomb))
    assert outcome.kind == "too_big"
    assert (_peak_memory() - before) / 1024 < 100


def test_an_answer_that_is_no_http_is_told() -> None:
    assert answer(sends(b"SSH-2.0-OpenSSH\r\n\r\n")).kind == "bad_protocol"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_and_the_key_goes_nowhere(status: int) -> None:
    async def body() -> None:
        async with serve(GOOD) as other:
            handler = sends(head(status, "text/html", Location=f"{other.url}/chat/completions", Content_Length="0"))
            async with serve(handler) as server:
                outcome = await ask(server.url)
        assert outcome.kind == "redirect"
        assert other.requests == []

    asyncio.run(body())


def test_connections_are_kept_and_used_again() -> None:
    reply = json.dumps({"choices": [{"message": {"content": "x"}}]}).encode()
    kept = f"HTTP/1.1 200 OK\r\nContent-Length: {len(reply)}\r\n\r\n".encode() + reply

    async def body() -> list[str]:
        async with serve(sends(kept)) as server, client(server.url) as chat:
            return [
                "".join(e.text for e in [e async for e in chat.stream(ASK, KEY)] if isinstance(e, TextDelta))
                for _ in range(3)
            ]

    # The server closes after each: a kept connection that is gone is noticed and replaced.
    assert asyncio.run(body()) == ["x", "x", "x"]


@pytest.mark.parametrize("bad", ["", "a b", "a\nb", "ключ", "a\x00"])
def test_a_key_that_cannot_be_sent_is_told_before_anything_is_sent(bad: str) -> None:
    async def body() -> None:
        async with serve(GOOD) as server:
            outcome = await ask(server.url, key=Secret(bad))
            assert outcome.kind == "key_unsendable"
            assert server.requests == []

    asyncio.run(body())


def test_a_server_without_keys_gets_none() -> None:
    async def body() -> None:
        async with serve(GOOD) as server:
            await ask(server.url, key=None)
            assert "authorization" not in server.requests[0].headers

    asyncio.run(body())


@pytest.mark.parametrize(
    "handler",
    [
        GOOD,
        refuses(401, {"error": {"code": "1000", "message": "m"}}),
        resets(),
        resets(head(), HELLO),
        sends(b"x\r\n\r\n"),
        hangs(head()),
    ],
)
def test_the_key_is_in_no_log_no_error_and_no_trace(handler: object, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcome = answer(handler, limits=SHORT)  # type: ignore[arg-type]
    shown = [caplog.text, repr(outcome.events)]
    if outcome.error is not None:
        shown += traceback.format_exception(outcome.error)
        shown += [repr(outcome.error), repr(outcome.error.info), repr(outcome.error.__cause__)]
        assert outcome.error.__cause__ is None
    for word in (CANARY, CANARY[:12], "S3cret"):
        assert not any(word in text for text in shown)
    with pytest.raises(TypeError):
        pickle.dumps(KEY)


def test_a_broken_frame_at_the_end_after_done_is_not_looked_at() -> None:
    assert answer(in_turn(sends(head(), HELLO, DONE, b"data: {{{\n\n"))).error is None


def test_an_error_whose_body_breaks_off_is_still_that_error() -> None:
    assert answer(sends(head(401, "application/json", Content_Length="999"), b'{"error":')).kind == "key_wrong"


def test_half_a_surrogate_in_the_question_is_no_crash() -> None:
    request = ChatRequest("glm-4.5", (RequestMessage(Role.USER, "a\ud800b"),), thinking=True)
    assert answer(GOOD, request=request).error is None


@pytest.mark.parametrize("tail", ["", "/", "/chat/completions", "/chat/completions/"])
def test_a_pasted_address_may_already_name_the_method(tail: str) -> None:
    async def body() -> None:
        async with serve(GOOD) as server:
            assert (await ask(f" {server.url}{tail} ")).error is None
            assert server.requests[0].line.split()[1] == "/v4/chat/completions"

    asyncio.run(body())
