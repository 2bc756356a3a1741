"""Rows 27 to 34: events, lines and bodies that are not what they should be."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glmdesk.demo import wire
from glmdesk.domain.errors import ProviderError
from glmdesk.domain.event import Event
from glmdesk.domain.message import Status
from glmdesk.providers.chunks import ChunkReader
from glmdesk.providers.limits import MEGABYTE, Limits
from glmdesk.providers.reply import ReplyReader
from tests.benchmarks.meter import resident
from tests.faults.scene import Scene, play
from tests.helpers.stored import NIGHTLY

STREAMS = 10_000 if NIGHTLY else 300
EVENTS = 1_000_000 if NIGHTLY else 50_000
LINE_MB = 50 if NIGHTLY else 20
BOMB_MB = 1000 if NIGHTLY else 60
GROWTH_MB = 100  # what one bad reply may leave in memory


def _read(*pieces: bytes) -> tuple[list[Event], str]:
    """What a reader makes of a body in these pieces: its events, and the kind of the error that ended it."""
    reader = ReplyReader(ChunkReader(model="glm-4.5", url="u"), Limits())
    events: list[Event] = []
    try:
        for piece in pieces:
            events += reader.feed(piece)
        events += reader.finish()
    except ProviderError as error:
        return events, error.info.kind
    return events, ""


def _words(events: list[Event]) -> str:
    return "".join(getattr(event, "text", "") for event in events)


def _stream() -> bytes:
    stamp = wire.new_stamp("glm-4.5")
    texts = ["汉字，", "a\u0301", "😀", "\u2028\u0085", "line\n", "«»"] * 6
    chunks = [wire.chunk(stamp, wire.Profile.MARCH_2026, delta={"content": text}) for text in texts]
    last = wire.chunk(stamp, wire.Profile.MARCH_2026, delta={"content": ""}, finish="stop")
    return b"".join(map(wire.frame, [*chunks, last])) + wire.DONE


def test_row_25_whatever_the_byte_at_which_it_ends_no_broken_character_is_kept() -> None:
    whole = _stream()
    assert len(whole) > 4000
    full = _words(_read(whole)[0])
    for end in range(len(whole)):
        events, _ = _read(whole[:end])
        assert "\ufffd" not in _words(events), end
        assert full.startswith(_words(events)), end


@pytest.mark.parametrize(
    "order", ["crlf", "no_space", "bom", "comments", "unterminated", "byte_by_byte", "until_close"]
)
def test_row_27_every_way_to_write_events_is_read(profile: Path, url: str, order: str) -> None:
    async def body(scene: Scene) -> None:
        plain = await scene.ask("/long tokens=120 thought=0")
        answer = await scene.ask(f"/long tokens=120 thought=0\n/fault {order}")
        assert answer.status is Status.COMPLETE
        assert answer.text == plain.text
        assert scene.said == ""

    play(profile, url, body)


def _fuzzed(dice: random.Random) -> bytes:
    """A sound stream with other line ends, fields nobody needs, and bytes that belong to nothing."""
    lines = _stream().split(b"\n")[: dice.randrange(4, 40)]
    for _ in range(dice.randrange(6)):
        extra = [b": comment", b"id: 7", b"retry: 1", b"event: ping", b"data", b"data:", b"\xff\xfe", b"", b"data: {"]
        lines.insert(dice.randrange(len(lines)), dice.choice(extra))
    return b"".join(line + dice.choice([b"\n", b"\r\n", b"\r"]) for line in lines)


def test_row_27_fuzzed_streams_mean_the_same_in_every_chunking() -> None:
    dice = random.Random(27)
    for number in range(STREAMS):
        raw = dice.choice([b"", b"\xef\xbb\xbf"]) + _fuzzed(dice)
        cuts = sorted(dice.randrange(len(raw)) for _ in range(dice.randrange(12)))
        pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
        whole, cut = _read(raw), _read(*pieces)
        assert _words(whole[0]) == _words(cut[0]), number
        assert whole[1] == cut[1], number


def test_row_28_one_unreadable_event_is_left_out(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("/long tokens=120 thought=0\n/fault bad_json_event")
        assert answer.status is Status.COMPLETE
        assert scene.said == ""

    play(profile, url, body)


def test_row_28_three_in_a_row_end_the_answer_and_keep_its_words(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("/long tokens=120 thought=0\n/fault bad_json_event n=3 after=40")
        assert answer.status is Status.FAILED
        assert len(answer.text) > 20
        assert "已损坏" in scene.said
        assert {"retry", "continue"} <= set(scene.offered)

    play(profile, url, body)


def test_row_29_wrong_shapes_are_passed_over(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("/long tokens=120 thought=0\n/fault wrong_shapes")
        assert answer.status is Status.COMPLETE
        assert len(answer.text) > 60

    play(profile, url, body)


_NAMES = ("choices", "delta", "index", "content", "tool_calls", "function", "usage", "error", "id", "x")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "index", "content", "tool_calls", "function", "usage", "error", "id", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=STREAMS, deadline=None)
@given(_JSON)
def test_row_29_no_shape_of_json_is_a_crash(value: object) -> None:
    _read(b"data: " + json.dumps(value).encode() + b"\n\n" + wire.DONE)


@pytest.mark.parametrize(
    "raw", [b"[" * 10_000 + b"]" * 10_000, b'{"choices":' * 10_000, b'{"choices":[{"index":1e999}]}']
)
def test_row_29_depth_and_size_are_no_crash(raw: bytes) -> None:
    _read(b"data: " + raw + b"\n\n", wire.DONE)


@pytest.mark.timeout(300)
def test_row_30_a_huge_line_is_refused_and_does_not_stay_in_memory(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        await scene.ask("你好")
        before = resident()
        answer = await scene.ask(f"/long tokens=120 thought=0\n/fault huge_line mb={LINE_MB} after=60")
        grown = (resident() - before) / 1024
        print(f"\n{LINE_MB} MB line: {grown:.0f} MB more in memory")
        assert answer.error is not None
        assert answer.error.error.kind == "line_too_long"
        assert len(answer.text) > 30
        assert scene.offered[0] == "continue"
        assert grown < GROWTH_MB

    play(profile, url, body)


class _Turns:
    """Counts the turns of the window's loop."""

    def __init__(self) -> None:
        self.count = 0

    async def run(self) -> None:
        while True:
            self.count += 1
            await asyncio.sleep(0.005)


