"""What the user takes out of the window: turns, files, a summary in their place; over the real demo server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Conversation, Setup
from glmdesk.domain.errors import UserError
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.request import Parameters
from glmdesk.services.chat import Draft
from tests.helpers.program import run

FILE = AttachmentPart("手册.txt", "text/plain", "规定一二三。" * 200)


async def talk(desk: Composition, *questions: str, setup: Setup = Setup(), files: int = 0) -> str:
    """A chat with answered questions; the first `files` of them carry the file."""
    conversation = await desk.desk.history.create(setup)
    for place, words in enumerate(questions):
        await ask(desk, conversation.id, words, (FILE,) if place < files else ())
    return conversation.id


async def ask(desk: Composition, chat: str, words: str, files: tuple[AttachmentPart, ...] = ()) -> None:
    await desk.desk.chat.send(chat, Draft(words, files))
    await desk.desk.chat.until_idle(chat)


async def sent(desk: Composition, chat: str) -> dict[str, Any]:
    """The body of the newest request of an answer, as the inspector has it."""
    rows = (await desk.desk.chat.open(chat)).rows
    exchanges = await desk.desk.inspecting.of(rows[-1].id)
    return json.loads(exchanges[-1].body)


async def stored(desk: Composition, chat: str) -> Conversation:
    return await desk.desk.history.get(chat)


async def turn_ids(desk: Composition, chat: str, number: int) -> list[str]:
    ruler = await desk.desk.window.ruler(chat)
    return [i for share in ruler.shares if (share.kind, share.number) == ("turn", number) for i in share.ids]


async def drop(desk: Composition, chat: str, *named: tuple[str, int]) -> None:
    """Leave out parts, named by kind and number (0 for what is no part of a turn)."""
    shares = (await desk.desk.window.ruler(chat)).shares
    await desk.desk.window.drop(chat, [share for share in shares if (share.kind, share.number) in named])


async def bring_back(desk: Composition, chat: str, kind: str) -> None:
    shares = (await desk.desk.window.ruler(chat)).shares
    await desk.desk.window.restore(chat, [share for share in shares if share.kind == kind])


def test_a_dropped_file_is_named_and_not_sent_and_its_turn_stays(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "看看这本手册", files=1)
        await drop(desk, chat, ("file", 1))
        await ask(desk, chat, "还有呢")
        first = (await sent(desk, chat))["messages"][0]["content"]
        assert FILE.text not in first
        assert "手册.txt" in first
        assert first.endswith("看看这本手册")
        shares = {share.kind: share for share in (await desk.desk.window.ruler(chat)).shares}
        assert shares["file"].dropped
        assert not shares["turn"].dropped

    run(tmp_path, url, body)


def test_a_summary_is_sent_instead_of_its_turns_and_the_turns_come_back(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        window = desk.desk.window
        chat = await talk(desk, "第一个问题：木星", "第二个问题", "第三个问题", "第四个问题")
        before = (await window.ruler(chat)).used
        plan = await window.plan_summary(chat)
        assert plan is not None
        assert plan.turns == 2
        assert plan.cost is not None
        await window.summarise(chat, plan)
        setup = (await stored(desk, chat)).setup
        assert setup.summary
        assert (await window.ruler(chat)).used < before
        await ask(desk, chat, "第五个问题")
        messages = (await sent(desk, chat))["messages"]
        assert setup.summary in messages[0]["content"]
        assert messages[0]["content"].endswith("第三个问题")
        assert not any("木星" in message["content"] for message in messages[1:])
        await window.take_summary_back(chat)
        await ask(desk, chat, "第六个问题")
        assert (await sent(desk, chat))["messages"][0]["content"] == "第一个问题：木星"

    run(tmp_path, url, body)


def test_a_summary_is_read_by_the_model_that_is_cheapest_today_for_its_size(tmp_path: Path, url: str) -> None:
    (tmp_path / "prices.toml").write_text(
        "[prices.bigmodel]\n"
        '"glm-4.5-flash" = [{ price = [5, 5, 5] }]\n'
        '"glm-4.7-flash" = [{ until = 2020-01-01, price = [0, 0, 0] }, { since = 2020-01-01, price = [9, 9, 9] }]\n'
        '"glm-4.7" = [{ input = [0, 10], price = [0, 0, 0] }, { input = [10], price = [9, 9, 9] }]\n',
        "utf-8",
    )

    async def body(desk: Composition) -> None:
        chat = await talk(desk, "第一个问题：木星", "第二个问题", "第三个问题", "第四个问题")
        plan = await desk.desk.window.plan_summary(chat)
        assert plan is not None
        assert plan.model.id == "glm-5.3-flash"

    run(tmp_path, url, body)


@pytest.mark.parametrize(
    ("order", "kind"), [("/error 1234", "service"), ("/fault sensitive", "sensitive"), ("", "budget")]
)
def test_a_summary_that_fails_changes_nothing(tmp_path: Path, url: str, order: str, kind: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "一", "二", "三")
        plan = await desk.desk.window.plan_summary(chat)
        assert plan is not None
        before = (await stored(desk, chat)).setup
        if not order:
            await desk.desk.settings.change(monthly_budget=0.0, budget_stop=True)
        with pytest.raises(UserError) as caught:
            await desk.desk.window.summarise(chat, replace(plan, text=f"{plan.text}\n{order}"))
        assert kind in caught.value.info.kind
        assert (await stored(desk, chat)).setup == before

    run(tmp_path, url, body)


def test_a_summary_reads_neither_what_was_withdrawn_nor_what_was_left_out(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "看看这本手册", "说说木星\n/fault sensitive", "三", "四", files=1)
        await drop(desk, chat, ("file", 1))
        plan = await desk.desk.window.plan_summary(chat)
        assert plan is not None
        assert plan.turns == 2
        assert "看看这本手册" in plan.text
        assert "木星" not in plan.text
        assert FILE.text[:20] not in plan.text

    run(tmp_path, url, body)


def test_a_chat_of_two_turns_has_nothing_to_sum_up(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        assert await desk.desk.window.plan_summary(await talk(desk, "一", "二")) is None

    run(tmp_path, url, body)


def test_what_was_left_out_is_undone_and_done_again_in_one_step(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "一", "二")
        ids = await turn_ids(desk, chat, 1)
        await drop(desk, chat, ("turn", 1))
        await desk.desk.history.set_setup(chat, Setup(model="glm-4.6", dropped=tuple(ids)))
        undone = await desk.desk.turns.undo(chat)
        assert undone is not None
        assert undone.kind == "window"
        setup = (await stored(desk, chat)).setup
        assert (setup.dropped, setup.model) == ((), "glm-4.6")
        await desk.desk.turns.redo(chat)
        assert (await stored(desk, chat)).setup.dropped == tuple(ids)

    run(tmp_path, url, body)


def test_a_copy_and_a_branch_leave_out_the_same_turns(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "一", "二", files=1)
        await drop(desk, chat, ("turn", 2), ("file", 1))
        last = (await desk.desk.chat.open(chat)).rows[-1].id
        copies = [await desk.desk.history.duplicate(chat), await desk.desk.turns.branch(chat, last, title="支")]
        for copy in copies:
            shares = (await desk.desk.window.ruler(copy.id)).shares
            dropped = [(share.kind, share.number) for share in shares if share.dropped and share.kind != "reasoning"]
            assert dropped == [("file", 1), ("turn", 2)]

    run(tmp_path, url, body)


def test_the_question_that_is_asked_is_sent_although_its_turn_was_dropped(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "唯一的问题")
        rows = (await desk.desk.chat.open(chat)).rows
        await drop(desk, chat, ("turn", 1))
        await desk.desk.chat.regenerate(chat, rows[-1].id)
        await desk.desk.chat.until_idle(chat)
        assert [m["content"] for m in (await sent(desk, chat))["messages"]] == ["唯一的问题"]

    run(tmp_path, url, body)


def test_over_the_window_a_model_with_more_room_is_known(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        setup = Setup(model="glm-4.5-air", parameters=Parameters(max_tokens=150_000))
        chat = await talk(desk, setup=setup)
        ruler, larger = await desk.desk.window.ruler(chat), await desk.desk.window.larger_model(chat)
        assert ruler.over
        assert larger is not None
        assert larger.window >= ruler.used

    run(tmp_path, url, body)


def test_the_scale_of_a_model_is_learned_kept_and_used_for_new_chats(tmp_path: Path, url: str) -> None:
    text = "用几句话说明这件事，并且举一个例子。" * 60

    async def learn(desk: Composition) -> None:
        chat = await talk(desk, text)
        usage = (await desk.desk.chat.open(chat)).rows[-1].message.usage
        assert usage is not None
        other = await desk.desk.history.create(Setup(system=text))
        (system,) = [s for s in (await desk.desk.window.ruler(other.id)).shares if s.kind == "system"]
        assert abs(system.tokens - usage.prompt_tokens) <= 0.05 * usage.prompt_tokens

    async def again(desk: Composition) -> None:
        assert json.loads(desk.profile.scales.read_text("utf-8"))["token_scales"][0]["weight"] > 0

    run(tmp_path, url, learn)
    run(tmp_path, url, again)


async def summed_up(desk: Composition) -> str:
    """A chat of four turns; a summary stands for the first two."""
    chat = await talk(desk, "第一个问题：木星", "第二个问题：土星", "第三个问题", "第四个问题")
    plan = await desk.desk.window.plan_summary(chat)
    assert plan is not None
    await desk.desk.window.summarise(chat, plan)
    return chat


def test_a_summary_of_later_turns_is_not_sent_when_an_early_question_is_asked_again(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await summed_up(desk)
        rows = (await desk.desk.chat.open(chat)).rows
        await desk.desk.chat.regenerate(chat, rows[3].id)
        await desk.desk.chat.until_idle(chat)
        contents = [message["content"] for message in (await sent(desk, chat))["messages"]]
        assert contents == ["第一个问题：木星", rows[1].message.text, "第二个问题：土星"]
        shares = (await desk.desk.window.ruler(chat)).shares
        assert not any(share.kind == "summary" for share in shares)
        assert not any(share.dropped for share in shares if share.kind == "turn"), "the list says the same"
        await desk.desk.chat.select_variant(chat, rows[3].id)
        await ask(desk, chat, "第五个问题")
        assert "<summary" in (await sent(desk, chat))["messages"][0]["content"]

    run(tmp_path, url, body)


def test_a_branch_from_within_the_summary_has_its_turns_and_no_summary(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await summed_up(desk)
        rows = (await desk.desk.chat.open(chat)).rows
        early = await desk.desk.turns.branch(chat, rows[1].id, title="早")
        assert (early.setup.summary, early.setup.dropped) == ("", ())
        late = await desk.desk.turns.branch(chat, rows[5].id, title="晚")
        assert (bool(late.setup.summary), len(late.setup.summarised)) == (True, 4)

    run(tmp_path, url, body)


def test_what_is_left_out_elsewhere_keeps_the_summary_for_its_own_path(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await summed_up(desk)
        rows = (await desk.desk.chat.open(chat)).rows
        await desk.desk.chat.regenerate(chat, rows[3].id)
        await desk.desk.chat.until_idle(chat)
        await drop(desk, chat, ("reserve", 0))
        await desk.desk.chat.select_variant(chat, rows[3].id)
        assert [share.number for share in (await desk.desk.window.ruler(chat)).turns] == [3, 4]

    run(tmp_path, url, body)


def test_a_turn_that_a_summary_elsewhere_stands_for_can_be_left_out_here(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await summed_up(desk)
        rows = (await desk.desk.chat.open(chat)).rows
        await desk.desk.chat.regenerate(chat, rows[3].id)
        await desk.desk.chat.until_idle(chat)
        await drop(desk, chat, ("turn", 1))
        assert [share.number for share in (await desk.desk.window.ruler(chat)).turns] == [2]
        await ask(desk, chat, "第五个问题")
        assert (await sent(desk, chat))["messages"][0]["content"] == "第二个问题：土星"
        await desk.desk.chat.select_variant(chat, rows[3].id)
        await ask(desk, chat, "第六个问题")
        assert "<summary" in (await sent(desk, chat))["messages"][0]["content"], "it holds where it was made"

    run(tmp_path, url, body)


def test_after_a_summary_the_prefix_stays_the_same_and_hits_the_cache(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await summed_up(desk)
        await ask(desk, chat, "第五个问题")
        before = (await desk.desk.chat.open(chat)).rows[-1].message.usage
        first = (await sent(desk, chat))["messages"]
        await ask(desk, chat, "第六个问题")
        after = (await desk.desk.chat.open(chat)).rows[-1].message.usage
        assert (await sent(desk, chat))["messages"][: len(first)] == first
        assert before is not None
        assert after is not None
        assert after.cached_tokens >= 0.95 * before.prompt_tokens

    run(tmp_path, url, body)


def test_a_summary_survives_a_restart_and_is_undone_in_one_step(tmp_path: Path, url: str) -> None:
    chats: list[str] = []

    async def first(desk: Composition) -> None:
        chats.append(await summed_up(desk))

    async def again(desk: Composition) -> None:
        (chat,) = chats
        assert (await stored(desk, chat)).setup.summary
        assert [share.number for share in (await desk.desk.window.ruler(chat)).turns] == [3, 4]
        await desk.desk.turns.undo(chat)
        assert (await stored(desk, chat)).setup == Setup()
        assert [share.number for share in (await desk.desk.window.ruler(chat)).turns] == [1, 2, 3, 4]

    run(tmp_path, url, first)
    run(tmp_path, url, again)
