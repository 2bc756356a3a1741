"""What a person does to single messages, in the real window with the real demo server, and after a restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from glmdesk.domain.message import Role, Status
from glmdesk.domain.settings import Language
from glmdesk.services.chat import Draft
from glmdesk.services.transcript import Row
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.view import TranscriptView
from glmdesk.ui.turns.compare_page import ComparePage
from glmdesk.ui.turns.compare_sheet import CompareSheet
from glmdesk.ui.turns.details import DetailsCard
from tests.helpers.typing_keys import commit, compose, press
from tests.journeys.driver import Person, drive
from tests.ui.transcript.talk import click

# The offscreen platform says this of every menu and card.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

THOUGHTFUL = "为什么木星的卫星比土星多？"


def run(folder: Path, *bodies: Callable[[Person], Awaitable[None]]) -> None:
    """Each body sits before a window of its own on the same profile."""
    for body in bodies:
        drive(folder, body, demo=True)


def view_of(person: Person) -> TranscriptView:
    return person.window.page.transcript


def rows(person: Person) -> list[Row]:
    return [item.row for item in view_of(person).stack.items]


def put(editor: QWidget, text: str) -> None:
    """As an input method hands its words over."""
    editor.setFocus()
    commit(editor, text)


async def ask(person: Person, text: str) -> None:
    before = len(rows(person)) if view_of(person).isVisible() else 0
    put(person.window.page.composer.editor, text)
    press(person.window.page.composer.editor, Qt.Key.Key_Return)
    await person.until(lambda: len(rows(person)) == before + 2, "the question is shown")
    await idle(person)


async def idle(person: Person) -> None:
    await person.until(
        lambda: not person.program.desk.chat.busy() and rows(person) and not rows(person)[-1].live, "the answer ends"
    )
    await person.until(lambda: not person.window.page.composer.stop_button.isVisible(), "the composer can send")


def click_in(view: TranscriptView, row_id: str, key: str) -> None:
    """Bring a painted button into view and click it."""
    item = view.stack.item(row_id)
    assert item is not None
    item.build(view.context)
    view.scroll_to(max(0, view.stack.top(item) + item.height - view.viewport().height()))
    for piece in item.pieces:
        for button in piece.buttons(view.context):
            if button.key == key:
                top = view.stack.piece_top(item, piece)
                assert top is not None
                click(view, button.rect.center() + QPoint(view.column_left, top - view.origin))
                return
    raise AssertionError(f"no button {key}")


def choose(text_id: str) -> None:
    """Choose an entry of the open menu."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(a for a in menu.actions() if a.text() == tr(text_id))
    assert action.isEnabled()
    menu.close()
    action.trigger()
    owner = menu.parentWidget()
    assert owner is not None
    owner.window().activateWindow()


async def menu_open(person: Person) -> None:
    await person.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "the menu opens")


def notice(person: Person) -> str:
    return " ".join(person.window.notices.texts)


async def restored(person: Person, count: int) -> None:
    """The conversation of the last session is shown again."""
    (conversation,) = person.window.list.conversations
    person.window.open_conversation(conversation.id)
    await person.until(lambda: len(rows(person)) == count, f"{count} messages are shown")


def test_a_question_is_edited_in_the_composer_and_both_versions_survive_a_restart(tmp_path: Path) -> None:
    async def edit(person: Person) -> None:
        await ask(person, "你好")
        composer = person.window.page.composer
        put(composer.editor, "草稿")
        click_in(view_of(person), rows(person)[0].id, "edit")
        assert composer.text == "你好"
        assert person.window.page.editing.isVisible()
        compose(composer.editor, "zai")
        press(composer.editor, Qt.Key.Key_Return)
        press(composer.editor, Qt.Key.Key_Escape)
        assert person.window.chat.turns.editing
        commit(composer.editor, "再")
        assert composer.text == "你好再"
        press(composer.editor, Qt.Key.Key_Return)
        await person.until(lambda: rows(person)[0].variants == 2, "the question has a second version")
        await idle(person)
        assert composer.text == "草稿"
        assert not person.window.page.editing.isVisible()
        assert [row.message.text for row in rows(person)[:1]] == ["你好再"]

    async def after(person: Person) -> None:
        await restored(person, 2)
        assert (rows(person)[0].variant, rows(person)[0].variants) == (2, 2)
        assert person.window.page.composer.text == "草稿"
        click_in(view_of(person), rows(person)[0].id, "variant_prev")
        await person.until(lambda: rows(person)[0].message.text == "你好", "the first version")

    run(tmp_path, edit, after)


