from __future__ import annotations

from glmdesk.domain.conversation import Setup
from glmdesk.domain.message import Message, Role
from glmdesk.domain.part import AttachmentPart, TextPart, ToolCallPart, ToolResultPart
from glmdesk.domain.ruler import Around, Ruler, at_stake, measure, tokens_after
from glmdesk.domain.usage import Usage

LONG = "每一句话都有自己的长度。" * 40


def turn(number: int, *, usage: Usage | None = None) -> list[Message]:
    question = Message(f"q{number}", "c", Role.USER, (TextPart(f"问题 {number} {LONG}"),))
    return [question, Message(f"a{number}", "c", Role.ASSISTANT, (TextPart(LONG),), usage=usage)]


def ruler(path: list[Message], *dropped: str, reserve: int = 1000) -> Ruler:
    return measure(path, Setup(dropped=dropped), Around("你是助手。", 50, reserve), window=128_000)


def test_the_parts_stand_in_the_order_of_the_request_and_empty_ones_are_left_out() -> None:
    made = ruler([*turn(1), *turn(2)])
    assert [(share.kind, share.number) for share in made.shares] == [
        ("system", 0),
        ("tools", 0),
        ("turn", 1),
        ("turn", 2),
        ("reserve", 0),
    ]
    assert made.used == sum(share.tokens for share in made.shares)
    assert made.shares[2].ids == ("q1", "a1")


def test_what_is_dropped_does_not_count_and_can_be_seen() -> None:
    whole, less = ruler([*turn(1), *turn(2)]), ruler([*turn(1), *turn(2)], "q1", "a1")
    assert less.shares[2].dropped
    assert less.used == whole.used - whole.shares[2].tokens


def test_dropping_names_the_tokens_behind_it_that_would_miss_the_cache() -> None:
    made = ruler([*turn(1), *turn(2), *turn(3)])
    turns = [share for share in made.shares if share.kind == "turn"]
    assert [share.after for share in turns] == [turns[1].tokens + turns[2].tokens, turns[2].tokens, 0]


def test_the_question_that_is_to_be_asked_counts_and_is_not_in_the_cache() -> None:
    around = Around("你是助手。", 50, 1000, question=700)
    made = measure(turn(1), Setup(), around, window=128_000)
    assert [share.kind for share in made.shares] == ["system", "tools", "turn", "question", "reserve"]
    assert made.used - ruler(turn(1)).used == 700
    assert [share.after for share in made.shares if share.kind == "turn"] == [0]


def test_dropping_the_system_prompt_names_all_that_stands_behind_it() -> None:
    system, tools, *turns, _ = ruler([*turn(1), *turn(2)]).shares
    assert tools.after == sum(share.tokens for share in turns)
    assert system.after == tools.tokens + tools.after


def test_files_are_parts_of_their_own_before_the_words_of_their_turn() -> None:
    with_file = turn(1)
    with_file[0] = Message("q1", "c", Role.USER, (AttachmentPart("书.txt", "text/plain", LONG), TextPart("?")))
    made = ruler(with_file).shares
    (file,) = [share for share in made if share.kind == "file"]
    assert (file.words, file.number, file.ids) == ("书.txt", 1, ("q1/0",))
    assert file.tokens > 200
    assert [share.kind for share in made] == ["system", "tools", "file", "turn", "reserve"]


def test_the_estimate_is_scaled_by_what_the_service_counted() -> None:
    plain = ruler([*turn(1), *turn(2)])
    sent = sum(share.tokens for share in plain.shares[:3]) + plain.shares[3].tokens // 2
    counted = Usage(round(sent * 1.3), 10, round(sent * 1.3) + 10)
    scaled = ruler([*turn(1), *turn(2, usage=counted)])
    assert 1.2 < scaled.shares[2].tokens / plain.shares[2].tokens < 1.4
    assert scaled.shares[-1].tokens == 1000, "the room for the answer is what it is"


def test_what_was_sent_last_is_at_stake_when_it_is_much() -> None:
    few, many = Usage(4_000, 10, 4_010), Usage(12_400, 10, 12_410)
    assert at_stake([]) == 0
    assert at_stake(turn(1)) == 0
    assert at_stake(turn(1, usage=few)) == 0
    assert at_stake([*turn(1, usage=many), *turn(2)]) == 12_400


def test_of_a_tool_loop_one_request_is_at_stake() -> None:
    question, _ = turn(1)
    loop = (ToolCallPart("1", "now", "{}"), ToolResultPart("1", "12:00"), TextPart("十二点。"))
    answer = Message("a1", "c", Role.ASSISTANT, loop, usage=Usage(20_000, 10, 20_010))
    assert at_stake([question, answer]) == 10_000
    assert tokens_after(answer) == 10_010, "the window holds one request and the answer"


def test_what_was_not_counted_is_said_to_be_nothing() -> None:
    assert tokens_after(turn(1)[1]) == 0
    assert tokens_after(turn(1, usage=Usage(50, 10, 60))[1]) == 60
