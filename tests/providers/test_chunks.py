"""Chunks into events: the state machine of glm-api.md §4."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glmdesk.domain.errors import UserError
from glmdesk.domain.event import (
    Event,
    EventsSkipped,
    Finished,
    ReasoningDelta,
    ServerToolReported,
    Started,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from glmdesk.domain.usage import Usage
from glmdesk.providers.chunks import ChunkReader
from glmdesk.providers.limits import Limits
from glmdesk.providers.reply import ReplyReader
from tests.providers.loopback import DONE, END, HELLO, chunk, frame
from tests.providers.test_sse import STREAMS


def read(*frames: bytes, limits: Limits = Limits()) -> tuple[list[Event], str]:  # noqa: B008
    """The events of a body, and the kind of the error that ended it."""
    reader = ReplyReader(ChunkReader(model="m", url="u"), limits)
    events: list[Event] = []
    try:
        for raw in frames:
            events.extend(reader.feed(raw))
        events.extend(reader.finish())
    except UserError as error:
        return events, error.info.kind
    return events, ""


def test_text_reasoning_usage_and_end_come_in_order() -> None:
    usage = {
        "prompt_tokens": 282,
        "completion_tokens": 145,
        "total_tokens": 427,
        "prompt_tokens_details": {"cached_tokens": 258},
    }
    events, kind = read(
        frame(chunk({"role": "assistant", "content": "", "reasoning_content": "\n"})),
        frame(chunk({"role": "assistant", "content": "Hi", "reasoning_content": ""})),
        frame(chunk({"role": "assistant", "content": ""}, reason="stop", usage=usage)),
        DONE,
    )
    assert kind == ""
    assert events == [
        Started("2025", "glm-4.5"),
        ReasoningDelta("\n"),
        TextDelta("Hi"),
        UsageReported(Usage(282, 145, 427, 258)),
        Finished("stop"),
    ]


def test_usage_may_come_in_a_chunk_without_choices() -> None:
    events, _ = read(
        HELLO, END[: -len(DONE)], frame({"id": "2025", "choices": [], "usage": {"prompt_tokens": 3}}), DONE
    )
    assert UsageReported(Usage(3, 0, 3)) in events
    assert events[-1] == Finished("stop")


def test_the_reason_of_a_tool_chunk_does_not_end_the_stream() -> None:
    calls = [
        frame(
            chunk(
                {
                    "tool_calls": [
                        {"id": f"c{i}", "index": i, "type": "function", "function": {"name": "f", "arguments": "{}"}}
                    ]
                },
                reason="tool_calls",
            )
        )
        for i in range(2)
    ]
    events, _ = read(*calls, END)
    assert [e for e in events if isinstance(e, ToolCallDelta)] == [
        ToolCallDelta(0, "c0", "f", "{}"),
        ToolCallDelta(1, "c1", "f", "{}"),
    ]
    assert events[-1] == Finished("stop")


def test_tools_the_provider_ran_are_reported_and_not_called() -> None:
    mcp = {"type": "mcp", "mcp": {"id": "1", "type": "mcp_call", "name": "x"}}
    events, _ = read(frame(chunk({"tool_calls": [mcp]}, web_search=[{"title": "t"}])), END)
    assert [e.kind for e in events if isinstance(e, ServerToolReported)] == ["web_search", "mcp"]
    assert not any(isinstance(e, ToolCallDelta) for e in events)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("network_error", "network_error"),
        ("model_context_window_exceeded", "context_too_long"),
        ("sensitive", ""),
        ("length", ""),
    ],
)
def test_reasons_that_are_errors_raise(reason: str, kind: str) -> None:
    events, found = read(HELLO, frame(chunk({"role": "user", "content": ""}, reason=reason)), DONE)
    assert found == kind
    assert kind or events[-1] == Finished(reason)


@pytest.mark.parametrize(
    "tail",
    [
        b'event: error\ndata: {"error":{"code":"1302","message":"m"},"request_id":"r"}\n\ndata: [DONE]\n\n',
        b'data: {"error":{"code":"1302","message":"m"}}\n\n',
        b'event: error\ndata: {"code":1302,"message":"m"}\n\n',
    ],
)
@pytest.mark.parametrize("before", [b"", HELLO])
def test_errors_inside_a_stream_end_it(before: bytes, tail: bytes) -> None:
    events, kind = read(before, tail)
    assert kind == "too_many_requests"
    assert bool(events) == bool(before)


def test_an_error_event_of_plain_words_is_an_error() -> None:
    assert read(HELLO, b"event: error\ndata: upstream broke\n\n")[1] == "unknown_error"


def test_a_clean_end_without_reason_or_done_is_incomplete() -> None:
    assert read(HELLO)[0][-1] == Finished("", complete=False)
    assert read(HELLO, DONE)[0][-1] == Finished("", complete=True)


def test_a_last_event_without_its_blank_line_counts_when_it_is_whole() -> None:
    assert read(HELLO, frame(chunk({}, reason="stop")).rstrip())[0][-1] == Finished("stop")
    assert read(HELLO, frame(chunk({}, reason="stop"))[:-20])[0][-1] == Finished("", complete=False)


def test_a_glued_frame_counts_only_when_it_is_of_this_reply() -> None:
    glued = b'data: {"id":"other","created":1,"object":"chat.c' + frame(chunk({"content": "!"}))
    events, kind = read(HELLO, glued, END)
    assert kind == ""
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "你好!"
    foreign = glued.replace(b'"2025"', b'"2026"')
    assert read(HELLO, foreign, END)[1] == "stream_corrupted"


def test_bad_json_is_skipped_and_counted_and_three_in_a_row_are_an_error() -> None:
    bad = frame("{nope")
    events, kind = read(HELLO, bad, bad, HELLO, bad, END)
    assert kind == ""
    assert [e.count for e in events if isinstance(e, EventsSkipped)] == [1, 2, 3]
    assert read(HELLO, bad, bad, bad, END)[1] == "stream_corrupted"


@pytest.mark.parametrize("text", ["[" * 10_000, '{"a":' * 10_000, "NaN", '"\\ud800"'])
def test_deep_and_odd_json_is_no_crash(text: str) -> None:
    events, kind = read(HELLO, frame(text), END)
    assert kind == ""
    assert events[-1] == Finished("stop")


def test_a_whole_completion_answers_a_streaming_request() -> None:
    message = {
        "role": "assistant",
        "content": "hi",
        "reasoning_content": "hm",
        "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {"a": 1}}}],
    }
    body = {
        "id": "x",
        "request_id": "x",
        "model": "m",
        "choices": [{"finish_reason": "stop", "index": 0, "message": message}],
        "usage": {"prompt_tokens": 1},
    }
    events, _ = read(json.dumps(body, indent=1).encode())
    assert events == [
        Started("x", "m"),
        ReasoningDelta("hm"),
        TextDelta("hi"),
        ToolCallDelta(0, "c", "f", '{"a": 1}'),
        UsageReported(Usage(1, 0, 1)),
        Finished("stop"),
    ]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "empty_reply"),
        (b"\n\n", "empty_reply"),
        (b"upstream error", "empty_reply"),
        (b'{"choices":[', "stream_corrupted"),
        (b"{}", "unknown_error"),
        (b"[]", "unknown_error"),
    ],
)
def test_replies_that_are_no_answer_are_errors(raw: bytes, kind: str) -> None:
    assert read(raw)[1] == kind


def test_what_comes_has_caps() -> None:
    assert read(b'data: {"a":"' + b"x" * 99, limits=Limits(line=64))[1] == "line_too_long"
    assert read(b'{"a":"' + b"x" * 99, limits=Limits(body=64))[1] == "too_big"
    assert read(*[HELLO] * 60, limits=Limits(answer=64))[1] == "answer_too_long"


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_KEYS = [
    "id",
    "model",
    "choices",
    "delta",
    "message",
    "content",
    "reasoning_content",
    "reasoning",
    "tool_calls",
    "function",
    "name",
    "arguments",
    "index",
    "finish_reason",
    "usage",
    "prompt_tokens",
    "prompt_tokens_details",
    "cached_tokens",
    "error",
    "code",
    "web_search",
    "type",
]
_SHAPES = st.recursive(
    _JSON,
    lambda inner: st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=STREAMS // 4, deadline=2_000)
@given(st.lists(st.dictionaries(st.sampled_from(_KEYS), _SHAPES, min_size=1), max_size=4))
def test_wrong_shapes_are_events_or_errors_and_never_a_crash(chunks: list[dict[str, Any]]) -> None:
    events, kind = read(*(frame(c) for c in chunks), END)
    assert kind or isinstance(events[-1], Finished)


def test_sound_json_that_is_no_object_is_skipped_however_often_it_comes() -> None:
    events, kind = read(HELLO, *[frame(text) for text in ("null", "[]", "1", '"x"', "true")], END)
    assert kind == ""
    assert events[-1] == Finished("stop")
    assert [e.count for e in events if isinstance(e, EventsSkipped)] == [1, 2, 3, 4, 5]


def test_an_empty_error_beside_an_answer_is_none() -> None:
    assert read(frame(chunk({"content": "x"}, error={"message": "", "code": None})), END)[1] == ""
    assert read(frame({"error": {}}))[1] == "unknown_error"
