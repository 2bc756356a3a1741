"""Money against the real demo server: books, budget, and what is taken down of a request."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import date, datetime
from pathlib import Path

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import Action
from glmdesk.domain.message import Status
from glmdesk.domain.spending import Grouping, Period
from glmdesk.services.chat import Draft
from glmdesk.store.exchanges import Exchanges
from tests.helpers.program import TEST_KEY, ask, program, run
from tests.helpers.stored import run_child
from tests.helpers.toolbox import TestToolbox, ask_with_tools

ALWAYS = Period(date(2020, 1, 1), date(2099, 1, 1))


def test_the_books_hold_what_stands_below_the_answer(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation = await desk.desk.history.create(Setup(template_id="zh/qa/hard"))
        answer = await ask(desk, "为什么木星的卫星比土星多？", conversation.id)
        report = await desk.desk.spending.report(ALWAYS)
        assert answer.cost is not None
        assert answer.usage is not None
        assert report.total.yuan == pytest.approx(answer.cost.yuan)
        assert report.total.prompt == answer.usage.prompt_tokens
        (template,) = report.groups[Grouping.TEMPLATE]
        (talk,) = report.groups[Grouping.CONVERSATION]
        assert (template.key, talk.key, talk.gone) == ("zh/qa/hard", conversation.id, False)
        assert report.groups[Grouping.MODEL][0].key == answer.model

    run(tmp_path, url, body)


def test_each_round_of_a_tool_loop_and_the_title_are_entered(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        desk.desk.tools.add(TestToolbox())
        await desk.desk.settings.change(auto_title=True)
        answer = await ask_with_tools(desk, '/tool probe {"n": 1}\n/next\n/tool probe {"n": 2}\n问个问题')
        while desk.tasks.running(f"title:{answer.conversation_id}"):
            await asyncio.sleep(0.01)
        total = (await desk.desk.spending.report(ALWAYS)).total
        assert (total.answers, total.requests) == (1, 4)
        kept = await Exchanges(desk.database).of(answer.id)
        assert [len(json.loads(exchange.body)["messages"]) for exchange in kept] == [1, 3, 5]

    run(tmp_path, url, body)


def test_what_was_spent_stays_when_the_conversation_goes(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        answer = await ask(desk, "hello")
        before = (await desk.desk.spending.report(ALWAYS)).total
        await desk.desk.history.purge(answer.conversation_id)
        report = await desk.desk.spending.report(ALWAYS)
        assert report.total == before
        assert report.groups[Grouping.CONVERSATION][0].gone

    run(tmp_path, url, body)


def test_the_budget_stops_the_next_answer_and_one_may_pass(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        spending, chat = desk.desk.spending, desk.desk.chat
        await spending.set_budget(1000)
        first = await ask(desk, "hello")
        assert spending.take_warning() is None
        await spending.set_budget((await spending.budget()).spent)
        stopped = await ask(desk, "once more", first.conversation_id)
        assert stopped.error is not None
        assert (stopped.error.error.kind, stopped.error.error.action) == ("budget_reached", Action.SEND_ANYWAY)
        spending.allow_next()
        await chat.regenerate(first.conversation_id, stopped.id)
        await chat.until_idle(first.conversation_id)
        assert (await chat.open(first.conversation_id)).rows[-1].message.status is Status.COMPLETE
        again = await ask(desk, "and again", first.conversation_id)
        assert again.status is Status.FAILED
        await desk.desk.settings.change(budget_stop=False)
        assert (await ask(desk, "only a warning", first.conversation_id)).status is Status.COMPLETE

    run(tmp_path, url, body)


def test_the_warning_comes_once_a_month_also_after_a_restart(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        await desk.desk.settings.change(monthly_budget=0.000001, budget_stop=False)
        await ask(desk, "hello")
        warning = desk.desk.spending.take_warning()
        assert warning is not None
        assert warning.month == datetime.now().strftime("%Y-%m")
        assert desk.desk.spending.take_warning() is None

    async def again(desk: Composition) -> None:
        assert desk.desk.settings.value.monthly_budget == 0.000001
        await ask(desk, "hello")
        assert desk.desk.spending.take_warning() is None
        await desk.desk.spending.set_budget(0.000002)
        assert desk.desk.spending.take_warning() is not None

    run(tmp_path, url, body)
    run(tmp_path, url, again)


def test_the_demo_needs_no_budget(tmp_path: Path) -> None:
    async def body() -> None:
        async with program(tmp_path, "http://127.0.0.1:9") as desk:
            await desk.desk.settings.change(monthly_budget=0.01)
            desk.desk.endpoints.use_for_session("demo")
            answer = await ask(desk, "hello")
            assert answer.status is Status.COMPLETE
            report = await desk.desk.spending.report(ALWAYS)
            assert report.only_demo

    asyncio.run(body())


def test_a_request_is_taken_down_with_its_retries_its_times_and_without_the_key(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        conversation = await desk.desk.history.create()
        await desk.desk.chat.open(conversation.id)
        await desk.desk.chat.send(conversation.id, Draft(f"/error 1302 times=1\nhello {TEST_KEY.reveal()}"))
        while not desk.desk.chat.busy():
            await asyncio.sleep(0)
        while desk.desk.chat.busy():
            await desk.desk.chat.retry_now(conversation.id)
            await asyncio.sleep(0.01)
        answer = (await desk.desk.chat.open(conversation.id)).rows[-1].message
        (exchange,) = await Exchanges(desk.database).of(answer.id)
        refused, whole = exchange.attempts
        assert (refused.status, whole.status) == (429, 200)
        assert refused.error
        assert not whole.error
        assert refused.connected is not None
        times = [whole.sent, whole.head, whole.first_byte, whole.first_token, whole.ended]
        assert times == sorted(t for t in times if t is not None)
        assert "data: [DONE]" in whole.body
        assert whole.size == len(whole.body.encode())
        assert exchange.headers["Authorization"] == "Bearer •••"
        assert TEST_KEY.reveal() not in repr(exchange)
        assert json.loads(exchange.body)["model"] == answer.model

    run(tmp_path, url, body)


def test_an_unpriced_endpoint_is_entered_without_a_price(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        desk.desk.endpoints.add_for_session(Endpoint("own", "Own", DialectName.VLLM, url), TEST_KEY)
        desk.desk.endpoints.use_for_session("own")
        await ask(desk, "hello")
        total = (await desk.desk.spending.report(ALWAYS)).total
        assert (total.unpriced, total.yuan) == (1, 0)

    run(tmp_path, url, body)


MONTHS = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from glmdesk.domain.prices import Cost
from glmdesk.services.models import ModelService
from glmdesk.services.news import News
from glmdesk.services.settings import SettingsService
from glmdesk.services.spending import SpendingService
from glmdesk.store.ledger import Ledger
from glmdesk.store.preferences import Preferences
from tests.helpers.stored import stored
from tests.store.test_ledger import entry

async def main():
    news, now = News(), [0.0]
    settings = SettingsService(Preferences(Path(sys.argv[1])), news)
    async with stored() as store:
        ledger, models = Ledger(store.database), ModelService(None)
        spending = SpendingService(ledger, models=models, settings=settings, news=news, clock=lambda: now[0])
        for moment, yuan in (((2026, 11, 30, 23, 59, 59), 3.0), ((2026, 12, 1, 0, 0, 0), 1.0)):
            await ledger.add(entry(datetime(*moment).timestamp(), cost=Cost(yuan)))
        for moment in ((2026, 11, 30, 23, 59, 59), (2026, 12, 1, 0, 0, 1)):
            now[0] = datetime(*moment).timestamp()
            await spending.set_budget(1.0)
            budget = await spending.budget()
            print(budget.month, budget.spent, spending.take_warning().month)

asyncio.run(main())
"""


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/London"])
def test_the_budget_s_month_ends_at_the_user_s_own_midnight(tmp_path: Path, zone: str) -> None:
    lines = run_child(MONTHS, tmp_path / "settings.toml", environment={**os.environ, "TZ": zone})
    assert lines == ["2026-11 3.0 2026-11", "2026-12 1.0 2026-12"]
