"""A budget that is used up, at every place of the window that asks a model."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from glmdesk.domain.message import Status
from glmdesk.domain.prices import Cost
from glmdesk.domain.spending import Entry
from glmdesk.domain.usage import Usage
from glmdesk.store.ledger import Ledger
from glmdesk.ui.turns.compare_page import Column
from glmdesk.ui.turns.compare_sheet import CompareSheet
from glmdesk.ui.usage.page import UsagePage
from tests.journeys.driver import Person, drive
from tests.journeys.test_inspector import url, use_server, welcomed
from tests.journeys.test_lab import opened, written

__all__ = ["url"]


async def over_the_budget(me: Person, url: str) -> None:
    """A chat page with an endpoint that costs, and two yuan spent of one."""
    desk = me.program.desk
    use_server(me, url)
    await Ledger(me.program.database).add(
        Entry(datetime.now().timestamp(), "bigmodel", "glm-4.5", usage=Usage(1, 1, 2), cost=Cost(2.0))
    )
    await desk.settings.change(monthly_budget=1.0, auto_title=False)
    me.window.navigation.show_chat()


def test_in_the_chat_one_answer_may_pass(tmp_path: Path, url: str) -> None:
    async def body(me: Person) -> None:
        await over_the_budget(me, url)
        composer = me.window.page.composer
        me.type(composer.editor, "hello")
        await me.until(lambda: "¥" in composer.hint.text, "the price is shown before sending")
        me.click(composer.send_button)
        items = me.window.page.transcript.stack
        await me.until(lambda: len(items.items) == 2 and me.answer().error is not None, "the answer is stopped")
        assert me.answer().error.error.kind == "budget_reached"  # type: ignore[union-attr]
        me.window.page.transcript.action.emit("send_anyway", me.answer().id)
        await me.until(lambda: me.answer().status is Status.COMPLETE, "one answer passes")
        me.window.page.transcript.action.emit("raise_budget", me.answer().id)
        page = me.window.navigation.page
        assert isinstance(page, UsagePage)
        await me.until(lambda: "¥2.00" in page.budget.state.text(), "the budget is where it can be raised")

    drive(welcomed(tmp_path), body)


def test_in_a_comparison_either_side_may_pass_and_the_other_stays(tmp_path: Path, url: str) -> None:
    async def body(me: Person) -> None:
        await over_the_budget(me, url)
        window = me.window
        window.page.composer.set_text("hello")
        window.chat.compare()
        (sheet,) = window.findChildren(CompareSheet)
        me.click(sheet.start)
        await me.until(lambda: window.page.comparison is not None, "side by side")

        def columns() -> list[Column]:
            return window.page.comparison.columns if window.page.comparison is not None else []

        await me.until(lambda: all(c.message.error is not None for c in columns()), "both are stopped")
        left = columns()[0].message.id
        columns()[1].action.emit("send_anyway", columns()[1].message.id)
        await me.until(lambda: columns()[1].message.status is Status.COMPLETE, "the right one passes")
        assert columns()[0].message.id == left
        columns()[0].action.emit("send_anyway", left)
        await me.until(lambda: all(c.message.status is Status.COMPLETE for c in columns()), "and then the left one")

    drive(welcomed(tmp_path), body)


def test_in_the_function_lab_one_try_may_pass(tmp_path: Path, url: str) -> None:
    async def body(me: Person) -> None:
        await over_the_budget(me, url)
        lab = opened(me)
        written(lab)
        anyway = lab.result.error.button
        me.click(lab.run_button)
        await me.until(anyway.isVisible, "the try is stopped")
        me.click(anyway)
        await me.until(lab.result.call.isVisible, "the call comes")
        me.click(lab.result.call.mock)
        me.click(lab.result.call.give)
        await me.until(lambda: lab.result.status.text() == "已完成。", "all of its rounds pass")

    drive(welcomed(tmp_path), body)
