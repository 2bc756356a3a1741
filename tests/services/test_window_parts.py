"""Parts of a request that are no turns: each is left out and brought back, and the request shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup, Turn
from glmdesk.domain.message import Role
from glmdesk.domain.ruler import Share
from tests.helpers.program import run
from tests.services.test_window_changes import ask, bring_back, drop, sent, stored, talk

SETUP = Setup(
    system="你是分析师。",
    turns=(Turn(Role.USER, "例问"), Turn(Role.ASSISTANT, "例答")),
    tools=("calculate", "get_time"),
)


def present(body: dict[str, Any], part: str) -> bool:
    """True when the request carries the part."""
    messages = body["messages"]
    return {
        "system": messages[0]["role"] == "system",
        "examples": any(message["content"] == "例问" for message in messages),
        "tools": bool(body.get("tools")),
        "reserve": "max_tokens" in body,
        "reasoning": any("reasoning_content" in message for message in messages),
    }[part]


async def share(desk: Composition, chat: str, kind: str) -> Share:
    return next(share for share in (await desk.desk.window.ruler(chat)).shares if share.kind == kind)


async def used(desk: Composition, chat: str) -> int:
    return (await desk.desk.window.ruler(chat)).used


@pytest.mark.parametrize("part", ["system", "examples", "tools", "reserve"])
def test_a_part_that_was_left_out_is_not_sent_and_comes_back(tmp_path: Path, url: str, part: str) -> None:
    async def body(desk: Composition) -> None:
        await desk.desk.settings.change(default_max_tokens=900)
        chat = await talk(desk, "一", setup=SETUP)
        assert present(await sent(desk, chat), part)
        before = await used(desk, chat)
        await drop(desk, chat, (part, 0))
        gone = await share(desk, chat, part)
        assert gone.dropped, "it stays in the list"
        assert gone.tokens
        assert await used(desk, chat) < before
        await ask(desk, chat, "二")
        without = await sent(desk, chat)
        assert [name for name in ("system", "examples", "tools", "reserve") if not present(without, name)] == [part]
        await bring_back(desk, chat, part)
        await ask(desk, chat, "三")
        assert present(await sent(desk, chat), part)

    run(tmp_path, url, body)


def test_thoughts_of_earlier_answers_are_sent_when_they_are_wanted(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "一")
        thoughts = (await desk.desk.chat.open(chat)).rows[-1].message.reasoning
        assert thoughts
        assert (await share(desk, chat, "reasoning")).dropped
        await bring_back(desk, chat, "reasoning")
        assert not (await share(desk, chat, "reasoning")).dropped
        await ask(desk, chat, "二")
        kept = await sent(desk, chat)
        assert kept["messages"][1]["reasoning_content"] == thoughts, "byte for byte (glm-api.md §6)"
        assert kept["thinking"] == {"type": "enabled", "clear_thinking": False}
        await drop(desk, chat, ("reasoning", 0))
        await ask(desk, chat, "三")
        plain = await sent(desk, chat)
        assert not present(plain, "reasoning")
        assert plain["thinking"] == {"type": "enabled"}

    run(tmp_path, url, body)


def test_the_service_counts_the_thoughts_that_the_list_says_are_sent(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "说明这个季度的销售为什么下降，分三点，每点一句话。" * 20)
        await bring_back(desk, chat, "reasoning")
        expected = await used(desk, chat)
        await ask(desk, chat, "?")
        usage = (await desk.desk.chat.open(chat)).rows[-1].message.usage
        assert usage is not None
        assert abs(expected - usage.prompt_tokens) <= 0.1 * usage.prompt_tokens

    run(tmp_path, url, body)


def test_a_part_is_left_out_and_back_in_one_step_of_undo(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        chat = await talk(desk, "一", setup=SETUP)
        await drop(desk, chat, ("tools", 0))
        assert "tools" in (await stored(desk, chat)).setup.left_out
        await desk.desk.turns.undo(chat)
        assert (await stored(desk, chat)).setup == SETUP
        await desk.desk.turns.redo(chat)
        assert (await share(desk, chat, "tools")).dropped

    run(tmp_path, url, body)


def test_a_schema_stays_when_the_system_prompt_goes(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        setup = Setup(system="你是分析师。", schema='{"type": "object", "properties": {"名": {"type": "string"}}}')
        chat = await talk(desk, "一", setup=setup)
        fixed = await share(desk, chat, "schema")
        assert fixed.fixed
        assert fixed.tokens
        await drop(desk, chat, ("system", 0))
        await ask(desk, chat, "二")
        system = (await sent(desk, chat))["messages"][0]
        assert system["role"] == "system"
        assert "名" in system["content"]
        assert "分析师" not in system["content"]

    run(tmp_path, url, body)
