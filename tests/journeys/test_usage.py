"""The usage page in the real window."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from glmdesk.domain.prices import Cost
from glmdesk.domain.settings import Language
from glmdesk.domain.spending import Entry
from glmdesk.domain.usage import Timing, Usage
from glmdesk.store.ledger import Ledger
from glmdesk.ui.usage.page import UsagePage
from tests.journeys.driver import Person, drive


def welcomed(folder: Path) -> Path:
    (folder / "settings.toml").write_text("welcomed = true\n", "utf-8")
    return folder


async def open_page(me: Person) -> UsagePage:
    me.window.navigation.show_chat()
    me.click(me.window.sidebar.usage_button)
    page = me.window.navigation.page
    assert isinstance(page, UsagePage)
    await me.until(lambda: not me.window.tasks.running("usage:report"), "the numbers are read")
    return page


async def a_week(me: Person) -> None:
    ledger, now = Ledger(me.program.database), datetime.now()
    talk = await me.program.desk.history.create()
    await me.program.desk.history.rename(talk.id, "木星")
    for day in range(7):
        for number in range(day + 1):
            at = (now - timedelta(days=day)).timestamp()
            usage, cost = Usage(1000, 500, 1500, 600), Cost(0.5, 0.1)
            await ledger.add(
                Entry(
                    at,
                    "bigmodel",
                    "glm-4.5" if number else "glm-4.5-air",
                    message_id=f"{day}.{number}",
                    conversation_id=talk.id,
                    usage=usage,
                    cost=cost,
                    timing=Timing(0.5, 5.5),
                )
            )


def test_without_any_request_the_page_says_so(tmp_path: Path) -> None:
    async def body(me: Person) -> None:
        page = await open_page(me)
        assert page.note.isVisible()
        assert page.tiles.tiles["answers"].value.text() == "0"
        QTest.keyClick(me.window, Qt.Key.Key_Escape)
        await me.until(lambda: me.window.navigation.page is None, "Esc leaves the page")

    drive(welcomed(tmp_path), body)


def test_a_week_of_answers_by_mouse_keys_and_table(tmp_path: Path) -> None:
    async def body(me: Person) -> None:
        await a_week(me)
        page = await open_page(me)
        me.click(page.period.button("week"))
        await me.until(lambda: len(page.chart.columns.bars) == 7, "seven days")
        assert page.tiles.tiles["spent"].value.text() == "¥14.00"
        assert page.tiles.tiles["saved"].value.text() == "¥2.80"
        assert "60%" in page.tiles.tiles["saved"].hint.text()
        chart = page.chart.columns
        QTest.mouseMove(chart, chart.slot_of(0).center())
        assert chart.chosen == 0
        chart.setFocus()
        QTest.keyClick(chart, Qt.Key.Key_End)
        assert "¥0.50" in chart.accessibleDescription()
        QTest.keyClick(chart, Qt.Key.Key_Left)
        assert "¥1.00" in chart.accessibleDescription()
        me.click(page.chart.by.button("conversation"))
        await me.until(lambda: page.chart.rows.isVisible(), "another grouping")
        me.click(page.chart.table_button)
        model = page.chart.table.model()
        cells = [model.data(model.index(0, column)) for column in range(model.columnCount())]
        assert cells == ["木星", "28", "28,000", "60%", "14,000", "¥14.00", "¥2.80"]
        me.click(page.chart.table_button)
        rows = page.chart.rows
        QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=rows.slot_of(0).center())
        await me.until(lambda: me.window.navigation.page is None, "a click opens the conversation")

    drive(welcomed(tmp_path), body)


def test_picture_and_table_are_exported(tmp_path: Path) -> None:
    profile, out = tmp_path / "profile", tmp_path / "out"
    profile.mkdir()
    out.mkdir()

    async def body(me: Person) -> None:
        await a_week(me)
        page = await open_page(me)
        page.export_picture(out / "usage.png")
        image = QImage(str(out / "usage.png"))
        assert image.width() >= 1280
        page.export_table(out / "usage.csv")
        told = me.window.notices
        await me.until(lambda: any("usage.csv" in text for text in told.texts), "the table is written")
        rows = list(csv.DictReader(io.StringIO((out / "usage.csv").read_text("utf-8-sig"))))
        assert {row["group"] for row in rows} == {"day", "model", "conversation", "template"}
        assert sum(float(row["yuan"]) for row in rows if row["group"] == "model") == 14.0
        assert [row["name"] for row in rows if row["group"] == "conversation"] == ["木星"]
        assert [row["name"] for row in rows if row["group"] == "template"] == ["不用模板"]
        before = len(told.texts)
        page.export_table(out / "usage.csv" / "no" / "place")
        await me.until(lambda: len(told.texts) > before, "a failure is told")
        assert "已存到" not in told.texts[-1]

    drive(welcomed(profile), body)


def test_a_picture_shows_every_bar_also_from_behind_the_table_and_in_a_narrow_window(tmp_path: Path) -> None:
    profile, out = tmp_path / "profile", tmp_path / "out"
    profile.mkdir()
    out.mkdir()

    async def body(me: Person) -> None:
        ledger = Ledger(me.program.database)
        for number in range(9):
            at = datetime.now().timestamp()
            await ledger.add(Entry(at, "bigmodel", f"model-{number}", usage=Usage(9, 9, 18), cost=Cost(1.0)))
        page = await open_page(me)
        rows = page.chart.rows
        for width in (1200, 480):
            me.window.resize(width, 800)
            me.click(page.chart.by.button("model"))
            await me.until(lambda: rows.isVisible(), "the models")
            await me.until(lambda: rows.height() >= rows.slot_of(8).bottom(), "every row is on the screen")
            page.export_picture(out / "chart.png")
            me.click(page.chart.by.button("day"))
            me.click(page.chart.table_button)
            me.click(page.chart.by.button("model"))
            await me.until(lambda: not rows.isVisible() and page.chart.table.isVisible(), "the table")
            page.export_picture(out / "table.png")
            chart, table = (QImage(str(out / f"{name}.png")) for name in ("chart", "table"))
            assert chart == table
            me.click(page.chart.table_button)

    drive(welcomed(profile), body)


def test_a_large_budget_stays_what_it_is_when_its_field_is_only_passed(tmp_path: Path) -> None:
    async def body(me: Person) -> None:
        settings = me.program.desk.settings
        page = await open_page(me)
        for limit, shown in ((1_234_567.89, "1234567.89"), (1_000_000.0, "1000000"), (0.5, "0.5")):
            await settings.change(monthly_budget=limit)
            await me.until(lambda shown=shown: page.budget.limit.text() == shown, "the whole number")
            page.budget.limit.setFocus()
            QTest.keyClick(page.budget.limit, Qt.Key.Key_Tab)
            await me.until(lambda: not page.budget.limit.hasFocus(), "on to the next field")
            assert settings.value.monthly_budget == limit

    drive(welcomed(tmp_path), body)


def test_every_choice_is_whole_in_a_narrow_window_at_double_size(tmp_path: Path) -> None:
    async def body(me: Person) -> None:
        await a_week(me)
        me.window.resize(480, 900)
        await me.program.desk.settings.change(zoom=2.0, language=Language.EN)
        me.window.navigation.show_usage()  # the sidebar with its button is folded away
        page = me.window.navigation.page
        assert isinstance(page, UsagePage)
        boxes = (page.period, page.chart.by, page.chart.metrics)

        def whole() -> bool:
            buttons = [(box, button) for box in boxes for button in box.findChildren(QPushButton)]
            return all(box.rect().contains(button.geometry()) for box, button in buttons)

        await me.until(whole, "every choice is in its box")
        legend = page.chart.legend
        await me.until(lambda: legend.height() >= legend.heightForWidth(legend.width()), "every colour has its name")
        me.click(page.chart.table_button)
        await me.until(lambda: page.chart.table.isVisible() and whole(), "beside the table too")

    drive(welcomed(tmp_path), body)


def test_what_is_not_in_the_cost_is_named(tmp_path: Path) -> None:
    async def body(me: Person) -> None:
        ledger, now = Ledger(me.program.database), datetime.now().timestamp()
        await ledger.add(Entry(now, "bigmodel", "glm-5.2", message_id="a", usage=Usage(9, 9, 18)))
        await ledger.add(Entry(now, "bigmodel", "glm-4.5", message_id="b", timing=Timing(0.5, 1.0)))
        await ledger.add(Entry(now, "bigmodel", "glm-4.5", message_id="c"))  # refused: nothing was used
        page = await open_page(me)
        assert page.tiles.tiles["spent"].value.text() == "未定价"
        lines = page.aside.text().splitlines()
        assert lines[0].endswith("glm-5.2")
        assert "1 个" in lines[1]
        await ledger.add(Entry(now, "bigmodel", "glm-4.5-air", message_id="d", usage=Usage(9, 9, 18), cost=Cost(2e-5)))
        page.reload()
        await me.until(lambda: page.tiles.tiles["spent"].value.text() == "¥0.00002", "a small sum is a number")

    drive(welcomed(tmp_path), body)


def test_the_budget_is_set_warned_about_and_raised(tmp_path: Path) -> None:
    async def body(me: Person) -> None:
        await a_week(me)
        page = await open_page(me)
        budget = page.budget
        me.type(budget.limit, "15.5")
        QTest.keyClick(budget.limit, Qt.Key.Key_Return)
        await me.until(lambda: me.program.desk.settings.value.monthly_budget == 15.5, "the budget is kept")
        month_spent = (await me.program.desk.spending.budget()).spent
        budget.limit.selectAll()
        me.type(budget.limit, f"{month_spent * 1.1:.2f}")
        QTest.keyClick(budget.limit, Qt.Key.Key_Return)
        await me.until(lambda: any("90%" in text or "91%" in text for text in me.window.notices.texts), "a warning")
        me.click(budget.stops)
        await me.until(lambda: not me.program.desk.settings.value.budget_stop, "it only warns")

    drive(welcomed(tmp_path), body)
