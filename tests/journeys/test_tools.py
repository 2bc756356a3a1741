"""An agent run in the real window: a workspace listed, a file read, a write approved with its difference."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from glmdesk.domain.message import Status
from glmdesk.domain.part import Outcome, ToolResultPart
from glmdesk.domain.settings import Language, Theme
from glmdesk.ui.i18n import switch_language
from glmdesk.ui.settings.page import SettingsPage
from glmdesk.ui.settings.tools import ToolsSection
from glmdesk.ui.transcript.blocks.tool import ToolPiece
from glmdesk.ui.widgets.label import PlainLabel
from tests.journeys.driver import Person, drive
from tests.journeys.pictures import looks

ORDER = """/tool list_files {"path": "."}
/tool read_file {"path": "计划.md"}
/next
/tool write_file {"path": "计划.md", "content": "# 本周计划\\n\\n- 写周报\\n- 读一本书\\n"}
整理一下我的计划"""
TOOLS = ("list_files", "read_file", "write_file")


def cards(person: Person) -> list[ToolPiece]:
    items = person.window.page.transcript.stack.items
    return [piece for piece in items[-1].pieces if isinstance(piece, ToolPiece)] if items else []


async def asked_about(person: Person, tool: str) -> None:
    card = person.window.page.approval
    await person.until(
        lambda: card.isVisible() and card.request is not None and card.request.spec.name == tool, f"asked about {tool}"
    )
    await person.until(card.once.isEnabled, "the card can be answered")


async def begin(person: Person, folder: Path, order: str) -> None:
    """A workspace and three tools, switched on where a person does it; then the question."""
    window = person.window
    await person.program.desk.settings.change(workspace=str(folder), auto_title=False)
    person.click(window.page.composer.tools_button)
    sheet = window.chat.tools.sheet
    assert sheet is not None
    await person.until(sheet.isVisible, "the list of tools")
    for name in TOOLS:
        person.click(sheet.toggles[name])
    await looks(person, "tools-sheet")
    person.click(sheet.done)
    window.page.composer.set_text(order)
    person.click(window.page.composer.send_button)


def run(folder: Path, body: Callable[[Person], Awaitable[None]]) -> None:
    drive(folder / "profile", body, demo=True)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "计划.md").write_text("# 本周计划\n\n- 写周报\n- 买牛奶\n", "utf-8")
    (folder / "notes").mkdir()
    return folder


def test_a_run_lists_reads_asks_shows_the_difference_writes_and_answers(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        page = person.window.page
        person.window.resize(1180, 780)
        await begin(person, workspace, ORDER)
        await asked_about(person, "list_files")
        assert not page.approval.always.isVisible()
        await looks(person, "tools-ask-list")
        person.click(page.approval.once)
        await asked_about(person, "read_file")
        person.click(page.approval.once)
        await asked_about(person, "write_file")
        assert "-- 买牛奶" in page.approval.diff.toPlainText()
        assert "+- 读一本书" in page.approval.diff.toPlainText()
        assert "买牛奶" in (workspace / "计划.md").read_text("utf-8")
        assert person.window.chat.conversation_id in person.window.sidebar.list.rows.waiting
        await looks(person, "tools-ask-write")
        person.click(page.approval.once)
        await person.until(lambda: not person.program.desk.chat.busy(), "the answer")
        await person.until(lambda: person.answer().status is Status.COMPLETE, "the whole answer in the view")
        assert len(cards(person)) == 3
        assert not page.approval.isVisible()
        assert (workspace / "计划.md").read_text("utf-8") == "# 本周计划\n\n- 写周报\n- 读一本书\n"
        answer = person.answer()
        assert [part.outcome for part in answer.of(ToolResultPart)] == [Outcome.DONE] * 3
        await looks(person, "tools-done")
        view = page.transcript
        item = view.stack.items[-1]
        view.commands.run(item, cards(person)[-1], "fold")
        await person.until(lambda: cards(person)[-1].height > 100, "the card is open")
        await looks(person, "tools-card-open")

    run(tmp_path, body)


def test_edited_arguments_a_denial_with_its_reason_and_the_keyboard(tmp_path: Path, workspace: Path) -> None:
    order = """/tool write_file {"path": "a.txt", "content": "one"}
