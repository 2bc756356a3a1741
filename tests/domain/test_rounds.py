"""Rounds of a tool loop, and what is sent back of them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.assemble import Assembly
from glmdesk.domain.event import ServerToolReported, TextDelta, ToolCallDelta, UsageReported
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import (
    Outcome,
    Part,
    ReasoningPart,
    ServerToolPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from glmdesk.domain.rounds import (
    answer_open_calls,
    ends_in_tools,
    open_calls,
    rounds_of,
    wire_messages,
    with_unique_ids,
)
from glmdesk.domain.usage import Usage

IDS = st.sampled_from(["", "a", "b", "call_1"])
PARTS = st.lists(
    st.one_of(
        st.builds(TextPart, st.text(max_size=5)),
        st.builds(ReasoningPart, st.text(max_size=5)),
        st.builds(ToolCallPart, IDS, st.just("f"), st.sampled_from(["{}", '{"a": 1}', "", "{bad", "[1"])),
        st.builds(ToolResultPart, IDS, st.text(max_size=5)),
    ),
    max_size=12,
)


def answer(*parts: Part, **fields: object) -> Message:
    return Message("m", "c", Role.ASSISTANT, tuple(parts), **fields)  # pyright: ignore[reportArgumentType]


@given(PARTS)
def test_every_call_is_sent_with_exactly_one_answer_right_after_it(parts: list[Part]) -> None:
    message = answer_open_calls(with_unique_ids(answer(*parts)), Outcome.INTERRUPTED)
    assert open_calls(message) == ()
    waiting: list[str] = []
    for sent in wire_messages(message, reasoning=True):
        if sent.role is Role.TOOL:
            assert sent.tool_call_id == waiting.pop(0)
        else:
            assert waiting == []
            waiting = [call.call_id for call in sent.tool_calls]
            for call in sent.tool_calls:
                json.loads(call.arguments)
    assert waiting == []


@given(PARTS)
def test_unique_ids_are_the_same_each_time_and_leave_good_ones(parts: list[Part]) -> None:
    parts = [part for part in parts if not isinstance(part, ToolResultPart)]
    once = with_unique_ids(answer(*parts))
    assert with_unique_ids(once) == once
    assert with_unique_ids(answer(*parts)) == once
    ids = [call.call_id for call in rounds_of(once.parts)[-1].calls]
    assert len(set(ids)) == len(ids)


def test_answers_follow_the_order_of_the_calls_and_not_that_of_their_ends() -> None:
    calls = [ToolCallPart(name, "f", "{}", i) for i, name in enumerate("abc")]
    results = [ToolResultPart(name, name.upper()) for name in "cab"]
    sent = wire_messages(answer(*calls, *results), reasoning=True)
    assert [m.content for m in sent[1:]] == ["A", "B", "C"]


def test_a_new_round_keeps_what_was_there_and_adds_up_the_usage() -> None:
    base = answer(
        ReasoningPart("r"),
        TextPart("t"),
        ToolCallPart("a", "f", "{}"),
        ToolResultPart("a", "x"),
        status=Status.STREAMING,
        usage=Usage(10, 5, 15),
    )
    assembly = Assembly(base)
    assembly.apply(TextDelta("end"))
    assembly.apply(ToolCallDelta(0, "b", "f", "{}"))
    assembly.apply(UsageReported(Usage(20, 1, 21)))
    message = assembly.snapshot()
    assert message.parts == (*base.parts, TextPart("end"), ToolCallPart("b", "f", "{}"))
    assert message.usage == Usage(30, 6, 36)
    assert [(r.text, len(r.calls)) for r in rounds_of(message.parts)] == [("t", 1), ("end", 1)]
    assert ends_in_tools(message)
    assert not ends_in_tools(answer(TextPart("t")))


def test_tools_of_the_service_are_kept_to_be_shown_and_never_sent() -> None:
    assembly = Assembly(answer(status=Status.STREAMING))
    assembly.apply(ServerToolReported("web_search", {"results": [{"title": "T", "link": "https://a"}, {"x": 1}]}))
    assembly.apply(ServerToolReported("mcp", {"type": "mcp", "mcp": {"server_label": "s", "name": "n", "output": {}}}))
    assembly.apply(TextDelta("hi"))
    message = assembly.snapshot()
    search, call = message.of(ServerToolPart)
    assert [(link.title, link.url) for link in search.links] == [("T", "https://a")]
    assert call.name == "s.n"
    assert [m.content for m in wire_messages(message, reasoning=True)] == ["hi"]
