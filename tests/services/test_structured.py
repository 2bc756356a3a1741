"""Structured output against the real demo server: verdicts, the one repair, stopping, and what is stored."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.errors import UserError
from glmdesk.domain.json_reply import Found
from glmdesk.domain.json_schema import SchemaUnusable, schema_text
from glmdesk.domain.message import Role, Status
from glmdesk.domain.schema_form import Form, FormField, schema_from_form
from glmdesk.domain.settings import Language
from glmdesk.domain.table import tables_of
from glmdesk.services.structured import Job, Try, can_repair
from glmdesk.store.exchanges import Exchanges
from tests.helpers.program import run

SCHEMA = schema_text(schema_from_form(Form((FormField("名称"), FormField("价格", "number")), many=True)))


async def ended(composition: Composition, conversation_id: str) -> list[Try]:
    structured = composition.desk.structured
    async with asyncio.timeout(30):
        while structured.running(conversation_id):
            await asyncio.sleep(0.01)
    return await structured.tries(await structured.look(conversation_id))


def test_an_answer_that_does_not_fit_is_sent_back_once(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        structured = composition.desk.structured
        await composition.desk.settings.change(language=Language.ZH_CN)
        run_id = await structured.start(Job(SCHEMA, "/json bad\n抽取商品", "苹果 3 元"))
        first, second = await ended(composition, run_id)
        assert first.verdict is not None
        assert [f.where for f in first.verdict.faults] == ["$.items[0]", "$.items[0].名称"]
        assert second.verdict is not None
        assert second.verdict.fits
        rows = (await structured.look(run_id)).rows
        asked = [row.message for row in rows if row.message.role is Role.USER]
        assert len(asked) == 2
        assert "$.items[0]" in asked[1].text
        assert "缺少 价格" in asked[1].text

    run(tmp_path, url, body)


def test_the_request_carries_json_object_the_schema_and_no_tools(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        run_id = await composition.desk.structured.start(Job(SCHEMA, "抽取", "苹果 3 元"))
        (answer,) = await ended(composition, run_id)
        (exchange,) = await Exchanges(composition.database).of(answer.message.id)
        sent = json.loads(exchange.body)
        assert sent["response_format"] == {"type": "json_object"}
        assert sent["thinking"]["type"] == "disabled"
        assert "tools" not in sent
        assert SCHEMA in sent["messages"][0]["content"]
        assert "苹果 3 元" in sent["messages"][1]["content"]

    run(tmp_path, url, body)


def test_a_list_at_the_root_is_asked_for_without_json_mode(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        run_id = await composition.desk.structured.start(Job('{"type": "array"}', "列表", repair=False))
        (answer,) = await ended(composition, run_id)
        (exchange,) = await Exchanges(composition.database).of(answer.message.id)
        assert "response_format" not in json.loads(exchange.body)

    run(tmp_path, url, body)


@pytest.mark.parametrize(("way", "found"), [("fenced", Found.FENCED), ("cut", Found.PARTIAL)])
def test_fences_are_forgiven_and_what_breaks_off_is_kept(tmp_path: Path, url: str, way: str, found: Found) -> None:
    async def body(composition: Composition) -> None:
        run_id = await composition.desk.structured.start(Job(SCHEMA, f"/json {way}\n抽取", repair=False))
        (answer,) = await ended(composition, run_id)
        assert answer.verdict is not None
        assert answer.verdict.reply.found is found
        assert answer.verdict.reply.value
        assert answer.verdict.fits is (way == "fenced")

    run(tmp_path, url, body)


def test_a_mistake_in_the_json_is_what_is_sent_back(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        run_id = await composition.desk.structured.start(Job(SCHEMA, "/json cut\n抽取"))
        first, second = await ended(composition, run_id)
        assert first.verdict is not None
        assert first.verdict.faults, "the fields that were lost miss"
        (exchange,) = await Exchanges(composition.database).of(second.message.id)
        asked = json.loads(exchange.body)["messages"][-1]["content"]
        assert "- $: No whole and correct JSON was found" in asked
        assert asked.count("- $") == 1

    run(tmp_path, url, body)


def test_an_answer_at_the_limit_is_not_sent_back(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        structured = composition.desk.structured
        await composition.desk.settings.change(default_max_tokens=24)
        run_id = await structured.start(Job(SCHEMA, "抽取"))
        (answer,) = await ended(composition, run_id)
        assert answer.message.finish_reason == "length"
        assert answer.verdict is not None
        assert answer.verdict.cut
        assert not can_repair(answer)
        assert answer.message.text

    run(tmp_path, url, body)


def test_stop_keeps_what_came_and_sends_nothing_back(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        structured = composition.desk.structured
        run_id = await structured.start(Job(SCHEMA, "/long tokens=20000\n写"))
        transcript = await structured.look(run_id)
        async with asyncio.timeout(20):
            while not transcript.rows[-1].message.text:
                transcript.take_changes()
                await asyncio.sleep(0.01)
        await structured.stop(run_id)
        (answer,) = await ended(composition, run_id)
        assert answer.message.status is Status.STOPPED
        assert answer.message.text

    run(tmp_path, url, body)


def test_an_error_is_kept_beside_the_run(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        run_id = await composition.desk.structured.start(Job(SCHEMA, "/error 1113\n抽取"))
        (answer,) = await ended(composition, run_id)
        assert answer.message.error is not None
        assert answer.verdict is None

    run(tmp_path, url, body)


def test_a_run_is_shown_again_after_a_restart(tmp_path: Path, url: str) -> None:
    async def first(composition: Composition) -> None:
        run_id = await composition.desk.structured.start(Job(SCHEMA, "/json bad\n抽取", "苹果", thinking=True))
        await ended(composition, run_id)

    async def second(composition: Composition) -> None:
        (listed,) = await composition.desk.structured.runs()
        job = await composition.desk.structured.job_of(listed.id)
        assert (job.schema, job.prompt, job.data, job.thinking) == (SCHEMA, "/json bad\n抽取", "苹果", True)
        assert len(await ended(composition, listed.id)) == 2

    run(tmp_path, url, first)
    run(tmp_path, url, second)


def test_a_schema_is_checked_before_anything_is_stored(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        structured = composition.desk.structured
        with pytest.raises(SchemaUnusable) as caught:
            await structured.start(Job('{"properties":\n {"a": {"type": "text"}}}', "x"))
        problem = caught.value.problems[0]
        assert (problem.text_id, problem.line) == ("structured.schema.rule", 2)
        twice = {f"a{n + 1}": {"allOf": [{"$ref": f"#/$defs/a{n}"}] * 2} for n in range(40)}
        bomb = {"$defs": {"a0": {}, **twice}, "$ref": "#/$defs/a40"}
        run_id = await structured.start(Job(json.dumps(bomb), "x"))
        (answer,) = await ended(composition, run_id)
        assert answer.verdict is not None
        assert answer.verdict.unchecked
        assert len(await composition.desk.history.list()) == 1

    run(tmp_path, url, body)


def test_without_a_key_nothing_is_stored(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        composition.desk.endpoints.use_for_session("gone")
        with pytest.raises(UserError):
            await composition.desk.structured.start(Job("{}", "x"))
        assert not await composition.desk.history.list()

    run(tmp_path, url, body)


def test_results_are_written_as_files(tmp_path: Path, url: str) -> None:
    async def body(composition: Composition) -> None:
        structured, value = composition.desk.structured, {"items": [{"名称": "=1", "价格": 2}]}
        tables = tables_of(value)
        await structured.save_json(value, tmp_path / "a.json")
        await structured.save_csv(tables[0], tmp_path / "a.csv")
        await structured.save_xlsx(tables, tmp_path / "a.xlsx")
        assert json.loads((tmp_path / "a.json").read_text("utf-8")) == value
        assert (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[1] == "'=1,2"
        assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
        with pytest.raises(UserError):
            await structured.save_json(value, tmp_path / "a.json" / "b.json")

    run(tmp_path / "profile", url, body)
