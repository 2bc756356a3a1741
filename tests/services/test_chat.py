"""The chat service against the real demo server, a real profile and a real database."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup, ThinkingChoice
from glmdesk.domain.errors import Action, UserError
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import TextPart
from glmdesk.services.chat import Draft
from glmdesk.store.conversations import Conversations
from tests.helpers.program import ask, program, run


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def start(desk: Composition, text: str, setup: Setup = Setup()) -> str:
    conversation = await desk.desk.history.create(setup)
    await desk.desk.chat.open(conversation.id)
    await desk.desk.chat.send(conversation.id, Draft(text))
    return conversation.id


async def last(desk: Composition, conversation_id: str) -> Message:
    transcript = await desk.desk.chat.open(conversation_id)
    transcript.take_changes()
    return transcript.rows[-1].message


def test_a_question_gets_a_thinking_answer_with_usage_and_time(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "为什么木星的卫星比土星多？")
        assert answer.status is Status.COMPLETE
        assert answer.reasoning
        assert answer.text
        assert answer.thinking is True
        assert answer.usage is not None
        assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
        assert answer.timing.first_token is not None

    run(tmp_path, url, body)


def test_thinking_switched_off_is_sent_and_obeyed(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id = await start(desk, "为什么木星的卫星比土星多？", Setup(thinking=ThinkingChoice.OFF))
        await desk.desk.chat.until_idle(conversation_id)
        answer = await last(desk, conversation_id)
        assert answer.thinking is False
        assert not answer.reasoning

    run(tmp_path, url, body)


def test_the_question_is_in_the_database_before_the_request_is_answered(tmp_path: Path, slow: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id = await start(desk, "/fault slow_first_byte seconds=30")
        async with program(tmp_path, slow) as second:
            stored = await second.desk.chat.open(conversation_id)
            assert [row.message.role for row in stored.rows] == [Role.USER, Role.ASSISTANT]
        await desk.desk.chat.stop(conversation_id)

    run(tmp_path, slow, body)


def test_stop_during_stream_keeps_partial_text_and_is_quick(tmp_path: Path, slow: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id = await start(desk, "介绍一下你自己", Setup(thinking=ThinkingChoice.OFF))
        transcript = await desk.desk.chat.open(conversation_id)

        def some_text() -> bool:
            transcript.take_changes()
            return len(transcript.rows[-1].message.text) > 20

        await until(some_text)
        before = time.monotonic()
        await desk.desk.chat.stop(conversation_id)
        assert time.monotonic() - before < 1.0  # the promise is 0.2 s; a loaded machine gets more
        answer = await last(desk, conversation_id)
        assert answer.status is Status.STOPPED
        assert len(answer.text) > 20
        assert conversation_id not in desk.desk.chat.busy()

    run(tmp_path, slow, body)


def test_continue_goes_on_in_the_same_row(tmp_path: Path, slow: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id = await start(desk, "介绍一下你自己", Setup(thinking=ThinkingChoice.OFF))
        transcript = await desk.desk.chat.open(conversation_id)

        def some_text() -> bool:
            transcript.take_changes()
            return len(transcript.rows[-1].message.text) > 20

        await until(some_text)
        await desk.desk.chat.stop(conversation_id)
        partial = await last(desk, conversation_id)
        await desk.desk.chat.continue_answer(conversation_id, partial.id)
        await desk.desk.chat.until_idle(conversation_id)
        whole = await last(desk, conversation_id)
        assert whole.id == partial.id
        assert whole.status is Status.COMPLETE
        assert whole.text.startswith(partial.text)
        assert len(whole.text) > len(partial.text)

    run(tmp_path, slow, body)


def test_regenerate_keeps_the_old_answer_as_a_variant(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        first = await ask(desk, "你好")
        conversation_id = first.conversation_id
        await desk.desk.chat.regenerate(conversation_id, first.id, thinking=False)
        await desk.desk.chat.until_idle(conversation_id)
        transcript = await desk.desk.chat.open(conversation_id)
        row = transcript.rows[-1]
        assert (row.variant, row.variants) == (2, 2)
        await desk.desk.chat.step_variant(conversation_id, row.id, -1)
        assert transcript.rows[-1].message.id == first.id

    run(tmp_path, url, body)


@pytest.mark.parametrize(
    ("code", "action"),
    [("1001", Action.OPEN_KEYS), ("1113", Action.RECHARGE), ("1211", Action.SWITCH_MODEL)],
)
def test_an_error_of_the_service_stands_on_the_answer_with_its_button(
    tmp_path: Path, url: str, code: str, action: Action
) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, f"/error {code}")
        assert answer.status is Status.FAILED
        assert answer.error is not None
        assert answer.error.error.code == code
        assert answer.error.error.action is action

    run(tmp_path, url, body)


def test_text_before_a_cut_connection_is_kept(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "/fault cut_before_finish")
        assert answer.status is Status.FAILED
        assert answer.text or answer.reasoning
        assert answer.error is not None
        assert answer.error.error.action in (Action.CONTINUE, Action.RETRY)

    run(tmp_path, url, body)


def test_a_sensitive_stop_withdraws_the_answer_and_drops_it_from_the_history(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "/fault sensitive")
        assert answer.status is Status.WITHDRAWN
        exported = await desk.desk.history.export_json()
        assert answer.text == "" or answer.text not in exported

    run(tmp_path, url, body)


def test_reasoning_without_an_answer_is_no_silent_blank(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "/fault reasoning_only")
        assert answer.status is Status.FAILED
        assert answer.reasoning
        assert answer.error is not None
        assert answer.error.error.kind == "no_answer"

    run(tmp_path, url, body)


def test_without_a_key_nothing_is_sent_and_the_user_is_told(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        endpoint = await desk.desk.endpoints.resolve("test")
        desk.desk.endpoints.add_for_session(replace(endpoint, id="bare"), None)
        conversation = await desk.desk.history.create(Setup(endpoint_id="bare"))
        with pytest.raises(UserError) as caught:
            await desk.desk.chat.send(conversation.id, Draft("hi"))
        assert caught.value.info.kind == "no_key"
        assert not (await desk.desk.chat.open(conversation.id)).rows

    run(tmp_path, url, body)


def test_a_conversation_gets_its_first_line_and_then_a_title(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        await desk.desk.settings.change(auto_title=True)
        conversation_id = await start(desk, "坐火车还是飞机去上海？\n我周五出发。")
        assert (await desk.desk.history.get(conversation_id)).title == "坐火车还是飞机去上海？"
        await desk.desk.chat.until_idle(conversation_id)
        title = desk.tasks.get(f"title:{conversation_id}")
        assert title is not None
        await title
        named = await desk.desk.history.get(conversation_id)
        assert named.title
        assert named.title_is_auto

    run(tmp_path, url, body)


def test_an_answer_in_a_conversation_that_is_not_shown_is_unread(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        other = await desk.desk.history.create()
        conversation_id = await start(desk, "你好")
        await desk.desk.chat.open(other.id)
        await desk.desk.chat.until_idle(conversation_id)
        assert (await desk.desk.history.get(conversation_id)).unread
        await desk.desk.chat.open(conversation_id)
        assert not (await desk.desk.history.get(conversation_id)).unread

    run(tmp_path, url, body)


def test_the_view_gets_at_most_one_change_however_many_deltas_came(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation_id = await start(desk, "介绍一下你自己")
        transcript = await desk.desk.chat.open(conversation_id)
        await desk.desk.chat.until_idle(conversation_id)
        changes = transcript.take_changes()
        assert not changes.nothing
        assert transcript.take_changes().nothing

    run(tmp_path, url, body)


def test_a_long_conversation_is_forgotten_when_nobody_shows_it(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        short, long = await desk.desk.history.create(), await desk.desk.history.create()
        store = Conversations(desk.database)
        for conversation, count in ((short, 4), (long, 900)):
            parent = None
            for number in range(count):
                key = f"{conversation.id}-{number}"
                await store.add_message(Message(key, conversation.id, Role.USER, (TextPart("x"),), parent_id=parent))
                parent = key
        kept = [weakref.ref(await desk.desk.chat.open(c.id)) for c in (short, long)]
        gc.collect()
        assert kept[0]() is await desk.desk.chat.open(short.id)
        assert kept[1]() is None
        assert len((await desk.desk.chat.open(long.id)).rows) == 900

    run(tmp_path, url, body)
