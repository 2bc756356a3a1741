"""What fits into the window, and a prefix that stays the same: shown with the real demo server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup
from glmdesk.domain.errors import Action, UserError
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.request import Parameters
from glmdesk.services.chat import Draft
from tests.helpers.program import run


def test_a_question_over_the_window_is_not_sent_and_nothing_of_it_is_lost(tmp_path: Path, url: str) -> None:
    book = AttachmentPart("书.txt", "text/plain", "很长的一本书。" * 60_000)

    async def body(desk: Composition) -> None:
        history, chat = desk.desk.history, desk.desk.chat
        conversation = await history.create(Setup())
        await history.save_draft_files(conversation.id, (book,))
        with pytest.raises(UserError) as caught:
            await chat.send(conversation.id, Draft("总结", (book,)))
        assert (caught.value.info.kind, caught.value.info.action) == ("over_window_alone", Action.TRIM)
        assert not (await chat.open(conversation.id)).rows
        assert await history.draft_files(conversation.id) == (book,)

    run(tmp_path, url, body)


def test_a_long_last_question_counts_by_its_own_letters(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation = await desk.desk.history.create(Setup(system="You are a careful assistant. " * 50))
        with pytest.raises(UserError):
            await desk.desk.chat.send(conversation.id, Draft("7 1 " * 75_000))

    run(tmp_path, url, body)


def test_the_longest_answer_counts_as_well(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        setup = Setup(parameters=Parameters(max_tokens=96_000))
        conversation = await desk.desk.history.create(setup)
        large = AttachmentPart("a.txt", "text/plain", "字" * 80_000)
        with pytest.raises(UserError):
            await desk.desk.chat.send(conversation.id, Draft("?", (large,)))
        smaller = replace(setup, parameters=Parameters(max_tokens=8_000))
        other = await desk.desk.history.create(smaller)
        await desk.desk.chat.send(other.id, Draft("?", (large,)))

    run(tmp_path, url, body)


def test_ten_turns_with_tools_hit_the_cache_for_nearly_all_that_was_sent_before(tmp_path: Path, url: str) -> None:
    manual = AttachmentPart("手册.txt", "text/plain", "每一条规定都写在这里，一共很多条。" * 300)
    tools = ("get_time", "calculate", "list_files", "read_file", "search_files")

    async def body(desk: Composition) -> None:
        setup = Setup(system="你是一位可靠的助手。", tools=tools)
        conversation = await desk.desk.history.create(setup)
        chat = desk.desk.chat
        prompts: list[int] = [0]
        cached: list[int] = []
        for turn in range(10):
            files = (manual,) if turn == 0 else ()
            await chat.open(conversation.id)
            await chat.send(conversation.id, Draft(f"第 {turn} 个问题：规定是什么意思？", files))
            await chat.until_idle(conversation.id)
            usage = (await chat.open(conversation.id)).rows[-1].message.usage
            assert usage is not None
            cached.append(usage.cached_tokens)
            prompts.append(usage.prompt_tokens)
        possible = sum(prompts[1:-1])  # all that the request before has sent
        assert sum(cached[1:]) >= 0.95 * possible, json.dumps([prompts, cached])

    run(tmp_path, url, body)
