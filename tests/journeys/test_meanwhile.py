"""A call waits for the user, and meanwhile the world goes on: it is asked about where it belongs, and answered once."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from glmdesk.domain.message import Status
from glmdesk.domain.part import Outcome, ToolResultPart
from glmdesk.domain.settings import Language, Theme
from glmdesk.ui.i18n import switch_language
from tests.journeys.driver import Person, drive
from tests.journeys.test_tools import asked_about, begin

WRITE = """/tool write_file {"path": "a.txt", "content": "one"}
写一个文件"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def run(folder: Path, body: Callable[[Person], Awaitable[None]]) -> None:
    drive(folder / "profile", body, demo=True)


async def answered(person: Person, *outcomes: Outcome) -> None:
    chat = person.window.chat.conversation_id
    await person.until(lambda: chat not in person.program.desk.chat.busy(), "the answer")
    await person.until(lambda: person.answer().status is not Status.STREAMING, "the whole answer in the view")
    assert [part.outcome for part in person.answer().of(ToolResultPart)] == list(outcomes)


def test_another_language_size_and_colour_leave_the_question_as_it_is(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        card = person.window.page.approval
        await begin(person, workspace, WRITE)
        await asked_about(person, "write_file")
        person.type(card.reason, "half a reason")
        switch_language(QApplication.instance(), Language.EN)  # type: ignore[arg-type]
        person.window.theme.apply(Theme.DARK, 2.0)
        await person.until(card.once.isEnabled, "it can still be answered")
        assert card.reason.text() == "half a reason"
        assert "+one" in card.diff.toPlainText()
        person.click(card.once)
        await answered(person, Outcome.DONE)
        assert (workspace / "a.txt").read_text("utf-8") == "one"

    run(tmp_path, body)


def test_two_chats_that_ask_are_answered_crosswise(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        window, card = person.window, person.window.page.approval
        await begin(person, workspace, WRITE)
        await asked_about(person, "write_file")
        first = window.chat.conversation_id
        window.new_chat()
        await person.until(lambda: not card.isVisible(), "a new chat asks nothing")
        await begin(person, workspace, WRITE.replace("a.txt", "b.txt"))
        await asked_about(person, "write_file")
        second = window.chat.conversation_id
        assert window.sidebar.list.rows.waiting == {first, second}
        window.open_conversation(first)
        await person.until(lambda: card.isVisible() and "a.txt" in card.arguments.text, "the first one's question")
        await person.until(card.once.isEnabled, "it can be answered")
        person.click(card.once)
        await answered(person, Outcome.DONE)
        assert not (workspace / "b.txt").exists()
        window.open_conversation(second)
        await person.until(lambda: card.isVisible() and "b.txt" in card.arguments.text, "the second one's question")
        await person.until(card.once.isEnabled, "it can be answered")
        person.click(card.deny)
        await answered(person, Outcome.DENIED)

    run(tmp_path, body)


def test_a_chat_that_is_deleted_while_it_asks_runs_nothing_and_comes_back(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        window, card = person.window, person.window.page.approval
        await begin(person, workspace, WRITE)
        await asked_about(person, "write_file")
        chat = window.chat.conversation_id
        window.sidebar.delete.emit(chat)
        await person.until(lambda: not card.isVisible(), "the question is gone")
        await person.until(lambda: not person.program.desk.chat.busy(), "nothing runs")
        assert not (workspace / "a.txt").exists()
        window.sidebar.restore_open.emit(chat)
        await person.until(lambda: window.chat.conversation_id == chat, "it is back")
        await answered(person, Outcome.STOPPED)

    run(tmp_path, body)


def test_a_workspace_that_is_gone_is_told_to_the_model(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        card = person.window.page.approval
        await begin(person, workspace, WRITE)
        await asked_about(person, "write_file")
        shutil.rmtree(workspace)
        person.click(card.once)
        await answered(person, Outcome.FAILED)

    run(tmp_path, body)
    assert not workspace.exists()


def test_a_copy_of_a_chat_that_asks_asks_nothing_itself(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        window, card = person.window, person.window.page.approval
        await begin(person, workspace, WRITE)
        await asked_about(person, "write_file")
        chat = window.chat.conversation_id
        window.sidebar.duplicate.emit(chat)
        await person.until(lambda: len(window.list.conversations) == 2, "the copy is in the list")
        (copy,) = {c.id for c in window.list.conversations} - {chat}
        window.open_conversation(copy)
        await person.until(lambda: window.chat.conversation_id == copy and not card.isVisible(), "the copy")
        assert window.sidebar.list.rows.waiting == {chat}
        await person.until(lambda: window.page.transcript.stack.items, "its turns")
        assert person.answer().status is Status.STOPPED
        window.page.composer.set_text("好的，谢谢")
        person.click(window.page.composer.send_button)
        # the call that the copy never answers is no fault of its next request
        await person.until(lambda: len(window.page.transcript.stack.items) == 4, "question and answer in the copy")
        await person.until(lambda: person.answer().status is Status.COMPLETE, "the answer in the copy")
        window.open_conversation(chat)
        await asked_about(person, "write_file")
        person.click(card.once)
        await answered(person, Outcome.DONE)

    run(tmp_path, body)


def test_a_tool_switched_off_while_it_asks_runs_this_once_when_allowed(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        window, card = person.window, person.window.page.approval
        await begin(person, workspace, WRITE)
        await asked_about(person, "write_file")
        person.click(window.page.composer.tools_button)
        sheet = window.chat.tools.sheet
        assert sheet is not None
        await person.until(sheet.isVisible, "the list of tools")
        person.click(sheet.toggles["write_file"])
        person.click(sheet.done)
        await asked_about(person, "write_file")
        person.click(card.once)
        await answered(person, Outcome.DONE)

    run(tmp_path, body)


def test_a_question_is_edited_while_it_asks_but_goes_only_after_the_answer(tmp_path: Path, workspace: Path) -> None:
    async def body(person: Person) -> None:
        window, page = person.window, person.window.page
        await begin(person, workspace, WRITE)
        await asked_about(person, "write_file")
        window.chat.turns.edit(page.transcript.stack.items[0].id)
        await person.until(page.editing.isVisible, "the strip of the editing")
        assert page.approval.isVisible()
        assert not page.composer.send_button.isVisible()
        page.composer.set_text("写一首诗")
        person.click(page.composer.stop_button)
        await person.until(lambda: not page.approval.isVisible(), "the question of the tool is gone")
        await person.until(page.composer.send_button.isVisible, "it can be sent")
        assert page.composer.text == "写一首诗"
        person.click(page.composer.send_button)
        await person.until(lambda: page.transcript.stack.items[0].row.message.text == "写一首诗", "the new question")
        await person.until(lambda: person.answer().status is Status.COMPLETE, "its answer")
        assert not (workspace / "a.txt").exists()

    run(tmp_path, body)
