"""The history as it is sent."""

from __future__ import annotations

from glmdesk.domain.conversation import Setup, Turn
from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import AttachmentPart, ErrorPart, Part, ReasoningPart, TextPart
from glmdesk.services.prompt import continue_messages, request_messages


def turn(id_: str, role: Role, *parts: Part, parent: str | None = None, status: Status = Status.COMPLETE) -> Message:
    return Message(id_, "c", role, parts=parts, parent_id=parent, status=status)


def words(path: list[Message], setup: Setup = Setup(), system: str = "") -> list[tuple[str, str]]:
    return [(m.role.value, m.content) for m in request_messages(path, setup, system)]


def test_the_template_comes_before_the_settings_and_its_turns_before_the_users() -> None:
    setup = Setup(system="template", turns=(Turn(Role.USER, "t1"), Turn(Role.ASSISTANT, "t2")))
    path = [turn("q", Role.USER, TextPart("hi"))]
    assert words(path, setup, "settings") == [
        ("system", "template"),
        ("user", "t1"),
        ("assistant", "t2"),
        ("user", "hi"),
    ]
    assert words(path, Setup(), "settings")[0] == ("system", "settings")
    assert words(path) == [("user", "hi")]


def test_reasoning_of_earlier_turns_is_not_sent() -> None:
    path = [
        turn("q", Role.USER, TextPart("hi")),
        turn("a", Role.ASSISTANT, ReasoningPart("hm"), TextPart("ho"), parent="q"),
    ]
    assert request_messages(path, Setup(), "")[1].reasoning == ""


def test_a_withdrawn_turn_leaves_the_history_with_its_question() -> None:
    path = [
        turn("q", Role.USER, TextPart("bad")),
        turn("a", Role.ASSISTANT, TextPart("shown"), parent="q", status=Status.WITHDRAWN),
        turn("q2", Role.USER, TextPart("good"), parent="a"),
    ]
    assert words(path) == [("user", "good")]


def test_a_question_refused_as_unsafe_leaves_the_history() -> None:
    refused = ErrorPart(ErrorInfo("sensitive", code="1301"))
    path = [
        turn("q", Role.USER, TextPart("bad")),
        turn("a", Role.ASSISTANT, refused, parent="q", status=Status.FAILED),
        turn("q2", Role.USER, TextPart("good"), parent="a"),
    ]
    assert words(path) == [("user", "good")]


def test_an_answer_without_words_is_not_sent_and_its_question_joins_the_next_but_a_partial_one_is() -> None:
    path = [
        turn("q", Role.USER, TextPart("one")),
        turn("a", Role.ASSISTANT, ReasoningPart("only thought"), parent="q", status=Status.STOPPED),
        turn("q2", Role.USER, TextPart("two"), parent="a"),
        turn("a2", Role.ASSISTANT, TextPart("part"), parent="q2", status=Status.STOPPED),
    ]
    assert words(path) == [("user", "one\n\ntwo"), ("assistant", "part")]


def test_attachments_stand_before_the_words_so_that_the_prefix_stays_the_same() -> None:
    path = [turn("q", Role.USER, AttachmentPart("a.txt", "text/plain", "DATA"), TextPart("why"))]
    ((_, content),) = words(path)
    assert content.index("DATA") < content.index("why")


def test_continue_sends_the_partial_answer_as_a_turn_and_asks_to_go_on() -> None:
    question = turn("q", Role.USER, TextPart("讲个故事"))
    partial = turn("a", Role.ASSISTANT, TextPart("从前"), parent="q", status=Status.STOPPED)
    sent = continue_messages([question, partial], partial, Setup(), "")
    assert [m.role.value for m in sent] == ["user", "assistant", "user"]
    assert sent[1].content == "从前"
    assert "接着写" in sent[2].content