/next
/tool write_file {"path": "b.txt", "content": "two"}
写两个文件"""

    async def body(person: Person) -> None:
        page = person.window.page
        await begin(person, workspace, order)
        await asked_about(person, "write_file")
        card = page.approval
        card.arguments.replace_text('{"path": "a.txt", ')
        assert not card.once.isEnabled()
        assert card.warning.isVisible()
        card.arguments.replace_text('{"path": "c.txt"}')
        await person.until(lambda: "$: 缺少 content" in card.warning.text(), "what does not fit is told in Chinese")
        assert not card.once.isEnabled()
        card.arguments.replace_text('{"path": "../c.txt", "content": "changed"}')
        await person.until(lambda: "../c.txt 不在工作文件夹里面" in card.warning.text(), "so is a way out")
        assert not card.once.isEnabled()
        await looks(person, "tools-misfit")
        card.arguments.replace_text('{"path": "c.txt", "content": "changed"}')
        assert not card.once.isEnabled(), "the difference that is shown is not of these arguments"
        await person.until(card.once.isEnabled, "good JSON can be allowed")
        assert "+changed" in card.diff.toPlainText()
        assert "c.txt" in card.diff.toPlainText()
        assert "one" not in card.diff.toPlainText()
        card.arguments.setFocus()
        first = card.request
        QTest.keyClick(card.arguments, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await person.until(lambda: card.request is not None and card.request != first, "the second question")
        assert (workspace / "c.txt").read_text("utf-8") == "changed"
        assert not (workspace / "a.txt").exists()
        person.type(card.reason, "no")
        QTest.keyClick(card.reason, Qt.Key.Key_Return)
        await person.until(lambda: not person.program.desk.chat.busy(), "the answer")
        assert not (workspace / "b.txt").exists()
        await person.until(lambda: person.answer().status is Status.COMPLETE, "the whole answer in the view")
        results = person.answer().of(ToolResultPart)
        assert [part.outcome for part in results] == [Outcome.DONE, Outcome.DENIED]
        assert "Reason: no" in results[1].content
        assert "+changed" in results[0].diff

    run(tmp_path, body)


async def edited_to(person: Person, content: str) -> None:
    """The arguments of the call that waits, with other content, and its difference."""
    card = person.window.page.approval
    card.arguments.replace_text(json.dumps({"path": "计划.md", "content": content}, ensure_ascii=False))
    await person.until(lambda: card.once.isEnabled() and f"+{content}" in card.diff.toPlainText(), "its difference")


MODELS = '/tool write_file {"path": "计划.md", "content": "of the model"}\n改一下'


@pytest.mark.parametrize("other", ['{"path": "计划.md", "content": "mine"}', '{"path": "../x"}'])
def test_arguments_that_are_put_back_show_their_own_difference(tmp_path: Path, workspace: Path, other: str) -> None:
    async def body(person: Person) -> None:
        await begin(person, workspace, MODELS)
        await asked_about(person, "write_file")
        card = person.window.page.approval
        shown = card.diff.toPlainText()
        card.arguments.replace_text(other)
        await person.until(lambda: card.diff.isHidden() or card.diff.toPlainText() != shown, "told of the others")
        while card.arguments.document().isModified():
            card.arguments.undo()
        assert card.once.isEnabled()
        assert card.diff.isVisible()
        assert card.diff.toPlainText() == shown

    run(tmp_path, body)


def test_a_file_that_changed_after_the_edited_difference_was_shown_is_kept(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        await begin(person, workspace, MODELS)
        await asked_about(person, "write_file")
        await edited_to(person, "mine")
        (workspace / "计划.md").write_text("of somebody else", "utf-8")
        person.click(person.window.page.approval.once)
        await person.until(lambda: not person.program.desk.chat.busy(), "the answer")
        assert (workspace / "计划.md").read_text("utf-8") == "of somebody else"
        await person.until(lambda: person.answer().status is Status.COMPLETE, "the whole answer in the view")
        assert person.answer().of(ToolResultPart)[0].outcome is Outcome.FAILED

    run(tmp_path, body)


def words_of(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(PlainLabel))


def test_the_settings_show_what_was_allowed_and_take_it_back(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        page = person.window.page
        person.window.resize(1180, 780)
        await begin(person, workspace, '/tool list_files {"path": "."}\n看看有哪些文件')
        await asked_about(person, "list_files")
        person.click(page.approval.chat)
        await person.until(lambda: not person.program.desk.chat.busy(), "the answer")
        person.window.navigation.show_settings("tools")
        settings = person.window.navigation.page
        assert isinstance(settings, SettingsPage)
        section = settings.section
        assert isinstance(section, ToolsSection)
        await person.until(lambda: section.grants, "the journal")
        title = (await person.program.desk.history.list())[0].title
        await person.until(lambda: f"({title})" in words_of(section), "the chat of the grant is named")
        await looks(person, "tools-settings")
        (grant,) = person.program.desk.approvals.journal()
        person.click(section.grants[grant.id])
        await person.until(lambda: person.program.desk.approvals.journal()[0].revoked_at, "taken back")
        await person.until(lambda: section.grants[grant.id].isVisible(), "can be given again")
        person.click(section.grants[grant.id])
        await person.until(lambda: person.program.desk.approvals.journal()[0] == replace(grant), "given again")

    run(tmp_path, body)


def test_where_there_is_no_room_the_question_stands_in_the_composers_place(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        page, theme = person.window.page, person.window.theme
        person.window.resize(680, 760)
        theme.apply(Theme.LIGHT, 2.0)
        await begin(person, workspace, '/tool list_files {"path": "."}\n看看有哪些文件')
        page.composer.focus_editor()
        await asked_about(person, "list_files")
        assert not page.composer.isVisible()
        assert page.approval.geometry().bottom() < page.height()
        before = page.approval.arguments.toPlainText()
        QTest.keyClicks(person.window.focusWidget(), " abc")
        assert page.approval.arguments.toPlainText() == before, "what was meant for the composer"
        assert page.approval.request is not None
        person.click(page.approval.stop)
        await person.until(lambda: not person.program.desk.chat.busy(), "the answer has stopped")
        await person.until(page.composer.isVisible, "the composer is back")
        await person.until(lambda: person.answer().status is Status.STOPPED, "the stopped answer in the view")
        assert [part.outcome for part in person.answer().of(ToolResultPart)] == [Outcome.STOPPED]
        theme.apply(Theme.LIGHT, 1.0)

    run(tmp_path, body)


def test_the_list_of_tools_follows_language_and_size_and_keeps_what_was_chosen(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        person.click(person.window.page.composer.tools_button)
        sheet = person.window.chat.tools.sheet
        assert sheet is not None
        await person.until(sheet.isVisible, "the list of tools")
        person.click(sheet.toggles["calculate"])
        person.window.resize(680, 760)
        person.window.theme.apply(Theme.LIGHT, 2.0)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        switch_language(app, Language.EN)
        await person.until(lambda: sheet.toggles["calculate"].text() == "Calculator", "the list in English")
        assert [name for name, toggle in sheet.toggles.items() if toggle.isChecked()] == ["calculate"]
        assert sheet.area.geometry().bottom() < sheet.done.geometry().top()
        switch_language(app, Language.ZH_CN)
        person.window.theme.apply(Theme.LIGHT, 1.0)
        person.click(sheet.done)

    run(tmp_path, body)
