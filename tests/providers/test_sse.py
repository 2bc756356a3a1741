"""Server-sent events: any chunking, any line ends, nothing lost, nothing without a cap."""

from __future__ import annotations

import os
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.providers.sse import LineTooLong, ServerEvent, SseDecoder

STREAMS = 10_000 if os.environ.get("GLMDESK_NIGHTLY") else 1_000


def decoded(raw: bytes, cuts: list[int] | None = None) -> list[ServerEvent]:
    decoder = SseDecoder()
    events: list[ServerEvent] = []
    at = 0
    for end in [*sorted(c for c in cuts or [] if c <= len(raw)), len(raw)]:
        events += decoder.feed(raw[at:end])
        at = end
    return events + decoder.finish()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"data: a\n\n", [ServerEvent("a")]),
        (b"data:a\n\n", [ServerEvent("a")]),
        (b"data:  a\n\n", [ServerEvent(" a")]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [ServerEvent("a"), ServerEvent("b")]),
        (b"data: a\r\rdata: b\r\r", [ServerEvent("a"), ServerEvent("b")]),
        (b"data: a\r\n\ndata: b\n\r", [ServerEvent("a"), ServerEvent("b")]),
        (b"data: a\ndata: b\n\n", [ServerEvent("a\nb")]),
        (b"data\n\n", [ServerEvent("")]),
        (b": keepalive\n\ndata: a\n\n", [ServerEvent("a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [ServerEvent("a")]),
        (b"event: error\nid: 7\nretry: 10\nfoo: bar\ndata: a\n\n", [ServerEvent("a", "error")]),
        (b"event: error\n\ndata: a\n\n", [ServerEvent("a")]),
        (b"data: a\n\ndata: b", [ServerEvent("a"), ServerEvent("b", whole=False)]),
        (b"data: a\n", [ServerEvent("a", whole=False)]),
        ("data: \u2028\u0085\x0b你\n\n".encode(), [ServerEvent("\u2028\u0085\x0b你")]),
        (b"data: \xff\n\n", [ServerEvent("\ufffd")]),
        (b"", []),
        (b"\xef\xbb", []),
        (b"\n\n\n", []),
    ],
)
def test_every_form_of_an_event_is_read_in_every_chunking(raw: bytes, expected: list[ServerEvent]) -> None:
    assert decoded(raw) == expected
    assert decoded(raw, list(range(len(raw)))) == expected
    for place in range(len(raw)):
        assert decoded(raw, [place]) == expected


@given(
    st.lists(
        st.sampled_from(
            [b"data: ", b"data:", b"event: e", b"\n", b"\r", b"\r\n", b":", b"{}", "你".encode(), b"\xef\xbb\xbf"]
        )
    ),
    st.lists(st.integers(0, 200)),
)
def test_events_do_not_depend_on_the_chunking(pieces: list[bytes], cuts: list[int]) -> None:
    raw = b"".join(pieces)
    assert decoded(raw, cuts) == decoded(raw)


def test_fuzzed_streams_end_quickly_and_alike_in_every_chunking() -> None:
    chance = random.Random(7)
    words = [b"data: x", b"data:", b"\n", b"\n\n", b"\r\n", b"\r", b"event: error", b"id", b": c", b"\xe4\xbd", b"\xa0"]
    for _ in range(STREAMS):
        raw = b"".join(chance.choices([*words, chance.randbytes(5)], k=chance.randrange(40)))
        started = time.monotonic()
        whole = decoded(raw)
        assert decoded(raw, [chance.randrange(len(raw) + 1) for _ in range(9)]) == whole
        assert decoded(raw, list(range(len(raw)))) == whole
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("raw", [b"x" * 40, b"data: " + b"x" * 40, b"data: xxxxxxxx\n" * 5])
def test_lines_and_events_have_a_cap(raw: bytes) -> None:
    decoder = SseDecoder(max_line=32)
    with pytest.raises(LineTooLong):
        decoder.feed(raw)


def test_a_million_single_bytes_and_a_million_tiny_events_take_seconds() -> None:
    started = time.process_time()
    decoder = SseDecoder()
    long_line = b"data: " + b"x" * 999_990 + b"\n\n"
    assert sum(len(decoder.feed(long_line[i : i + 1])) for i in range(len(long_line))) == 1
    tiny = b"data: x\n\n" * 10_000
    assert sum(len(decoder.feed(tiny)) for _ in range(100)) == 1_000_000
    assert time.process_time() - started < 30
