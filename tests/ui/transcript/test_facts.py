"""What stands below an answer: its facts in short and at length, and the buttons there is room for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glmdesk.domain.message import Message
from glmdesk.domain.prices import Cost
from glmdesk.domain.usage import Timing, Usage
from glmdesk.services.transcript import Row, Transcript
from glmdesk.ui.transcript.answer import TokenCount, meta_state, thinking_state
from glmdesk.ui.transcript.blocks.meta import MetaPiece, shortened
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.blocks.tool import tool_label
from glmdesk.ui.transcript.facts import cost_words, details, details_text, meta_words, yuan
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import Stream, click_button, pieces, reply, talk, user

USAGE = Usage(1_240, 963, 2_203, 1_102, 612)


def answered(**fields: object) -> Message:
    made = reply("a", thinking=True, usage=USAGE, timing=Timing(0.84, 10.1))
    return replace(made, **fields)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "¥0.00"),
        (0.00002, "<¥0.0001"),
        (0.0123, "¥0.012"),
        (0.0042, "¥0.0042"),
        (0.5, "¥0.50"),
        (12.345, "¥12.35"),
    ],
)
def test_an_amount_is_as_short_as_it_can_be_read(amount: float, words: str) -> None:
    assert yuan(amount) == words


def test_the_cost_says_what_the_cache_saved_and_what_is_free(theme: object) -> None:
    assert cost_words(Cost(0.014, 0.002)) == "¥0.014，省 ¥0.002"
    assert cost_words(Cost(0.014, 0.0001)) == "¥0.014"
    assert cost_words(Cost(0.0)) == "免费"


def test_the_short_line_ends_with_the_cost(theme: object) -> None:
    assert meta_words(answered(cost=Cost(0.014)))[-1] == "¥0.014"
    assert meta_words(answered())[-1] == "1,240 输入（缓存 1,102）· 963 输出"


def test_a_stopped_answer_says_about_how_many_tokens_came(theme: object) -> None:
    stopped = reply("a", "一二三四五六七八", timing=Timing(0.5, 2.0))
    assert meta_words(stopped)[-1].startswith("≈ ")


def test_the_details_name_every_number_and_what_is_unknown(theme: object) -> None:
    known = dict(details(answered(cost=Cost(0.014), request_id="r1", created_at=1.0)))
    assert known["输入 tokens"] == "1,240"
    assert known["其中缓存"] == "1,102"
    assert known["其中思考"] == "612"
    assert known["首字时间"] == "0.8 秒"
    assert known["请求编号"] == "r1"
    unknown = dict(details(reply("a", usage=Usage(1, 2, 3))))
    assert (unknown["其中思考"], unknown["费用"]) == ("服务没有给出", "未定价")
    assert "费用：未定价" in details_text(reply("a", usage=Usage(1, 2, 3)))


def test_a_narrow_view_keeps_the_actions_that_are_used_most(make_view: MakeView) -> None:
    wide = make_view(talk(user("u"), answered()), width=1000)
    narrow = make_view(talk(user("u"), answered()), width=420)
    keys = [[b.key for b in pieces(v, "a", MetaPiece)[0].buttons(v.context)] for v in (wide, narrow)]
    assert keys[0] == ["details", "copy", "quote", "regenerate", "regenerate_with", "branch", "more"]
    assert keys[1] == ["details", "copy", "regenerate", "more"]


def test_an_answer_whose_question_is_gone_is_not_offered_again(theme: object) -> None:
    state = meta_state(Row(answered(), asked=False), "")
    assert "regenerate" not in state.actions
    assert meta_state(Row(answered(), alone=True), "").actions == ("copy",)


def test_answer_now_stands_on_a_running_thought_of_a_model_that_can_do_without(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    told: list[tuple[str, str]] = []
    view.action.connect(lambda key, row: told.append((key, row)))
    stream = Stream(view, transcript)
    stream.step("", "想")
    (fold,) = pieces(view, "live", ThinkingPiece)
    assert [b.key for b in fold.buttons(view.context)] == ["fold"]
    transcript.update(stream.message, live=True, can_rest=True)
    stream.frame()
    click_button(view, "live", "answer_now")
    assert told == [("answer_now", "live")]
    stream.step("答", "想")
    assert [b.key for b in fold.buttons(view.context)] == ["fold"]


def test_a_finished_thought_offers_nothing_to_skip(theme: object) -> None:
    assert not thinking_state(Row(reply("a", "答", "想"), can_rest=True), TokenCount()).can_skip


def test_a_columns_transcript_has_one_answer_and_no_variants() -> None:
    messages = [user("u"), reply("a", parent_id="u", seq=1), reply("b", parent_id="u", seq=2)]
    transcript = Transcript("c", only="a")
    transcript.load(messages, "a")
    assert [(row.id, row.variants, row.alone) for row in transcript.rows] == [("a", 1, True)]


def test_the_tool_of_a_server_is_named_with_its_server() -> None:
    assert tool_label("filesystem__write_file") == "write_file · filesystem"
    assert tool_label("plain_name") == "plain_name"
    assert tool_label("__x") == "__x"


def test_in_little_room_the_cost_stays_longer_than_the_pace() -> None:
    line = "glm-4.5-air · thinking · first token 0.4 s · 50 tok/s · 8,871 in (6,557 cached) · 111 out · ¥0.0031"
    assert shortened(line, lambda text: True) == line
    assert (
        shortened(line, lambda text: len(text) < 70)
        == "glm-4.5-air · thinking · 8,871 in (6,557 cached) · 111 out · ¥0.0031"
    )
    assert shortened(line, lambda text: len(text) < 40) == "glm-4.5-air · thinking · ¥0.0031"
    assert shortened(line, lambda text: False) == "glm-4.5-air · ¥0.0031"
    assert shortened("glm-4.5-air", lambda text: False) == "glm-4.5-air"
