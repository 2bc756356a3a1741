"""What is done to single turns, on the real demo server and a real database, and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup, ThinkingChoice
from glmdesk.domain.message import Message, Status
from glmdesk.services.chat import Draft
from glmdesk.services.transcript import Row
from glmdesk.services.turns import Choice
from tests.helpers.program import ask, run

PLAIN = Setup(thinking=ThinkingChoice.OFF)


async def rows(desk: Composition, conversation_id: str) -> list[Row]:
    transcript = await desk.desk.chat.open(conversation_id)
    transcript.take_changes()
    return list(transcript.rows)


async def texts(desk: Composition, conversation_id: str) -> list[str]:
    return [row.message.text for row in await rows(desk, conversation_id)]


async def only(desk: Composition) -> str:
    (conversation,) = await desk.desk.history.list()
    return conversation.id


async def two_turns(desk: Composition) -> tuple[str, list[Message]]:
    first = await ask(desk, "你好")
    await ask(desk, "介绍一下你自己", first.conversation_id)
    return first.conversation_id, [row.message for row in await rows(desk, first.conversation_id)]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def test_an_edited_question_is_a_variant_with_its_own_answer(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id, (question, _, _, last) = await two_turns(desk)
        await desk.desk.turns.edit(conversation_id, question.id, Draft("为什么木星的卫星比土星多？"))
        await desk.desk.chat.until_idle(conversation_id)
        shown = await rows(desk, conversation_id)
        assert [r.message.text for r in shown[:1]] == ["为什么木星的卫星比土星多？"]
        assert (len(shown), shown[0].variant, shown[0].variants) == (2, 2, 2)
        assert shown[1].message.status is Status.COMPLETE
        assert (await desk.desk.history.get(conversation_id)).title == "为什么木星的卫星比土星多？"
        await desk.desk.chat.step_variant(conversation_id, shown[0].id, -1)
        assert (await rows(desk, conversation_id))[-1].id == last.id

    async def after(desk: Composition) -> None:
        conversation_id = await only(desk)
        assert [(r.variant, r.variants) for r in (await rows(desk, conversation_id))[:1]] == [(1, 2)]
        undone = await desk.desk.turns.undo(conversation_id)
        assert undone is not None
        assert undone.kind == "edit"
        assert [(r.variant, r.variants) for r in (await rows(desk, conversation_id))[:1]] == [(1, 1)]
        await desk.desk.turns.redo(conversation_id)
        assert [(r.variant, r.variants) for r in (await rows(desk, conversation_id))[:1]] == [(1, 2)]

    run(tmp_path, url, body, after)


def test_an_edit_without_a_change_asks_again(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "你好")
        question = (await rows(desk, answer.conversation_id))[0]
        await desk.desk.turns.edit(answer.conversation_id, question.id, Draft("你好"))
        await desk.desk.chat.until_idle(answer.conversation_id)
        first, second = await rows(desk, answer.conversation_id)
        assert (first.variants, second.variants) == (1, 2)

    run(tmp_path, url, body)


def test_regenerate_with_another_model_and_without_thinking_says_so_on_the_answer(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        first = await ask(desk, "为什么木星的卫星比土星多？")
        where = first.conversation_id
        await desk.desk.chat.regenerate(where, first.id, model="glm-4.6", thinking=False)
        await desk.desk.chat.until_idle(where)
        row = (await rows(desk, where))[-1]
        assert (row.message.model, row.message.thinking, row.message.reasoning) == ("glm-4.6", False, "")
        assert (row.variant, row.variants) == (2, 2)
        assert (await desk.desk.turns.undo(where)) is not None
        row = (await rows(desk, where))[-1]
        assert (row.id, row.variants) == (first.id, 1)

    run(tmp_path, url, body)


def test_answer_now_stops_the_thought_and_keeps_it_as_a_variant(tmp_path: Path, slow: str) -> None:
    async def body(desk: Composition) -> None:
        conversation = await desk.desk.history.create()
        transcript = await desk.desk.chat.open(conversation.id)
        await desk.desk.chat.send(conversation.id, Draft("为什么木星的卫星比土星多？"))

        def thinking() -> bool:
            transcript.take_changes()
            return bool(transcript.rows[-1].message.reasoning)

        await until(thinking)
        thought = transcript.rows[-1]
        assert thought.can_rest
        await desk.desk.turns.answer_now(conversation.id, thought.id)
        await until(lambda: transcript.take_changes().nothing or bool(transcript.rows[-1].message.text))
        await desk.desk.chat.stop(conversation.id)
        row = (await rows(desk, conversation.id))[-1]
        assert (row.message.thinking, row.message.reasoning, row.variant, row.variants) == (False, "", 2, 2)
        await desk.desk.turns.undo(conversation.id)
        row = (await rows(desk, conversation.id))[-1]
        assert (row.id, row.message.status) == (thought.id, Status.STOPPED)
        assert row.message.reasoning

    run(tmp_path, slow, body)


def test_a_branch_has_what_came_before_and_goes_its_own_way(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id, messages = await two_turns(desk)
        made = await desk.desk.turns.branch(conversation_id, messages[1].id, title="你好 · 分支")
        assert await texts(desk, made.id) == [m.text for m in messages[:2]]
        await ask(desk, "你好", made.id)
        assert len(await texts(desk, made.id)) == 4
        assert len(await texts(desk, conversation_id)) == 4
        await desk.desk.turns.undo(conversation_id)
        assert [c.id for c in await desk.desk.history.list()] == [conversation_id]
        assert [c.id for c in await desk.desk.history.bin()] == [made.id]

    run(tmp_path, url, body)


def test_a_deleted_message_is_not_sent_and_comes_back_after_a_restart(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id, messages = await two_turns(desk)
        await desk.desk.turns.delete(conversation_id, messages[1].id)
        assert await texts(desk, conversation_id) == [m.text for i, m in enumerate(messages) if i != 1]
        exported = await desk.desk.history.export_json()
        assert messages[1].text.strip() not in exported

    async def after(desk: Composition) -> None:
        conversation_id = await only(desk)
        assert len(await rows(desk, conversation_id)) == 3
        await desk.desk.turns.undo(conversation_id)
        assert len(await rows(desk, conversation_id)) == 4

    run(tmp_path, url, body, after)


def test_deleting_the_shown_variant_shows_the_other(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        first = await ask(desk, "你好")
        where = first.conversation_id
        await desk.desk.chat.regenerate(where, first.id)
        await desk.desk.chat.until_idle(where)
        second = (await rows(desk, where))[-1]
        await desk.desk.turns.delete(where, second.id)
        row = (await rows(desk, where))[-1]
        assert (row.id, row.variants) == (first.id, 1)
        await desk.desk.turns.delete(where, first.id)
        assert len(await rows(desk, where)) == 1

    run(tmp_path, url, body)


def test_deleting_from_the_first_message_leaves_an_empty_conversation_that_can_go_on(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id, messages = await two_turns(desk)
        await desk.desk.turns.delete_from(conversation_id, messages[0].id)
        assert await rows(desk, conversation_id) == []
        await ask(desk, "你好", conversation_id)
        assert len(await rows(desk, conversation_id)) == 2
        await desk.desk.turns.undo(conversation_id)
        shown = await rows(desk, conversation_id)
        assert (shown[0].variant, shown[0].variants) == (2, 2)

    run(tmp_path, url, body)


def test_an_answer_whose_question_is_deleted_is_not_asked_for_again(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id, messages = await two_turns(desk)
        await desk.desk.turns.delete(conversation_id, messages[2].id)
        row = (await rows(desk, conversation_id))[-1]
        assert (row.id, row.asked) == (messages[3].id, False)
        await desk.desk.chat.regenerate(conversation_id, row.id)
        assert len(await rows(desk, conversation_id)) == 3

    run(tmp_path, url, body)


def test_a_continued_answer_has_no_words_twice_and_costs_both_requests(tmp_path: Path, slow: str, url: str) -> None:
    async def cut(desk: Composition) -> None:
        conversation = await desk.desk.history.create(PLAIN)
        transcript = await desk.desk.chat.open(conversation.id)
        await desk.desk.chat.send(conversation.id, Draft("介绍一下你自己"))

        def some() -> bool:
            transcript.take_changes()
            return len(transcript.rows[-1].message.text) > 20

        await until(some)
        await desk.desk.chat.stop(conversation.id)

    async def go_on(desk: Composition) -> None:
        conversation_id = await only(desk)
        partial = (await rows(desk, conversation_id))[-1].message
        whole = (await ask(desk, "介绍一下你自己")).text
        await desk.desk.chat.continue_answer(conversation_id, partial.id)
        await desk.desk.chat.until_idle(conversation_id)
        answer = (await rows(desk, conversation_id))[-1].message
        assert answer.text.strip() == whole.strip()
        assert answer.cost is not None
        await desk.desk.turns.undo(conversation_id)
        assert (await rows(desk, conversation_id))[-1].message == partial

    run(tmp_path, slow, cut)
    run(tmp_path, url, go_on)


def test_an_answer_cut_by_its_length_goes_on_without_saying_words_twice(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        whole = (await ask(desk, "介绍一下你自己")).text
        cut = await ask(desk, "介绍一下你自己\n/fault length")
        assert cut.finish_reason == "length"
        assert len(cut.text) < len(whole)
        await desk.desk.chat.continue_answer(cut.conversation_id, cut.id)
        await desk.desk.chat.until_idle(cut.conversation_id)
        answer = (await rows(desk, cut.conversation_id))[-1].message
        assert (answer.id, answer.finish_reason) == (cut.id, "stop")
        assert answer.text.strip() == whole.strip()

    run(tmp_path, url, body)


def test_an_answer_has_its_cost_and_keeps_it(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "你好")
        assert answer.usage is not None
        assert answer.cost is not None
        assert answer.cost.yuan > 0

    async def after(desk: Composition) -> None:
        message = (await rows(desk, await only(desk)))[-1].message
        assert message.cost is not None
        await desk.desk.chat.regenerate(message.conversation_id, message.id, model="glm-5")
        await desk.desk.chat.until_idle(message.conversation_id)
        assert (await rows(desk, message.conversation_id))[-1].message.cost is None

    run(tmp_path, url, body, after)


def test_two_answers_come_in_at_once_and_one_is_picked(tmp_path: Path, slow: str) -> None:
    async def body(desk: Composition) -> None:
        turns, chat = desk.desk.turns, desk.desk.chat
        conversation = await desk.desk.history.create()
        await chat.open(conversation.id)
        left, right = Choice("glm-4.5-air", thinking=False), Choice("glm-4.6", thinking=False)
        await turns.compare_new(conversation.id, Draft("介绍一下你自己"), left, right)
        comparison = await turns.comparison(conversation.id)
        assert comparison is not None
        columns = [await chat.one_answer(conversation.id, i) for i in comparison.answers]

        def both() -> bool:
            for column in columns:
                column.take_changes()
            return all(column.rows[-1].live and len(column.rows[-1].message.text) > 5 for column in columns)

        await until(both)
        assert [c.rows[-1].message.model for c in columns] == ["glm-4.5-air", "glm-4.6"]
        await turns.pick(conversation.id, comparison.answers[0])
        for column in columns:
            chat.forget(column)
        assert await turns.comparison(conversation.id) is None
        await chat.stop(conversation.id)
        row = (await rows(desk, conversation.id))[-1]
        assert (row.id, row.variant, row.variants) == (comparison.answers[0], 1, 2)

    run(tmp_path, slow, body)


def test_a_comparison_is_still_there_after_a_restart_and_can_be_undone(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "你好")
        where = answer.conversation_id
        await desk.desk.turns.compare(where, answer.id, Choice(thinking=True), Choice(thinking=False))
        await desk.desk.chat.until_idle(where)

    async def after(desk: Composition) -> None:
        where = await only(desk)
        comparison = await desk.desk.turns.comparison(where)
        assert comparison is not None
        assert comparison.question.text == "你好"
        found = [(await desk.desk.chat.one_answer(where, i)).rows[0].message for i in comparison.answers]
        assert [m.thinking for m in found] == [True, False]
        assert all(m.status is Status.COMPLETE and m.cost is not None for m in found)
        assert (await rows(desk, where))[-1].variants == 3
        await desk.desk.turns.undo(where)
        assert (await rows(desk, where))[-1].variants == 1
        assert await desk.desk.turns.comparison(where) is None

    run(tmp_path, url, body, after)


def test_answer_now_in_a_comparison_leaves_the_other_column_alone(tmp_path: Path, slow: str) -> None:
    async def body(desk: Composition) -> None:
        turns, chat = desk.desk.turns, desk.desk.chat
        conversation = await desk.desk.history.create()
        await chat.open(conversation.id)
        question = Draft("为什么木星的卫星比土星多？")
        await turns.compare_new(conversation.id, question, Choice(thinking=True), Choice(thinking=True))
        before = await turns.comparison(conversation.id)
        assert before is not None
        left = await chat.one_answer(conversation.id, before.answers[0])

        def thinking() -> bool:
            left.take_changes()
            return bool(left.rows[0].message.reasoning)

        await until(thinking)
        await turns.answer_now(conversation.id, before.answers[0])
        now = await turns.comparison(conversation.id)
        assert now is not None
        assert now.answers[1] == before.answers[1]
        assert now.answers[0] != before.answers[0]
        right = await chat.one_answer(conversation.id, now.answers[1])
        right.take_changes()
        assert right.rows[0].live
        await chat.stop(conversation.id)

    run(tmp_path, slow, body)


def test_thirty_steps_of_all_kinds_are_undone_after_a_restart(tmp_path: Path, url: str) -> None:
    seen: list[list[tuple[str, int]]] = []

    async def state(desk: Composition, conversation_id: str) -> list[tuple[str, int]]:
        return [(row.id, row.variants) for row in await rows(desk, conversation_id)]

    async def body(desk: Composition) -> None:
        where = (await two_turns(desk))[0]
        turns, chat = desk.desk.turns, desk.desk.chat
        for step in range(32):
            shown = await rows(desk, where)
            seen.append(await state(desk, where))
            question = next(row for row in reversed(shown) if row.message.role == "user")
            match step % 4:
                case 0:
                    await chat.regenerate(where, shown[-1].id)
                case 1:
                    await turns.edit(where, question.id, Draft(f"你好 {step}"))
                case 2:
                    await turns.delete(where, shown[-1].id)
                case _:
                    await chat.regenerate(where, question.id)
            await chat.until_idle(where)

    async def after(desk: Composition) -> None:
        where = await only(desk)
        while seen:
            assert await desk.desk.turns.undo(where) is not None
            assert await state(desk, where) == seen.pop()

    run(tmp_path, url, body, after)


def test_a_conversation_that_was_deleted_comes_back_from_another_one(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "你好")
        await desk.desk.history.delete(answer.conversation_id)
        assert await desk.desk.history.list() == []
        undone = await desk.desk.turns.undo("")
        assert undone is not None
        assert undone.conversation_id == answer.conversation_id
        assert await only(desk) == answer.conversation_id

    run(tmp_path, url, body)
