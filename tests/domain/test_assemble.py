"""Events folded into a message."""

from __future__ import annotations

from glmdesk.domain.assemble import Assembly
from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.event import Finished, ReasoningDelta, Started, TextDelta, ToolCallDelta, UsageReported
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import TextPart
from glmdesk.domain.usage import Usage


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def answer(**fields: object) -> Message:
    base: dict[str, object] = {"id": "a", "conversation_id": "c", "role": Role.ASSISTANT, "status": Status.STREAMING}
    return Message(**(base | fields))  # type: ignore[arg-type]


def test_text_and_reasoning_stay_byte_exact() -> None:
    assembly = Assembly(answer(), clock=Clock())
    for event in (
        TextDelta("\n"),
        ReasoningDelta("\nThe"),
        ReasoningDelta(" user"),
        TextDelta("\n\nHi"),
        TextDelta(" "),
    ):
        assembly.apply(event)
    message = assembly.snapshot()
    assert (message.reasoning, message.text) == ("\nThe user", "\n\n\nHi ")


def test_whitespace_before_reasoning_does_not_end_the_thought() -> None:
    clock = Clock()
    assembly = Assembly(answer(), clock=clock)
    assembly.apply(TextDelta("\n"))
    assembly.apply(ReasoningDelta("a"))
    assert assembly.thinking_now
    clock.now += 2
    assembly.apply(ReasoningDelta("b"))
    clock.now += 1
    assembly.apply(TextDelta("answer"))
    clock.now += 50
    assert not assembly.thinking_now
    assert assembly.snapshot().reasoning_seconds == 3.0


def test_the_thinking_clock_runs_between_deltas() -> None:
    clock = Clock()
    assembly = Assembly(answer(), clock=clock)
    assembly.apply(ReasoningDelta("a"))
    clock.now += 7
    assert assembly.snapshot().reasoning_seconds == 7.0


def test_first_token_and_total_time_are_measured_from_the_request() -> None:
    clock = Clock()
    assembly = Assembly(answer(), clock=clock)
    clock.now += 0.8
    assembly.apply(TextDelta("x"))
    clock.now += 2
    message = assembly.close(Status.COMPLETE)
    assert round(message.timing.first_token or 0, 3) == 0.8
    assert message.timing.total == 2.8


def test_whole_calls_and_fragments_give_the_same_calls() -> None:
    whole, pieces = Assembly(answer()), Assembly(answer())
    whole.apply(ToolCallDelta(0, "call_1", "add", '{"a":2}'))
    whole.apply(ToolCallDelta(1, "call_2", "mul", '{"b":3}'))
    for delta in (
        ToolCallDelta(0, "call_1", "add", '{"a"'),
        ToolCallDelta(0, "", "", ":2}"),
        ToolCallDelta(1, "call_2", "mul", ""),
        ToolCallDelta(1, "call_2", "", '{"b":3}'),
    ):
        pieces.apply(delta)
    assert whole.snapshot().tool_calls == pieces.snapshot().tool_calls


def test_two_calls_with_one_index_but_other_ids_stay_two_calls() -> None:
    assembly = Assembly(answer())
    assembly.apply(ToolCallDelta(0, "call_1", "a", "{}"))
    assembly.apply(ToolCallDelta(0, "call_2", "b", "{}"))
    assert [call.name for call in assembly.snapshot().tool_calls] == ["a", "b"]


def test_an_error_stands_beside_the_text_and_not_in_its_place() -> None:
    assembly = Assembly(answer())
    assembly.apply(Started("r1", "glm-4.5-air"))
    assembly.apply(TextDelta("half an ans"))
    message = assembly.close(Status.FAILED, ErrorInfo("reset"))
    assert message.text == "half an ans"
    assert message.error is not None
    assert message.error.error.kind == "reset"


def test_usage_model_and_finish_reason_are_kept() -> None:
    assembly = Assembly(answer(model="asked"))
    for event in (Started("r1", "given"), UsageReported(Usage(5, 7, 12)), Finished("stop")):
        assembly.apply(event)
    message = assembly.close(Status.COMPLETE)
    assert (message.model, message.request_id, message.finish_reason) == ("given", "r1", "stop")
    assert message.usage == Usage(5, 7, 12)


def test_a_continued_answer_drops_what_the_model_says_again() -> None:
    base = answer(parts=(TextPart("从前有一座山，山里有一座庙，庙里"),))
    assembly = Assembly(base)
    for piece in ("\n", "山里有一", "座庙，庙里", "有一个老和尚。"):
        assembly.apply(TextDelta(piece))
    assert assembly.close(Status.COMPLETE).text == "从前有一座山，山里有一座庙，庙里有一个老和尚。"