def test_escape_leaves_the_editing_and_gives_the_draft_back(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "你好")
        composer = person.window.page.composer
        put(composer.editor, "半句")
        click_in(view_of(person), rows(person)[0].id, "edit")
        put(composer.editor, "改了")
        QTest.keyClick(person.window, Qt.Key.Key_Escape)
        assert composer.text == "半句"
        assert not person.window.page.editing.isVisible()
        click_in(view_of(person), rows(person)[0].id, "edit")
        person.click(person.window.page.editing.cancel)
        assert composer.text == "半句"
        assert rows(person)[0].variants == 1

    run(tmp_path, body)


def test_answer_now_ends_the_thought_from_its_fold(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        put(person.window.page.composer.editor, THOUGHTFUL)
        press(person.window.page.composer.editor, Qt.Key.Key_Return)
        await person.until(lambda: rows(person) and rows(person)[-1].message.reasoning, "it thinks")
        thought = rows(person)[-1]
        click_in(view_of(person), thought.id, "answer_now")
        await person.until(lambda: rows(person)[-1].id != thought.id and rows(person)[-1].message.text, "it answers")
        person.window.chat.stop()
        await idle(person)
        row = rows(person)[-1]
        assert (row.message.thinking, row.message.reasoning, row.variant, row.variants) == (False, "", 2, 2)
        click_in(view_of(person), row.id, "variant_prev")
        await person.until(lambda: rows(person)[-1].id == thought.id, "the thought is kept")
        assert rows(person)[-1].message.status is Status.STOPPED

    run(tmp_path, body)


def test_a_message_is_deleted_from_its_menu_and_control_z_brings_it_back(tmp_path: Path) -> None:
    async def delete(person: Person) -> None:
        await ask(person, "你好")
        answer = rows(person)[-1]
        click_in(view_of(person), answer.id, "more")
        await menu_open(person)
        choose("turns.menu.delete")
        await person.until(lambda: len(rows(person)) == 1, "the answer is gone")
        assert tr("turns.deleted") in notice(person)
        composer = person.window.page.composer
        put(composer.editor, "x")
        QTest.keyClick(composer.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert len(rows(person)) == 1
        view_of(person).setFocus()
        QTest.keyClick(view_of(person), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await person.until(lambda: len(rows(person)) == 2, "it is back")
        redo = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(view_of(person), Qt.Key.Key_Z, redo)
        await person.until(lambda: len(rows(person)) == 1, "it is gone again")
        person.window.navigation.show_settings()
        page = person.window.navigation.page
        assert page is not None
        page.setFocus()
        QTest.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        person.window.navigation.show_chat()
        assert len(rows(person)) == 1

    async def after(person: Person) -> None:
        await restored(person, 1)
        view_of(person).setFocus()
        QTest.keyClick(view_of(person), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await person.until(lambda: len(rows(person)) == 2, "it is back after a restart")
        assert tr("turns.undone", what=tr("turns.kind.delete")) in notice(person)
        QTest.keyClick(view_of(person), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await person.until(lambda: tr("turns.nothing_to_undo") in notice(person), "there is no more")

    run(tmp_path, delete, after)


def test_the_context_menu_comes_by_keyboard_in_both_languages(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "你好")
        view = view_of(person)
        for language in (Language.ZH_CN, Language.EN):
            await person.program.desk.settings.change(language=language)
            await person.until(lambda: view.accessibleName() == tr("transcript.name"), "the language")
            center = view.rect().center()
            keyboard = QContextMenuEvent.Reason.Keyboard
            QApplication.sendEvent(view, QContextMenuEvent(keyboard, center, view.mapToGlobal(center)))
            await menu_open(person)
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            names = [action.text() for action in menu.actions()]
            assert {tr("turns.menu.delete"), tr("transcript.action.branch"), tr("turns.menu.again")} <= set(names)
            menu.close()

    run(tmp_path, body)


def test_a_quotation_stands_in_the_composer_behind_what_was_written(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "你好")
        view, composer = view_of(person), person.window.page.composer
        answer = rows(person)[-1]
        put(composer.editor, "关于这句")
        click_in(view, answer.id, "quote")
        lines = composer.text.rstrip().split("\n")
        assert lines[:2] == ["关于这句", ""]
        assert all(line.startswith(">") for line in lines[2:])
        assert answer.message.text.strip().split("\n")[0] in lines[2]
        composer.set_text("")
        view.commands.select_all()
        person.window.chat.turns.quote(answer.id)
        assert composer.text.startswith("> 你好")

    run(tmp_path, body)


def test_a_branch_is_a_new_conversation_and_its_undo_leads_back(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "你好")
        await ask(person, "介绍一下你自己")
        origin = person.window.chat.conversation_id
        click_in(view_of(person), rows(person)[1].id, "branch")
        await person.until(lambda: person.window.chat.conversation_id != origin, "the branch is shown")
        await person.until(lambda: len(rows(person)) == 2, "what came before is in it")
        title = (await person.program.desk.history.get(person.window.chat.conversation_id)).title
        assert title.endswith("（分支）")
        person.window.chat.turns._undo(origin)
        await person.until(lambda: person.window.chat.conversation_id == origin, "back in the first one")
        await person.until(lambda: len(person.window.list.conversations) == 1, "the branch is in the bin")

    run(tmp_path, body)


def test_regenerate_takes_another_model_from_the_menu(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "你好")
        person.window.chat.turns.act("regenerate:model:glm-4.6", rows(person)[-1].id)
        await person.until(lambda: rows(person)[-1].variants == 2, "a second answer")
        await idle(person)
        assert rows(person)[-1].message.model == "glm-4.6"
        click_in(view_of(person), rows(person)[-1].id, "regenerate_with")
        await menu_open(person)
        choose("turns.menu.not_thinking")
        await person.until(lambda: rows(person)[-1].variants == 3, "a third answer")
        await idle(person)
        assert rows(person)[-1].message.thinking is False

    run(tmp_path, body)


def test_the_details_of_an_answer_are_a_click_away(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "你好")
        message = rows(person)[-1].message
        click_in(view_of(person), message.id, "details")
        card = QApplication.activePopupWidget()
        assert isinstance(card, DetailsCard)
        said = " ".join(label.accessibleName() for label in card.findChildren(QWidget))
        assert message.usage is not None
        for value in (message.model, f"{message.usage.prompt_tokens:,}", "¥", message.request_id):
            assert value in said
        card.close()

    run(tmp_path, body)


def test_two_answers_stand_side_by_side_until_one_is_picked_even_after_a_restart(tmp_path: Path) -> None:
    async def compare(person: Person) -> None:
        window = person.window
        window.resize(1280, 860)
        put(window.page.composer.editor, "你好")
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(window.page.composer.editor, Qt.Key.Key_Return, both)
        sheet = window.findChild(CompareSheet)
        assert isinstance(sheet, CompareSheet)
        sheet.right.set_model("glm-4.6")
        person.click(sheet.start)
        await person.until(lambda: window.page.comparison is not None, "two columns")
        page = window.page.comparison
        assert isinstance(page, ComparePage)
        assert window.page.composer.text == ""
        await person.until(lambda: not person.program.desk.chat.busy(), "both have ended")
        await person.until(lambda: all("¥" in c.took.text() for c in page.columns), "what both took")
        assert [c.message.model for c in page.columns] == ["glm-4.5-air", "glm-4.6"]
        left, right = page.columns
        assert right.x() > left.x()
        window.resize(640, 860)
        await person.until(lambda: right.y() > left.y() and right.x() == left.x(), "one below the other")

    async def after(person: Person) -> None:
        window = person.window
        (conversation,) = window.list.conversations
        window.open_conversation(conversation.id)
        await person.until(lambda: window.page.comparison is not None, "the comparison is still there")
        assert not window.page.composer.isVisible()
        page = window.page.comparison
        assert isinstance(page, ComparePage)
        picked = page.columns[0].message.id
        person.click(page.columns[0].pick)
        await person.until(lambda: window.page.comparison is None, "back in the chat")
        await person.until(lambda: rows(person) and rows(person)[-1].id == picked, "with the picked answer")
        assert rows(person)[-1].variants == 2
        assert [row.message.role for row in rows(person)] == [Role.USER, Role.ASSISTANT]
        assert window.page.composer.isVisible()

    run(tmp_path, compare, after)


def test_both_columns_stream_and_one_can_be_stopped_alone(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "你好")
        window = person.window
        person.window.chat.turns.act("compare", rows(person)[-1].id)
        sheet = window.findChild(CompareSheet)
        assert isinstance(sheet, CompareSheet)
        conversation = window.chat.conversation_id
        sheet.close_sheet()
        from glmdesk.services.turns import Choice

        question = rows(person)[0].id
        await person.program.desk.turns.edit(conversation, question, Draft("介绍一下你自己"))
        await person.program.desk.chat.stop(conversation)
        await person.until(lambda: len(rows(person)) == 2 and rows(person)[0].variants == 2, "the edited question")
        last = rows(person)[-1].id
        await person.program.desk.turns.compare(conversation, last, Choice(thinking=False), Choice(thinking=False))
        await person.until(lambda: window.page.comparison is not None, "two columns")
        page = window.page.comparison
        assert isinstance(page, ComparePage)
        await person.until(lambda: all(c.message.text for c in page.columns), "both write at the same time")
        person.click(page.columns[0].stop)
        await person.until(lambda: page.columns[0].message.status is Status.STOPPED, "the left has stopped")
        assert page.columns[1].message.status is Status.STREAMING
        person.click(page.columns[1].pick)
        await person.until(lambda: window.page.comparison is None, "the right was picked")
        await person.until(lambda: rows(person)[-1].live, "it goes on")
        window.chat.stop()
        await idle(person)

    run(tmp_path, body)


def test_both_columns_are_stopped_at_once_and_words_are_found_in_either(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        put(window.page.composer.editor, "介绍一下你自己")
        QTest.keyClick(
            window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        sheet = window.findChild(CompareSheet)
        assert isinstance(sheet, CompareSheet)
        sheet.left.thinking.set_value("off")
        person.click(sheet.start)
        await person.until(lambda: window.page.comparison is not None, "two columns")
        page = window.page.comparison
        assert isinstance(page, ComparePage)
        await person.until(lambda: all(len(c.message.text) > 20 for c in page.columns), "both write")
        person.click(page.columns[0].stop)
        person.click(page.columns[1].stop)
        await person.until(lambda: all(c.message.status is Status.STOPPED for c in page.columns), "both have stopped")
        for column in reversed(page.columns):
            column.view.setFocus()
            QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
            assert column.view.find_bar.isVisible()
            put(column.view.find_bar.field, column.message.text.split("\n")[0][-4:])
            assert column.view.finder.total >= 1
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert not any(column.view.find_bar.isVisible() for column in page.columns)

    run(tmp_path, body)
