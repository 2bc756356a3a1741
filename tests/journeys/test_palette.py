"""The command palette and the list of questions, by keyboard alone; find in the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.domain.settings import Language
from glmdesk.ui.widgets.picker import Picker
from tests.helpers.typing_keys import commit, compose
from tests.journeys.driver import Person, drive

K, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def picker(person: Person) -> Picker | None:
    return next((p for p in person.window.findChildren(Picker) if p.isVisible()), None)


def opened(person: Person, key: Qt.Key, modifiers: Qt.KeyboardModifier = CONTROL) -> Picker:
    QTest.keyClick(person.window, key, modifiers)
    found = picker(person)
    assert found is not None
    assert found.field.hasFocus()
    return found


async def ask(person: Person, text: str, *, least: int = 1) -> None:
    """Ask, and stop the answer when it has `least` characters."""
    page, before = person.window.page, len(person.window.page.transcript.stack.items)
    person.window.chat.choose_thinking(ThinkingChoice.OFF)
    page.composer.focus_editor()
    commit(page.composer.editor, text)
    await person.until(lambda: page.composer.send_button.isEnabled(), "it can be sent")
    QTest.keyClick(page.composer.editor, K.Key_Return)
    items = page.transcript.stack
    await person.until(
        lambda: len(items.items) >= before + 2 and len(items.items[-1].row.message.text) >= least, "the answer comes"
    )
    person.window.chat.stop()
    await person.until(lambda: not items.items[-1].row.live, "the answer has ended")
    await person.until(page.composer.send_button.isVisible, "the composer may send again")


def test_commands_chats_and_templates_are_found_by_their_chinese_names(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        palette = opened(person, K.Key_K)
        assert "新对话" in palette.titles
        commit(palette.field, "设置")
        assert palette.titles[0] == "设置"
        QTest.keyClick(palette.field, K.Key_Return)
        assert picker(person) is None
        assert person.window.navigation.page is not None
        palette = opened(person, K.Key_P, CONTROL | SHIFT)
        commit(palette.field, "翻译")
        assert palette.titles
        compose(palette.field, "fan")
        QTest.keyClick(palette.field, K.Key_Return)
        assert picker(person) is palette, "Enter belongs to the input method"
        compose(palette.field, "")
        palette.field.clear()
        commit(palette.field, "没有这样的东西")
        assert palette.titles == []
        assert palette.none.isVisible()
        QTest.keyClick(palette.field, K.Key_Escape)
        assert picker(person) is None

    drive(tmp_path, body, demo=True)


def test_arrows_choose_a_chat(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "紫藤花什么时候开")
        first = person.window.chat.conversation_id
        await person.until(lambda: person.window.list.conversations, "it is listed")
        person.window.new_chat()
        title = person.window.list.conversations[0].title
        palette = opened(person, K.Key_K)
        commit(palette.field, title[:6])
        QTest.keyClick(palette.field, K.Key_Down)
        QTest.keyClick(palette.field, K.Key_Up)
        assert palette.titles[0] == title
        QTest.keyClick(palette.field, K.Key_Return)
        await person.until(lambda: person.window.chat.conversation_id == first, "the chat opens")

    drive(tmp_path, body, demo=True)


def test_a_question_that_is_chosen_stands_at_the_top(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        person.window.resize(900, 480)
        asked = [f"第{number}个问题" for number in "一二三四"]
        for text in asked:
            await ask(person, text, least=200)
        view = person.window.page.transcript
        QTest.mouseClick(person.window.page.questions, Qt.MouseButton.LeftButton)
        found = picker(person)
        assert found is not None
        assert found.titles == asked
        QTest.keyClick(found.field, K.Key_Escape)
        found = opened(person, K.Key_G)
        commit(found.field, "第二")
        QTest.keyClick(found.field, K.Key_Return)
        item = view.stack.items[2]
        assert view.stack.top(item) - view.origin == view.context.style.margin // 2
        assert not view.following

    drive(tmp_path, body, demo=True)


def test_find_opens_goes_on_and_closes_by_keys(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, "鱼 鱼 鱼")
        bar = person.window.page.transcript.find_bar
        QTest.keyClick(person.window, K.Key_F, CONTROL)
        assert bar.isVisible()
        commit(bar.field, "鱼 鱼")
        await person.until(lambda: not person.window.page.transcript.finder.searching, "all is searched")
        total = person.window.page.transcript.finder.total
        assert bar.count.text() == f"1/{total}"
        QTest.keyClick(person.window, K.Key_F3)
        assert bar.count.text() == f"{min(2, total)}/{total}"
        QTest.keyClick(bar.field, K.Key_Escape)
        assert bar.isHidden()

    drive(tmp_path, body, demo=True)


def test_the_palette_speaks_english(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await person.window.desk.settings.change(language=Language.EN)
        await person.until(lambda: person.window.sidebar.field.placeholderText().startswith("Search"), "English")
        palette = opened(person, K.Key_K)
        QTest.keyClicks(palette.field, "new ch")
        assert palette.titles[0] == "New chat"

    drive(tmp_path, body, demo=True)


def test_the_list_of_questions_begins_at_the_one_that_is_read(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        person.window.resize(900, 480)
        for number in "一二三":
            await ask(person, f"第{number}个问题", least=200)
        found = opened(person, K.Key_G)
        assert found.list.currentIndex().row() == 2
        QTest.keyClick(found.field, K.Key_Down)
        assert found.list.currentIndex().row() == 0, "around the end"
        QTest.keyClick(found.field, K.Key_Return)
        assert person.window.page.transcript.origin < 20
        found = opened(person, K.Key_G)
        assert found.list.currentIndex().row() == 0

    drive(tmp_path, body, demo=True)


def test_a_row_of_the_bin_is_taken_out_and_opened_by_keyboard(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        await ask(person, "紫藤花什么时候开")
        first = window.chat.conversation_id
        await person.until(lambda: window.list.conversations, "it is listed")
        window.new_chat()
        window.sidebar.delete.emit(first)
        await person.until(lambda: not window.list.conversations, "it is deleted")
        window.sidebar.bin_button.click()
        bin_ = window.sidebar.bin
        await person.until(lambda: bin_.list.rows.index_of(first).isValid(), "it is in the bin")
        bin_.list.setFocus()
        QTest.keyClick(bin_.list, K.Key_Return)
        QTest.keyClick(bin_.offer.confirm_button, K.Key_Space)
        await person.until(lambda: window.chat.conversation_id == first, "it is open")
        await person.until(lambda: window.list.conversations, "and listed")

    drive(tmp_path, body, demo=True)


def test_a_picker_fits_its_window_at_every_zoom(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        for zoom, width, height in ((1.0, 1280, 860), (2.0, 640, 700), (2.0, 480, 420), (3.0, 900, 600)):
            await person.window.desk.settings.change(zoom=zoom)
            await person.until(lambda zoom=zoom: person.window.theme.zoom == zoom, "the zoom")
            person.window.resize(width, height)
            palette = opened(person, K.Key_K)
            card, list_ = palette.card, palette.list
            await person.until(lambda list_=list_: list_.height() > 0, "it is laid out")
            assert palette.rect().contains(card.geometry())
            assert card.rect().contains(list_.geometry()), (zoom, width)
            QTest.keyClick(palette.field, K.Key_Escape)

    drive(tmp_path, body, demo=True)
