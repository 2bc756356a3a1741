"""Small things that a newcomer meets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.domain.settings import Language
from glmdesk.services.demo import DEMO_ID
from glmdesk.ui.i18n import switch_language, tr
from glmdesk.ui.settings.endpoints import EndpointsSection
from glmdesk.ui.settings.page import SettingsPage
from glmdesk.ui.settings.shortcuts import ShortcutsSection
from glmdesk.ui.shortcuts import shown
from glmdesk.ui.transcript.blocks.formula import FormulaPiece
from glmdesk.ui.turns.compare_page import ComparePage
from glmdesk.ui.turns.compare_sheet import CompareSheet
from glmdesk.ui.widgets.picker import Picker
from tests.journeys.driver import Person, drive

CONTROL = Qt.KeyboardModifier.ControlModifier


def _listed(person: Person) -> list[str]:
    model = person.window.sidebar.list.rows
    indexes = [model.index(row, 0) for row in range(model.rowCount())]
    return [str(model.data(index)) for index in indexes if model.conversation(index) is not None]


def _section(person: Person, name: str) -> object:
    person.window.navigation.show_settings(name)
    page = person.window.navigation.page
    assert isinstance(page, SettingsPage)
    return page.section


def test_enter_starts_a_comparison_whose_formulas_are_drawn(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        window.page.composer.set_text("没有预置答案的问题")
        window.chat.compare()
        (sheet,) = window.findChildren(CompareSheet)
        assert window.focusWidget() is sheet.left.model
        QTest.keyClick(sheet.left.model, Qt.Key.Key_Return)
        await person.until(lambda: window.page.comparison is not None, "two columns")
        page = window.page.comparison
        assert isinstance(page, ComparePage)
        await person.until(lambda: not person.program.desk.chat.busy(), "both have ended")

        def drawn(number: int) -> bool:
            view = page.columns[number].view
            view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
            pieces = [p for item in view.stack.items for p in item.pieces if isinstance(p, FormulaPiece)]
            formulas = view.context.formulas
            return bool(pieces) and formulas is not None and formulas.waited_for == 0

        await person.until(lambda: drawn(0) and drawn(1), "the formulas of both are drawn")

    drive(tmp_path, body, demo=True)


def test_files_go_with_a_question_that_is_asked_twice(tmp_path: Path) -> None:
    note = tmp_path / "笔记.txt"
    note.write_text("一些字", "utf-8")

    async def body(person: Person) -> None:
        window, composer = person.window, person.window.page.composer
        composer.set_text("写了什么？")
        window.chat.files.add([note])
        window.chat.compare()
        assert not window.findChildren(CompareSheet), "a file is still being read"
        assert composer.hint.shown == tr("composer.still_reading")
        await person.until(lambda: composer.attachments, "the file is read")
        window.chat.compare()
        (sheet,) = window.findChildren(CompareSheet)
        person.click(sheet.start)
        await person.until(lambda: not composer.attachments, "it has gone")
        path = (await person.program.desk.chat.look(window.chat.conversation_id)).rows
        assert [part.name for part in path[0].message.attachments] == ["笔记.txt"]

    drive(tmp_path / "profile", body, demo=True)


def test_a_chat_from_a_link_thinks_as_every_new_chat(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        person.window.new_chat()
        usual = person.window.page.composer.thinking.segments.value
        person.window.open_link("glmdesk://chat?q=x")
        assert person.window.page.composer.thinking.segments.value == usual == ThinkingChoice.ON

    drive(tmp_path, body, demo=True)


def test_a_chat_with_only_a_file_is_listed_by_its_name_and_goes_with_it(tmp_path: Path) -> None:
    note = tmp_path / "笔记.txt"
    note.write_text("一些字", "utf-8")

    async def attach(person: Person) -> None:
        window = person.window
        window.chat.files.add([note])
        await person.until(lambda: _listed(person) == ["草稿：笔记.txt"], "it is listed by its file")
        window.new_chat()
        assert window.page.composer.attachments == ()

    async def later(person: Person) -> None:
        window = person.window
        assert _listed(person) == ["草稿：笔记.txt"]
        window.open_conversation(window.list.conversations[0].id)
        await person.until(lambda: [p.name for p in window.page.composer.attachments] == ["笔记.txt"], "it waits there")
        person.click(window.page.composer.chips.chips[0].cross)
        window.new_chat()
        await person.until(lambda: _listed(person) == [], "nothing is left of it")

    drive(tmp_path / "profile", attach, demo=True)
    drive(tmp_path / "profile", later, demo=True)


def test_a_new_chat_with_a_draft_is_listed_by_its_words(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        window.page.composer.insert_text("为什么天是蓝的？\n说详细些")
        window.new_chat()
        await person.until(lambda: _listed(person) == ["草稿：为什么天是蓝的？ 说详细些"], "by its words")

    drive(tmp_path, body, demo=True)


def test_ctrl_q_is_the_wish_to_quit(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        wishes: list[int] = []
        person.window.closed.connect(lambda: wishes.append(1))
        QTest.keyClick(person.window, Qt.Key.Key_Q, CONTROL)
        assert wishes == [1]

    drive(tmp_path, body, demo=True)


def test_the_enter_key_has_one_name_in_both_languages(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        section = _section(person, "shortcuts")
        assert isinstance(section, ShortcutsSection)
        line = section.edits["compare"].line
        assert line is not None
        for chosen in (Language.ZH_CN, Language.EN, Language.ZH_CN):
            switch_language(app, chosen)
            assert shown(QKeySequence("Ctrl+Shift+Return")).endswith("+Enter")
            await person.until(lambda: line.text().endswith("+Enter"), "the field names it so")
        assert section.edits["compare"].keySequence() == QKeySequence("Ctrl+Shift+Return")

    drive(tmp_path, body, demo=True)


def test_a_command_has_an_icon_of_its_own_or_none(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        QTest.keyClick(person.window, Qt.Key.Key_K, CONTROL)
        (picker,) = person.window.findChildren(Picker)
        commands = {choice.words: choice.icon for choice in picker.choices if choice.words in ("shortcuts", "zoom_in")}
        assert commands == {"shortcuts": "keyboard", "zoom_in": ""}

    drive(tmp_path, body, demo=True)


def test_the_endpoints_say_that_the_demo_is_in_use_until_a_key_is_set(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        desk = person.program.desk
        section = _section(person, "endpoints")
        assert isinstance(section, EndpointsSection)
        assert section.demo.isVisible()
        section.cards[0].key_form.stored.emit()
        await person.until(lambda: not section.demo.isVisible(), "the demo is over")
        assert desk.endpoints.default_id == section.cards[0].endpoint.id != DEMO_ID
        assert desk.settings.value.welcomed

    drive(tmp_path, body, demo=True)
