from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from glmdesk.domain.conversation import Conversation, Setup, ThinkingChoice, Turn
from glmdesk.domain.errors import Action, ErrorInfo, UserError
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import (
    AttachmentPart,
    ErrorPart,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from glmdesk.domain.request import Parameters
from glmdesk.domain.usage import Timing, Usage
from tests.helpers.stored import answer, stored

DAY = 86_400.0


def test_every_field_of_a_conversation_comes_back() -> None:
    setup = Setup(
        system="你是助手",
        turns=(Turn(Role.USER, "a"), Turn(Role.ASSISTANT, "b")),
        template_id="qa/one",
        template_thinking=False,
        endpoint_id="zai",
        model="glm-4.6",
        thinking=ThinkingChoice.OFF,
        parameters=Parameters(0.3, 0.9, 100, "停", True),
    )
    conversation = Conversation(
        "c",
        "标题",
        False,
        True,
        True,
        "工作",
        1.0,
        2.0,
        3.0,
        True,
        "leaf",
        setup,
        "draft\0",
        {"later": [1, {"x": None}]},
    )

    async def body() -> None:
        async with stored() as store:
            assert await store.create(conversation) == conversation
            assert await store.get("c") == conversation

    asyncio.run(body())


def test_every_field_of_a_message_comes_back() -> None:
    parts = (
        ReasoningPart("想\n", 1.25),
        TextPart("text"),
        ToolCallPart("call", "tool", '{"a": 1}', 2),
        ToolResultPart("call", "result", True),
        AttachmentPart("a.txt", "text/plain", "content"),
        ErrorPart(ErrorInfo("overloaded", {"seconds": "3"}, Action.RETRY, code="1305", status=429, detail="busy")),
    )
    message = Message(
        "m",
        "c",
        Role.ASSISTANT,
        parts,
        parent_id="p",
        status=Status.FAILED,
        model="glm-4.6",
        endpoint_id="zai",
        thinking=True,
        finish_reason="stop",
        request_id="r",
        usage=Usage(1, 2, 3, 4, 5),
        timing=Timing(0.5, 2.0),
        created_at=5.0,
    )

    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            added = await store.add_message(message)
            assert added == replace(message, seq=1)
            assert await store.messages("c") == [added]

    asyncio.run(body())


def test_a_new_message_becomes_the_leaf() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            await store.say("one")
            await store.add_message(answer("two"))
            assert (await store.get("c")).leaf_id == "a"

    asyncio.run(body())


def test_pinned_come_first_then_the_last_used() -> None:
    async def body() -> None:
        async with stored() as store:
            for name in "abcd":
                await store.conversation(name)
            await store.update("b", pinned=True)
            await store.update("a", updated_at=9.0)
            assert [c.id for c in await store.list()] == ["b", "a", "d", "c"]

    asyncio.run(body())


def test_a_clock_that_is_set_back_changes_no_order() -> None:
    async def body() -> None:
        async with stored() as store:
            for name in "abc":
                await store.conversation(name, updated_at=1_000_000.0)
            await store.update("a", updated_at=5.0)
            assert [c.id for c in await store.list()] == ["a", "c", "b"]
            await store.conversation("c0", created_at=1.0)
            first = await store.say("one", "m1", conversation_id="c0", created_at=9e9)
            second = await store.say("two", "m2", conversation_id="c0", created_at=1.0)
            assert first.seq < second.seq
            assert [m.id for m in await store.messages("c0")] == ["m1", "m2"]

    asyncio.run(body())


def test_a_draft_does_not_move_a_conversation() -> None:
    async def body() -> None:
        async with stored() as store:
            for name in "ab":
                await store.conversation(name)
            await store.update("a", draft="words", unread=True)
            assert [c.id for c in await store.list()] == ["b", "a"]
            assert (await store.get("a")).draft == "words"

    asyncio.run(body())


def test_a_conversation_that_is_gone_is_told_and_an_unknown_field_is_a_bug() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            for look in (store.get("none"), store.update("none", title="x")):
                with pytest.raises(UserError) as caught:
                    await look
                assert caught.value.info.kind == "conversation_gone"
            with pytest.raises(TypeError):
                await store.update("c", colour="red")

    asyncio.run(body())


def test_a_seq_is_never_given_twice() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            last = (await store.say("one")).seq
            await store.purge("c")
            await store.conversation()
            assert (await store.say("two")).seq > last

    asyncio.run(body())


def test_checkpoints_replace_the_content_and_keep_the_place() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            await store.say("question")
            added = await store.add_message(answer("", status=Status.STREAMING))
            await store.save_message(answer("half", status=Status.STREAMING))
            final = replace(added, parts=(TextPart("whole"),), status=Status.COMPLETE, usage=Usage(1, 1, 2))
            await store.save_message(final)
            assert (await store.messages("c"))[-1] == final

    asyncio.run(body())


def test_saving_a_message_that_was_deleted_does_nothing() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            await store.say("question")
            await store.purge("c")
            await store.save_message(answer("late", "m"))
            assert await store.list() == []
            assert await store.search("late") == []

    asyncio.run(body())


def test_a_copy_has_the_whole_tree_under_new_ids() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation(title="t", pinned=True, setup=Setup(system="s"))
            await store.say("root", "r")
            await store.add_message(answer("one", "a1", parent="r"))
            await store.add_message(answer("two", "a2", parent="r", status=Status.STREAMING))
            await store.update("c", leaf_id="a1")
            copy = await store.duplicate("c")
            root, one, two = await store.messages(copy.id)
            assert (copy.title, copy.pinned, copy.setup.system) == ("t", False, "s")
            assert (one.parent_id, two.parent_id, copy.leaf_id) == (root.id, root.id, one.id)
            assert two.status is Status.STOPPED
            assert not {root.id, one.id, two.id} & {"r", "a1", "a2"}
            assert (await store.list())[-1].id == copy.id  # below the pinned original
            assert len(await store.search("one")) == 2

    asyncio.run(body())


def test_interrupted_answers_keep_their_text_and_can_be_found() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            await store.say("question")
            await store.add_message(answer("", status=Status.STREAMING))
            await store.save_message(answer("一半的答案", status=Status.STREAMING))
            assert await store.search("一半") == []
            assert await store.mark_interrupted() == ["a"]
            kept = (await store.messages("c"))[-1]
            assert (kept.status, kept.text, kept.damaged) == (Status.INTERRUPTED, "一半的答案", False)
            assert len(await store.search("一半")) == 1
            assert await store.mark_interrupted() == []

    asyncio.run(body())


def test_the_bin_is_emptied_of_what_is_older_than_its_days() -> None:
    now = 1_800_000_000.0

    async def body() -> None:
        async with stored(clock=now) as store:
            for name, deleted_at in (("c", None), ("new", now - 29 * DAY), ("old", now - 31 * DAY)):
                await store.conversation(name, deleted_at=deleted_at)
                await store.say("words", f"m-{name}", conversation_id=name)
            assert [c.id for c in await store.list(deleted=True)] == ["new", "old"]
            assert await store.purge_older_bin(days=30) == 1
            assert [c.id for c in await store.list(deleted=True)] == ["new"]
            assert await store.messages("old") == []
            assert [hit.message_id for hit in await store.search("words")] == ["m-c"]

    asyncio.run(body())


def test_what_holds_nothing_is_dropped_and_a_waiting_file_names_its_conversation() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation("c", title="")
            await store.conversation("title", title="标题")
            await store.conversation("draft", title="", draft="写到一半")
            await store.conversation("file", title="")
            await store.conversation("words", title="")
            await store.conversation("bin", title="", deleted_at=1.0)
            await store.save_draft_files("file", [AttachmentPart("报告.docx", "text/plain", "x")])
            await store.say("words", "m", conversation_id="words")
            assert await store.drop_empty(only="title") == 0
            assert await store.drop_empty() == 1
            assert {c.id for c in await store.list()} == {"title", "draft", "file", "words"}
            assert [c.id for c in await store.list(deleted=True)] == ["bin"]
            assert await store.waiting_files() == {"file": "报告.docx"}

    asyncio.run(body())


def test_two_thousand_conversations_and_messages_are_read_within_half_a_second() -> None:
    async def body() -> None:
        async with stored() as store:
            for number in range(2000):
                await store.conversation(str(number), setup=Setup(system="words " * 20), draft="d")
            await store.conversation()
            for number in range(2000):
                await store.say("一些文字 and words " * 20, str(number))
            started = time.perf_counter()
            assert len(await store.list()) == 2001
            listed = time.perf_counter()
            assert len(await store.messages("c")) == 2000
            assert listed - started < 0.5
            assert time.perf_counter() - listed < 0.5

    asyncio.run(body())
