"""Structured output in the window: a schema run with one repair, files, a template, and nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from glmdesk.domain.schema_form import Form, FormField
from glmdesk.ui.structured.page import StructuredPage
from glmdesk.ui.structured.template_sheet import TemplateSheet
from tests.helpers.typing_keys import commit
from tests.journeys.driver import Person, drive
from tests.journeys.pictures import looks

K, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

WRITTEN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "名称": {"type": "string", "maxLength": 9},
        "地址": {"type": "object", "properties": {"街道": {"type": "string"}}, "description": "送货用"},
    },
    "required": ["地址"],
    "minProperties": 1,
}


def opened(person: Person) -> StructuredPage:
    person.click(person.window.sidebar.structured_button)
    page = person.window.navigation.page
    assert isinstance(page, StructuredPage)
    return page


def opened_by_keys(person: Person) -> StructuredPage:
    QTest.keyClick(person.window, K.Key_J, CONTROL | SHIFT)
    page = person.window.navigation.page
    assert isinstance(page, StructuredPage)
    return page


async def write_form(person: Person, page: StructuredPage) -> None:
    run = page.run_page
    person.click(run.schema.ways.button("form"))
    run.schema.form.show_form(Form((FormField("名称", description="商品名"), FormField("价格", "number")), many=True))
    person.click(run.schema.from_form)
    assert '"items"' in run.schema.text


async def asked(person: Person, page: StructuredPage, prompt: str, tries: int) -> None:
    run = page.run_page
    run.prompt.replace_text(prompt)
    run.data.replace_text("苹果 3 元一斤，香蕉 2.5 元。")
    person.click(run.run_button)
    await person.until(lambda: run.run_button.isVisible() and len(run.result._tries) == tries, "the run has ended")


def test_a_schema_page_run_with_one_repair(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        page = opened(person)
        run, result = page.run_page, page.run_page.result
        await write_form(person, page)
        await asked(person, page, "/json bad\n抽取所有商品和价格", 2)
        assert "第 1 次 · 2 处不符" in [result.choice.itemText(n) for n in range(2)]
        assert result.status.text() == "符合数据结构。"
        assert "¥" in result.meta.text(), "what it has cost"
        assert not result.faults.isVisible()
        await looks(person, "schema-repaired")
        result.choice.setCurrentIndex(0)
        result.choice.activated.emit(0)
        assert result.fault_rows.stringList()[0] == "$.items[0]    缺少 价格"
        await person.until(lambda: result.faults.verticalScrollBar().maximum() == 0, "two lines have room")
        await looks(person, "schema-faults")
        result.faults.setCurrentIndex(result.fault_rows.index(1, 0))
        result.faults.setFocus()
        QTest.keyClick(result.faults, K.Key_Return)
        assert result.tree.rows.path(result.tree.currentIndex()) == ("items", 0, "名称")
        result.choice.setCurrentIndex(1)
        result.choice.activated.emit(1)
        person.click(result.views.button("table"))
        assert result.table.table.columns == ("名称", "价格")
        for kind in ("json", "csv", "xlsx"):
            path = tmp_path / f"out.{kind}"
            run.export_to(kind, path)
            await person.until(path.exists, f"{kind} is written")
        assert json.loads((tmp_path / "out.json").read_text("utf-8")) == result.value
        await person.until(lambda: person.window.list.conversations, "the run is a conversation")
        assert not person.window.list.conversations[0].unread
        person.click(result.buttons["open_chat"])
        await person.until(lambda: person.window.chat.conversation_id == run.run_id, "it opens as a chat")
        assert len(person.window.page.transcript.stack.items) == 4

    drive(tmp_path / "profile", body, demo=True)


def test_what_is_written_is_there_again_after_a_restart(tmp_path: Path) -> None:
    async def first(person: Person) -> None:
        page = opened_by_keys(person)
        await write_form(person, page)
        commit(page.run_page.prompt, "抽取商品")
        await person.until(lambda: "¥" in page.run_page.price.text(), "the price is said before the run")
        QTest.keyClick(person.window, K.Key_Escape)
        assert person.window.navigation.page is None

    async def second(person: Person) -> None:
        run = opened(person).run_page
        await person.until(lambda: run.prompt.text == "抽取商品", "the draft is there")
        assert '"价格"' in run.schema.text

    drive(tmp_path, first, demo=True)
    drive(tmp_path, second, demo=True)


def test_what_is_written_can_be_changed_in_the_form_and_nothing_of_it_is_lost(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        card = opened(person).run_page.schema
        card.set_text(json.dumps(WRITTEN, ensure_ascii=False))
        person.click(card.ways.button("form"))
        assert [row.name.text() for row in card.form.rows] == ["名称", "地址"]
        assert card.form.kept.text() == "这里不显示、原样保留：minProperties、名称 (maxLength)、地址 (object)"
        await looks(person, "schema-form")
        row = card.form.rows[0]
        row.description.setFocus()
        row.description.clear()
        person.type(row.description, "brand")
        person.click(card.ways.button("edit"))
        person.click(card.ways.button("form"))
        assert card.form.rows[0].description.text() == "brand", "what is being filled in stays"
        person.click(card.from_form)
        changed = {**WRITTEN["properties"], "名称": {"type": "string", "maxLength": 9, "description": "brand"}}
        assert json.loads(card.text) == {**WRITTEN, "properties": changed}
        card.set_text('{"type": "array"}')
        person.click(card.ways.button("form"))
        assert card.form_hint.isVisible(), "a form that would replace what is written says so"
        assert [row.name.text() for row in card.form.rows] == [""], "and shows nothing of what was written before"
        await looks(person, "schema-no-form")

    drive(tmp_path, body, demo=True)


def test_a_mistake_is_shown_with_its_place_and_gone_to(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        run = opened(person).run_page
        run.schema.set_text('{\n  "type": "object"\n  "required": []\n}')
        commit(run.prompt, "x")
        person.click(run.run_button)
        await person.until(run.schema.problems.isVisible, "the mistake is shown")
        assert run.schema.problems.label.text() == "第 3 行第 3 列：这里缺一个逗号"
        person.click(run.schema.problems.button)
        assert run.schema.editor.textCursor().blockNumber() == 2
        assert not person.window.list.conversations
        person.click(run.schema.ways.button("example"))
        run.schema.example.replace_text('[{"a": 1}, {"a": 2, "b": "x"}]')
        person.click(run.schema.from_example)
        assert json.loads(run.schema.text)["items"]["required"] == ["a"]
        assert not run.schema.problems.isVisible()

    drive(tmp_path, body, demo=True)


def test_an_error_says_what_to_do_and_stop_keeps_the_text(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        page = opened(person)
        run, result = page.run_page, page.run_page.result
        run.schema.set_text('{"type": "object"}')
        await asked(person, page, "/error 1113\n抽取", 1)
        assert result.error.isVisible()
        assert result.error.button.isVisible()
        run.prompt.replace_text("/long tokens=20000\n写")
        person.click(run.run_button)
        await person.until(lambda: len(result.raw.text) > 200, "words come")
        person.click(run.stop_button)
        await person.until(run.run_button.isVisible, "it has stopped")
        assert len(result.raw.text) > 200
        assert not result.error.isVisible()

    drive(tmp_path, body, demo=True)


def test_words_that_are_too_long_are_not_sent_and_nothing_is_stored(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        page = opened(person)
        run = page.run_page
        run.schema.set_text('{"type": "object"}')
        words = "字" * 150_000
        run.prompt.replace_text(words)
        run.data.replace_text(words)
        person.click(run.run_button)
        await person.until(run.problem.isVisible, "it is told")
        await looks(person, "schema-too-long")
        assert "131,072" in run.problem.text()
        assert run.prompt.text == run.data.text == words
        assert not await person.program.desk.structured.runs()
        await person.program.desk.settings.change(default_max_tokens=96_000)
        person.click(page.tabs.button("lab"))
        lab = page.lab_page
        lab.name.setText("f")
        lab.description.setText("查")
        lab.question.replace_text(words)
        person.click(lab.run_button)
        await person.until(lab.problem.isVisible, "it is told there too")
        assert "96,000" in lab.problem.text()
        await looks(person, "lab-too-long")
        assert not await person.program.desk.history.list()

    drive(tmp_path, body, demo=True)


def test_a_template_with_a_schema_opens_the_page(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        page = opened(person)
        await write_form(person, page)
        commit(page.run_page.prompt, "抽取商品")
        person.click(page.run_page.save_button)
        await person.until(lambda: person.window.findChildren(TemplateSheet), "the sheet is there")
        sheet = person.window.findChildren(TemplateSheet)[0]
        commit(sheet.title, "商品表")
        QTest.keyClick(sheet.title, K.Key_Return)
        templates = person.window.desk.templates
        await person.until(lambda: [t for t in templates.list("zh_CN") if t.title == "商品表"], "it is stored")
        template = next(t for t in templates.list("zh_CN") if t.title == "商品表")
        assert template.output == "json"
        person.window.navigation.started.emit(template.setup({}), template.fill({"input": "苹果 3 元"}))
        shown = person.window.navigation.page
        assert isinstance(shown, StructuredPage)
        run = shown.run_page
        await person.until(lambda: run.run_button.isVisible() and run.result.has_value, "it has run")
        assert "苹果 3 元" in run.prompt.text
        assert run.result.status.text() == "符合数据结构。"

    drive(tmp_path, body, demo=True)


def test_in_a_narrow_window_the_result_comes_into_view_and_the_focus_stays(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        person.window.resize(480, 800)
        page = opened_by_keys(person)
        run, result = page.run_page, page.run_page.result
        await write_form(person, page)
        run.prompt.replace_text("/json bad\n抽取所有商品和价格")
        run.run_button.setFocus()
        QTest.keyClick(run.run_button, K.Key_Space)
        await person.until(lambda: len(result._tries) == 2 and run.run_button.isVisible(), "the run has ended")
        assert not result.tree.visibleRegion().isEmpty()
        assert run.run_button.hasFocus()

    drive(tmp_path, body, demo=True)


def test_a_page_opened_again_shows_the_result_of_what_it_asks(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        page = opened(person)
        await write_form(person, page)
        await asked(person, page, "/json bad\n抽取所有商品和价格", 2)
        QTest.keyClick(person.window, K.Key_Escape)
        await person.until(lambda: person.window.navigation.page is None, "the page is closed")
        run = opened(person).run_page
        await person.until(lambda: len(run.result._tries) == 2, "both answers are there")
        assert run.result.status.text() == "符合数据结构。"
        commit(run.prompt, "别的")
        QTest.keyClick(person.window, K.Key_Escape)
        run = opened(person).run_page
        await person.until(lambda: "别的" in run.prompt.text, "the draft is there")
        await person.until(lambda: not person.window.tasks.running("structured.load"), "it is loaded")
        assert not run.result._tries, "a result of other words is none of this"

    drive(tmp_path, body, demo=True)