@pytest.mark.timeout(600)
def test_row_31_a_flood_of_tiny_events_leaves_the_window_alive(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        turns = _Turns()
        scene.window.tasks.start("turns", turns.run())
        before, frames, at = resident(), scene.view.frames, monotonic()
        await scene.send(f"/fault burst n={EVENTS}")
        while scene.message.status is Status.STREAMING:
            await asyncio.sleep(0.02)
        took = monotonic() - at
        print(
            f"\n{EVENTS} events: {took:.1f} s, {(scene.view.frames - frames) / took:.0f} frames and "
            f"{turns.count / took:.0f} turns a second, {(resident() - before) / 1024:.0f} MB more in memory"
        )
        answer = await scene.end()
        assert answer.status is Status.COMPLETE
        assert len(answer.text) == EVENTS
        assert turns.count > EVENTS / 5000
        assert (resident() - before) / 1024 < GROWTH_MB

    play(profile, url, body)


@pytest.mark.timeout(300)
def test_row_31_stop_works_in_the_flood(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        await scene.send(f"/fault burst n={20 * EVENTS}")
        await scene.person.until(lambda: len(scene.message.text) > 2000, "the flood has begun")
        turns = _Turns()
        scene.window.tasks.start("turns", turns.run())
        took = await scene.stop()
        print(f"\nStop in a flood: {1000 * took:.0f} ms, {turns.count} turns of the loop")
        assert scene.message.status is Status.STOPPED
        assert len(scene.message.text) < 20 * EVENTS

    play(profile, url, body)


@pytest.mark.parametrize("order", ["endless", "endless_thought"])
def test_row_32_an_endless_answer_ends_at_the_limit_and_says_so(profile: Path, url: str, order: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask(f"/fault {order}")
        assert answer.error is not None
        assert answer.error.error.kind == "answer_too_long"
        assert len(answer.text) + len(answer.reasoning) > 15_000
        assert scene.offered[0] == ("continue" if order == "endless" else "retry")

    play(profile, url, body, limits=Limits(answer=20_000))


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize(
    ("order", "kinds"),
    [
        ("gzip_truncated", {"bad_encoding"}),
        (f"gzip_bomb mb={BOMB_MB}", {"too_big", "line_too_long"}),
        (f"gzip_bomb mb={BOMB_MB} sse=1", {"too_big", "line_too_long"}),
    ],
)
@pytest.mark.timeout(300)
def test_row_33_packed_bodies_that_are_broken_or_bombs_are_errors(
    profile: Path, url: str, order: str, kinds: set[str]
) -> None:
    async def body(scene: Scene) -> None:
        await scene.ask("你好")
        before = resident()
        answer = await scene.ask(f"/fault {order}")
        assert answer.error is not None
        assert answer.error.error.kind in kinds
        assert scene.said
        assert (resident() - before) < GROWTH_MB * MEGABYTE / 1024

    play(profile, url, body)


def test_row_34_a_web_page_is_named_as_one_and_quoted_as_plain_text(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        await scene.ask("/fault html_page")
        assert "网页" in scene.said
        assert "<h1>405 Method Not Allowed</h1>" in scene.said
        assert scene.offered[0] == "open_endpoints"

    play(profile, url, body)


@pytest.mark.usefixtures("quick_retries")
def test_row_34_an_error_in_place_of_a_stream_is_that_error(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        await scene.ask("/fault json_200")
        assert "太忙" in scene.said
        assert scene.offered[0] == "switch_model"
        assert scene.counted.requests == 4

    play(profile, url, body)


@pytest.mark.parametrize("order", ["wrong_type", "no_type"])
def test_row_34_a_wrong_content_type_does_not_matter(profile: Path, url: str, order: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask(f"/fault {order}")
        assert answer.status is Status.COMPLETE
        assert scene.said == ""

    play(profile, url, body)
