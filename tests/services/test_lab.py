"""The function lab against the real demo server: by hand, by mock, and as a tool of the chat."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.json_schema import SchemaUnusable
from glmdesk.domain.message import Message, Status
from glmdesk.domain.part import Outcome, ToolResultPart
from glmdesk.domain.tools import USER, ApprovalRequest, Decision, Scope
from glmdesk.services.lab import LabFault, LabJob, job_of, reply_events
from tests.helpers.program import run

PARAMETERS = '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}'
ASK = '/tool get_weather {"city": "北京"}\n北京天气如何'
JOB = LabJob("get_weather", "查询天气", PARAMETERS, '{"city": "{{city}}", "sky": "晴"}', ASK)


def job(**changes: object) -> LabJob:
    from dataclasses import replace

    return replace(JOB, **changes)  # type: ignore[arg-type]


async def asked(composition: Composition, try_id: str) -> ApprovalRequest:
    async with asyncio.timeout(20):
        while not composition.desk.lab.pending(try_id):
            await asyncio.sleep(0.01)
    return composition.desk.lab.pending(try_id)[0]


async def ended(composition: Composition, try_id: str) -> Message:
    await composition.desk.chat.until_idle(try_id)
    return (await composition.desk.lab.look(try_id)).rows[-1].message


def test_a_call_is_answered_by_hand_and_both_requests_are_there(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        lab = composition.desk.lab
        try_id = await lab.start(JOB)
        request = await asked(composition, try_id)
        assert json.loads(request.arguments) == {"city": "北京"}
        row = (await lab.look(try_id)).rows[-1]
        assert len(await lab.exchanges(row.id)) == 1, "the first request is there while the call waits"
        await lab.answer(request, "大雪")
        answer = await ended(composition, try_id)
        (result,) = answer.of(ToolResultPart)
        assert (result.content, result.outcome) == ("大雪", Outcome.DONE)
        first, second = await lab.exchanges(answer.id)
        assert json.loads(first.body)["tools"][0]["function"]["name"] == "get_weather"
        assert json.loads(second.body)["messages"][-1]["content"] == "大雪"
        events = reply_events(second.attempts[0].body)
        assert events[-1] == "[DONE]"
        assert events[0]["choices"]

    run(tmp_path, url, body)


def test_a_mock_answers_by_itself_with_the_arguments_in_it(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        try_id = await composition.desk.lab.start(job(by_hand=False))
        answer = await ended(composition, try_id)
        (result,) = answer.of(ToolResultPart)
        assert json.loads(result.content) == {"city": "北京", "sky": "晴"}
        assert answer.status is Status.COMPLETE

    run(tmp_path, url, body)


def test_a_refused_call_tells_the_model_why(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        try_id = await composition.desk.lab.start(JOB)
        await composition.desk.lab.refuse(await asked(composition, try_id), "没有权限")
        (result,) = (await ended(composition, try_id)).of(ToolResultPart)
        assert result.outcome is Outcome.DENIED
        assert "没有权限" in result.content

    run(tmp_path, url, body)


def test_what_was_only_tried_is_no_tool_afterwards(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        try_id = await composition.desk.lab.start(job(by_hand=False))
        await ended(composition, try_id)
        async with asyncio.timeout(10):
            while any(spec.origin == USER for spec in composition.desk.tools.specs()):
                await asyncio.sleep(0.01)

    run(tmp_path, url, body)


def test_a_second_try_is_not_ended_by_the_first(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        lab = composition.desk.lab
        first = await lab.start(JOB)
        await asked(composition, first)
        second = await lab.start(JOB)
        await lab.answer(await asked(composition, second), "雨")
        (result,) = (await ended(composition, second)).of(ToolResultPart)
        assert result.content == "雨"
        await lab.stop(first)

    run(tmp_path, url, body)


def test_a_saved_function_is_a_tool_that_asks_like_any_other(tmp_path: Path, url: str) -> None:
    async def save(composition: Composition) -> None:
        tool = await composition.desk.lab.save(JOB)
        assert job_of(tool, LabJob()).description == "查询天气"

    async def use(composition: Composition) -> None:
        desk = composition.desk
        assert [tool.name for tool in desk.lab.saved()] == ["get_weather"]
        assert "get_weather" in [spec.name for spec in desk.tools.specs()]
        await desk.settings.change(tools=("get_weather",))
        from glmdesk.services.chat import Draft

        chat_id = (await desk.history.create()).id
        await desk.chat.send(chat_id, Draft(ASK))
        async with asyncio.timeout(20):
            while not desk.approvals.pending(chat_id):
                await asyncio.sleep(0.01)
        await desk.approvals.decide(desk.approvals.pending(chat_id)[0].id, Decision(Scope.ONCE))
        (result,) = (await ended(composition, chat_id)).of(ToolResultPart)
        assert "晴" in result.content
        await desk.lab.delete("get_weather")
        assert "get_weather" not in [spec.name for spec in desk.tools.specs()]

    run(tmp_path, url, save)
    run(tmp_path, url, use)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "查天气"}, "structured.lab.bad_name"),
        ({"name": "get_time"}, "structured.lab.taken"),
        ({"name": "web_search"}, "structured.lab.taken"),
        ({"description": " "}, "structured.lab.no_description"),
        ({"question": ""}, "structured.lab.no_question"),
    ],
)
def test_what_cannot_be_offered_says_why(tmp_path: Path, url: str, changes: dict[str, str], why: str) -> None:
    async def body(composition: Composition) -> None:
        with pytest.raises(LabFault) as caught:
            await composition.desk.lab.start(job(**changes))
        assert caught.value.text_id == why
        with pytest.raises(SchemaUnusable):
            await composition.desk.lab.start(job(parameters="{"))
        assert not await composition.desk.history.list()

    run(tmp_path, url, body)
