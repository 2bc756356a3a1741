"""Files in the real window: chosen, dropped, pasted, read by the real process, kept with draft and turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from glmdesk.ui.composer.editor import LONG_PASTE
from tests.documents import made
from tests.journeys.driver import Person, drive
from tests.journeys.pictures import looks

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # the offscreen platform


def run(folder: Path, body: Callable[[Person], Awaitable[None]]) -> None:
    drive(folder / "profile", body, demo=True)


def dropped(person: Person, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    button, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enters = QDragEnterEvent(QPoint(20, 200), action, data, button, keys)
    QApplication.sendEvent(person.window.page, enters)
    assert enters.isAccepted()
    QApplication.sendEvent(person.window.page, QDropEvent(QPoint(20, 200), action, data, button, keys))


def pasted(person: Person, data: QMimeData) -> None:
    person.window.page.composer.editor.insertFromMimeData(data)


def names(person: Person) -> list[str]:
    return [part.name for part in person.window.page.composer.attachments]


def test_dropped_files_are_read_sent_before_the_words_and_shown_with_the_turn(tmp_path: Path) -> None:
    files = [
        made.docx(tmp_path / "合同.docx"),
        made.xlsx(tmp_path / "销售.xlsx"),
        made.pdf(tmp_path / "a.pdf", ["one"]),
    ]

    async def body(person: Person) -> None:
        composer = person.window.page.composer
        dropped(person, *files)
        assert [chip.part for chip in composer.chips.chips] == [None] * 3, "each has its chip at once"
        await person.until(lambda: len(names(person)) == 3, "all are read")
        composer.editor.insertPlainText("请总结这些文件")
        await looks(person, "files-chips")
        person.click(composer.send_button)
        await person.until(lambda: person.window.page.transcript.stack.items, "the turn is there")
        question = person.window.page.transcript.stack.items[0].row.message
        assert sorted(part.name for part in question.attachments) == ["a.pdf", "合同.docx", "销售.xlsx"]
        assert names(person) == []
        assert question.text == "请总结这些文件"
        await person.until(lambda: composer.send_button.isVisible(), "answered")
        await looks(person, "files-sent")

    run(tmp_path, body)


def test_a_bad_file_is_named_in_a_notice_and_its_chip_goes(tmp_path: Path) -> None:
    bad = made.docx(tmp_path / "坏.docx")
    bad.write_bytes(bad.read_bytes()[:3000])
    good = made.docx(tmp_path / "好.docx")

    async def body(person: Person) -> None:
        dropped(person, bad, good)
        await person.until(lambda: names(person) == ["好.docx"], "the good one is read")
        await person.until(lambda: not person.window.page.composer.chips.reading, "nothing is being read")
        await person.until(lambda: any("坏.docx" in text for text in person.window.notices.texts), "named")
        await looks(person, "files-bad")

    run(tmp_path, body)


def test_a_long_paste_becomes_a_chip_that_can_be_put_back_into_the_text(tmp_path: Path) -> None:
    words = "很长的一段文字。" * (LONG_PASTE // 8 + 1)

    async def body(person: Person) -> None:
        composer, data = person.window.page.composer, QMimeData()
        data.setText(words)
        pasted(person, data)
        assert composer.text == ""
        assert [part.text for part in composer.attachments] == [words]
        chip = composer.chips.chips[0]
        chip.setFocus()
        QTest.keyClick(chip, Qt.Key.Key_Return)
        sheet = person.window.chat.files.sheet
        assert sheet is not None
        assert sheet.text.toPlainText() == words
        await looks(person, "files-preview")
        person.click(sheet.inline_button)
        assert composer.text == words
        assert composer.attachments == ()
        short = QMimeData()
        short.setText("短的")
        pasted(person, short)
        assert composer.text.endswith("短的")

    run(tmp_path, body)


def test_an_image_is_refused_in_words(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        composer, data = person.window.page.composer, QMimeData()
        data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
        assert composer.editor.canInsertFromMimeData(data)
        pasted(person, data)
        assert composer.attachments == ()
        assert "图片" in composer.hint.text

    run(tmp_path, body)


def test_files_stay_with_their_draft_across_chats_and_restarts(tmp_path: Path) -> None:
    file = made.docx(tmp_path / "合同.docx")

    async def first(person: Person) -> None:
        dropped(person, file)
        await person.until(lambda: names(person) == ["合同.docx"], "read")
        await person.until(lambda: person.window.chat.conversation_id, "stored")
        here = person.window.chat.conversation_id
        person.window.chat.new_chat()
        assert names(person) == []
        person.window.chat.open(here)
        await person.until(lambda: names(person) == ["合同.docx"], "back with its chat")

    async def second(person: Person) -> None:
        await person.until(lambda: person.window.list.conversations, "the list")
        person.window.chat.open(person.window.list.conversations[0].id)
        await person.until(lambda: names(person) == ["合同.docx"], "there after a restart")
        chip = person.window.page.composer.chips.chips[0]
        chip.setFocus()
        QTest.keyClick(chip, Qt.Key.Key_Delete)
        assert names(person) == []
        history, here = person.program.desk.history, person.window.chat.conversation_id
        for _ in range(500):
            if not await history.draft_files(here):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the file is still with the draft")

    run(tmp_path, first)
    run(tmp_path, second)


def test_an_edited_question_keeps_its_files_or_loses_what_was_taken_away(tmp_path: Path) -> None:
    files = [made.docx(tmp_path / "一.docx"), made.docx(tmp_path / "二.docx")]

    async def body(person: Person) -> None:
        page, chat = person.window.page, person.window.chat
        dropped(person, files[0])
        await person.until(lambda: len(names(person)) == 1, "read")
        page.composer.editor.insertPlainText("你好")
        person.click(page.composer.send_button)
        await person.until(lambda: len(page.transcript.stack.items) == 2, "asked")
        await person.until(lambda: page.composer.send_button.isVisible(), "answered")
        chat.turns.edit(page.transcript.stack.items[0].id)
        assert names(person) == ["一.docx"]
        page.composer.chips.remove(page.composer.chips.chips[0])
        dropped(person, files[1])
        await person.until(lambda: names(person) == ["二.docx"], "read")
        person.click(page.composer.send_button)
        await person.until(lambda: page.transcript.stack.items[0].row.variants == 2, "asked again")
        question = page.transcript.stack.items[0].row.message
        assert [part.name for part in question.attachments] == ["二.docx"]

    run(tmp_path, body)
