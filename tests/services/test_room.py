"""Whatever asks a question, what does not fit the model's window is not sent, and nothing has changed then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup, ThinkingChoice
from glmdesk.domain.errors import Action, UserError
from glmdesk.domain.message import Message, Status
from glmdesk.domain.part import AttachmentPart, Outcome, ToolResultPart
from glmdesk.domain.request import Parameters
from glmdesk.domain.tools import ToolResult
from glmdesk.services.chat import Draft
from glmdesk.services.turns import Choice
from tests.helpers.program import program
from tests.helpers.toolbox import TestToolbox, ask_with_tools

LARGE, SMALL = "glm-4.6", "glm-4.5-flash"  # windows of 200,000 and 131,072 tokens
BOOK = AttachmentPart("书.txt", "text/plain", "word " * 150_000)  # about 160,000 tokens
TWO_BOOKS = (BOOK, replace(BOOK, name="又一本.txt"))
Ask = Callable[[Composition, str, Message], Awaitable[None]]


async def _regenerate(desk: Composition, chat: str, answer: Message) -> None:
    await desk.desk.chat.regenerate(chat, answer.id, model=SMALL)


async def _compare(desk: Composition, chat: str, answer: Message) -> None:
    await desk.desk.turns.compare(chat, answer.id, Choice(LARGE), Choice(SMALL))


async def _compare_new(desk: Composition, chat: str, answer: Message) -> None:
    await desk.desk.turns.compare_new(chat, Draft("还有呢？"), Choice(LARGE), Choice(SMALL))


async def _edit(desk: Composition, chat: str, answer: Message) -> None:
    await desk.desk.turns.edit(chat, str(answer.parent_id), Draft("两本书讲什么？", TWO_BOOKS))


async def _with_a_long_answer(desk: Composition, chat: str, act: Callable[[], Awaitable[None]]) -> None:
    setup = (await desk.desk.history.get(chat)).setup
    await desk.desk.history.set_setup(chat, replace(setup, parameters=Parameters(max_tokens=96_000)))
    await act()


async def _continue(desk: Composition, chat: str, answer: Message) -> None:
    await _with_a_long_answer(desk, chat, lambda: desk.desk.chat.continue_answer(chat, answer.id))


async def _answer_now(desk: Composition, chat: str, answer: Message) -> None:
    await _with_a_long_answer(desk, chat, lambda: desk.desk.turns.answer_now(chat, answer.id))


async def _send(desk: Composition, chat: str, answer: Message) -> None:
    await desk.desk.chat.send(chat, Draft("还有呢？", (BOOK,)))


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (_send, ("over_window_alone", Action.TRIM)),
        (_edit, ("over_window_alone", Action.TRIM)),
        (_continue, ("over_window", Action.TRIM)),
        (_answer_now, ("over_window", Action.TRIM)),
        (_regenerate, ("over_window_alone", Action.SWITCH_MODEL)),
        (_compare, ("over_window_alone", Action.SWITCH_MODEL)),
        (_compare_new, ("over_window_alone", Action.SWITCH_MODEL)),
    ],
)
def test_a_question_without_room_changes_nothing(tmp_path: Path, url: str, ask: Ask, told: object) -> None:
    async def body() -> None:
        async with program(tmp_path, url) as desk:
            chat, setup = desk.desk.chat, Setup(model=LARGE, thinking=ThinkingChoice.OFF)
            where = (await desk.desk.history.create(setup)).id
            await chat.open(where)
            await chat.send(where, Draft("讲什么？", (BOOK,)))
            await chat.until_idle(where)
            before = (await chat.open(where)).rows
            assert before[-1].message.status is Status.COMPLETE
            with pytest.raises(UserError) as caught:
                await ask(desk, where, before[-1].message)
            assert (caught.value.info.kind, caught.value.info.action) == told
            await chat.reload(where)
            assert (await chat.open(where)).rows == before
            assert await desk.desk.turns.comparison(where) is None

    asyncio.run(body())


def test_a_tool_that_brings_too_much_ends_the_loop_and_what_it_brought_is_kept(tmp_path: Path, url: str) -> None:
    async def much(arguments: Mapping[str, Any]) -> ToolResult:
        return ToolResult("字" * 40_000)

    async def body() -> None:
        async with program(tmp_path, url) as desk:
            desk.desk.tools.add(box := TestToolbox(answer=much))
            await desk.desk.settings.change(default_model=SMALL, default_max_tokens=96_000)
            answer = await ask_with_tools(desk, "/tool probe {}\n/tool probe {}\n/tool probe {}\n问个问题")
            assert len(box.calls) == 3
            assert [part.outcome for part in answer.of(ToolResultPart)] == [Outcome.DONE] * 3
            assert answer.error is not None
            assert (answer.error.error.kind, answer.error.error.action) == ("over_window", Action.TRIM)

    asyncio.run(body())
