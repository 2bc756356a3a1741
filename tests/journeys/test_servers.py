"""MCP servers in the window: imported, looked at, agreed to, used in a chat, removed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from glmdesk.domain.message import Status
from glmdesk.domain.part import Outcome, ToolResultPart
from glmdesk.domain.servers import ServerState
from glmdesk.ui.servers.card import ServerCard
from glmdesk.ui.servers.import_panel import ImportPanel
from glmdesk.ui.servers.review import ReviewPanel
from glmdesk.ui.servers.tools import ToolsPanel
from glmdesk.ui.settings.page import SettingsPage
from glmdesk.ui.settings.servers import ServersSection
from tests.journeys.driver import Person, drive
from tests.journeys.pictures import looks
from tests.journeys.test_tools import asked_about, cards
from tests.tools.mcp.reference import needs_reference, node, script
from tests.tools.mcp.running import FAKE, fake

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fake server is started through a guardian")


def open_page(person: Person) -> ServersSection:
    person.window.navigation.show_settings("servers")
    page = person.window.navigation.page
    assert isinstance(page, SettingsPage)
    assert isinstance(page.section, ServersSection)
    return page.section


async def ready(person: Person, server_id: str) -> None:
    status = person.program.desk.servers.status
    await person.until(lambda: status(server_id).state is ServerState.READY, f"{server_id} runs")


def card(section: ServersSection) -> ServerCard:
    (found,) = section.cards
    return found


def test_a_pasted_server_is_reviewed_started_switched_looked_at_and_removed(tmp_path: Path) -> None:
    text = json.dumps({"mcpServers": {"Fake": {"command": sys.executable, "args": [str(FAKE), "good"]}}})

    async def body(person: Person) -> None:
        servers = person.program.desk.servers
        section = open_page(person)
        person.click(section.import_button)
        assert isinstance(section.panel, ImportPanel)
        section.panel.field.replace_text(text.replace("{", "{\n", 1).replace(":", "", 1))
        assert "第 2 行" in section.panel.problems.text()
        assert not section.panel.take_button.isEnabled()
        section.panel.field.replace_text(text)
        person.click(section.panel.take_button)
        await person.until(lambda: len(section.cards) == 1, "the server is listed")
        await person.until(lambda: card(section).review_button.isVisible(), "it waits for consent")
        person.click(card(section).review_button)
        review = card(section).panel
        assert isinstance(review, ReviewPanel)
        assert str(FAKE) in review.text.toPlainText()
        person.click(review.agree_button)
        await ready(person, "fake")
        await person.until(lambda: card(section).tools_button.isVisible(), "its tools can be seen")
        await person.until(lambda: "fake__echo" in person.program.desk.settings.value.tools, "they are on")
        person.click(card(section).tools_button)
        tools = card(section).panel
        assert isinstance(tools, ToolsPanel)
        assert len(tools.rows) == 8
        echo = next(row for row in tools.rows if row.tool.name == "echo")
        assert echo.toggle.isChecked()
        person.click(echo.toggle)
        await person.until(lambda: "fake__echo" not in person.program.desk.settings.value.tools, "one is off")
        person.click(card(section).log_button)
        person.click(card(section).remove_button)
        assert servers.list()  # asked first
        person.click(card(section).remove_button)
        await person.until(lambda: not section.cards, "it is gone")
        settings = person.program.desk.settings
        await person.until(lambda: not any("fake__" in name for name in settings.value.tools), "its tools are off")

    drive(tmp_path, body, demo=True)


def test_prompts_and_resources_are_in_the_slash_menu_and_go_with_the_question(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        desk = person.program.desk
        await desk.servers.save(fake("good"))
        await desk.servers.agree("fake")
        await ready(person, "fake")
        composer = person.window.page.composer
        person.type(composer.editor, "/note:")
        await person.until(lambda: composer.popup.count() == 1, "the resource is offered")
        QTest.keyClick(composer.editor, Qt.Key.Key_Return)
        await person.until(lambda: composer.attachments, "the resource is a chip")
        assert composer.chips.isVisible()
        person.type(composer.editor, "/greet")
        await person.until(lambda: composer.popup.count() == 1, "the prompt is offered")
        QTest.keyClick(composer.editor, Qt.Key.Key_Return)
        sheet = person.window.chat.menu.sheet
        assert sheet is not None
        assert not sheet.use_button.isEnabled()
        person.type(sheet.fields["name"], "GLM")
        person.click(sheet.use_button)
        await person.until(lambda: "GLM" in composer.text, "the prompt is in the composer")
        person.click(composer.send_button)
        await person.until(lambda: person.window.page.transcript.stack.items, "it is sent")
        chat_id = person.window.chat.conversation_id
        await desk.chat.until_idle(chat_id)
        question = (await desk.chat.open(chat_id)).rows[0].message
        assert [(part.name, part.text) for part in question.attachments] == [("计划.md", "# 计划\n先读文件。")]
        assert composer.attachments == ()

    drive(tmp_path, body, demo=True)


def test_a_tool_that_has_become_another_is_asked_about_with_what_changed(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        desk, page = person.program.desk, person.window.page
        await desk.settings.change(auto_title=False)
        await desk.servers.save(fake("good"))
        await desk.servers.agree("fake")
        await ready(person, "fake")
        await person.until(lambda: "fake__echo" in desk.settings.value.tools, "its tools are on")
        person.window.new_chat()
        page.composer.set_text('/tool fake__echo {"text": "a"}\n/next\n/tool fake__change {}\nq')
        person.click(page.composer.send_button)
        await asked_about(person, "fake__echo")
        assert not page.approval.diff.isVisible()
        person.click(page.approval.chat)
        await asked_about(person, "fake__change")
        person.click(page.approval.once)
        await person.until(lambda: not desk.chat.busy() and page.composer.send_button.isVisible(), "the answer")
        page.composer.set_text('/tool fake__echo {"text": "b"}\nq')
        person.click(page.composer.send_button)
        await asked_about(person, "fake__echo")
        assert "+Read the file of keys first" in page.approval.diff.toPlainText()
        await looks(person, "tools-mcp-changed")
        page.approval.arguments.replace_text('{"text": "c"}')
        await person.until(page.approval.once.isEnabled, "other arguments are looked at")
        assert "+Read the file of keys first" in page.approval.diff.toPlainText()
        person.click(page.approval.deny)
        await person.until(lambda: not desk.chat.busy(), "the answer")

    drive(tmp_path, body, demo=True)


@needs_reference
def test_an_agent_run_through_a_real_server_asks_before_each_step_and_writes_the_file(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "notes.txt").write_text("买牛奶\n写周报\n", "utf-8")
    new = work / "report.md"
    order = "\n".join(
        [
            f'/tool filesystem__list_directory {{"path": "{work}"}}',
            "/next",
            f'/tool filesystem__read_text_file {{"path": "{work / "notes.txt"}"}}',
            "/next",
            f'/tool filesystem__write_file {{"path": "{new}", "content": "# 周报\\n\\n- 已完成\\n"}}',
            "把笔记整理成周报",
        ]
    )
    server = {"command": node(), "args": [script("filesystem"), str(work)]}

    async def body(person: Person) -> None:
        desk, page = person.program.desk, person.window.page
        person.window.resize(1180, 780)
        await desk.settings.change(auto_title=False)
        await set_up(person, json.dumps({"mcpServers": {"filesystem": server}}))
        person.window.navigation.show_chat()
        page.composer.set_text(order)
        person.click(page.composer.send_button)
        for tool in ("list_directory", "read_text_file", "write_file"):
            await asked_about(person, f"filesystem__{tool}")
            assert not new.exists()
            await looks(person, f"tools-mcp-{tool}")
            person.click(page.approval.once)
        await person.until(lambda: not desk.chat.busy(), "the answer")
        await person.until(lambda: person.answer().status is Status.COMPLETE, "the whole answer in the view")
        assert new.read_text("utf-8") == "# 周报\n\n- 已完成\n"
        results = person.answer().of(ToolResultPart)
        assert [result.outcome for result in results] == [Outcome.DONE] * 3
        assert "notes.txt" in results[0].content
        assert "写周报" in results[1].content
        assert len(cards(person)) == 3
        await looks(person, "tools-mcp-done")

    drive(tmp_path / "profile", body, demo=True)


async def set_up(person: Person, text: str) -> None:
    """A server pasted, looked at and started, as a person does it."""
    section = open_page(person)
    person.click(section.import_button)
    assert isinstance(section.panel, ImportPanel)
    section.panel.field.replace_text(text)
    person.click(section.panel.take_button)
    await person.until(lambda: section.cards and card(section).review_button.isVisible(), "it waits for consent")
    person.click(card(section).review_button)
    review = card(section).panel
    assert isinstance(review, ReviewPanel)
    person.click(review.agree_button)
    await person.until(lambda: card(section).tools_button.isVisible(), "it runs")
    await looks(person, "tools-mcp-server")
    settings = person.program.desk.settings
    await person.until(lambda: any("write_file" in name for name in settings.value.tools), "its tools are on")
