"""Keys, input method, recall and height of the composer's text field."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.settings import SendKey
from glmdesk.ui.composer.editor import MAX_LINES, Editor
from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS
from tests.helpers.screens import in_window
from tests.helpers.typing_keys import commit, compose, press

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    in_window(qtbot, editor, width=400)
    editor.setFocus()
    return editor


def sends(editor: Editor) -> list[int]:
    seen: list[int] = []
    editor.submitted.connect(lambda: seen.append(1))
    return seen


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_while_composing_sends_nothing_and_breaks_no_line(editor: Editor, key: Qt.Key) -> None:
    seen = sends(editor)
    compose(editor, "nihao")
    press(editor, key)
    press(editor, key, CTRL)
    assert seen == []
    assert editor.text == ""
    commit(editor, "你好")
    assert editor.text == "你好"
    press(editor, key)
    assert seen == [1]


def test_preedit_text_is_not_part_of_the_turn(editor: Editor) -> None:
    editor.insertPlainText("一")
    compose(editor, "er")
    assert editor.text == "一"


def test_a_composition_that_ends_empty_gives_enter_back(editor: Editor) -> None:
    seen = sends(editor)
    compose(editor, "ni")
    QApplication.sendEvent(editor, QInputMethodEvent("", []))
    press(editor, Qt.Key.Key_Return)
    assert seen == [1]


def test_shift_enter_breaks_the_line(editor: Editor) -> None:
    seen = sends(editor)
    editor.insertPlainText("a")
    press(editor, Qt.Key.Key_Return, SHIFT)
    editor.insertPlainText("b")
    assert editor.text == "a\nb"
    assert seen == []


def test_with_ctrl_enter_chosen_plain_enter_breaks_the_line(editor: Editor) -> None:
    seen = sends(editor)
    editor.set_send_key(SendKey.CTRL_ENTER)
    press(editor, Qt.Key.Key_Return)
    assert (editor.text, seen) == ("\n", [])
    press(editor, Qt.Key.Key_Return, CTRL)
    assert seen == [1]


def test_up_in_an_empty_field_recalls_earlier_turns_and_down_comes_back(editor: Editor) -> None:
    editor.set_history(["first", "second"])
    shown: list[str] = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        press(editor, key)
        shown.append(editor.text)
    assert shown == ["second", "first", "first", "second", ""]


def test_up_in_a_written_text_moves_the_cursor_only(editor: Editor) -> None:
    editor.set_history(["old"])
    editor.insertPlainText("new")
    press(editor, Qt.Key.Key_Up)
    assert editor.text == "new"


def test_up_while_composing_recalls_nothing(editor: Editor) -> None:
    editor.set_history(["old"])
    compose(editor, "ni")
    press(editor, Qt.Key.Key_Up)
    assert editor.text == ""


def test_it_grows_with_its_lines_up_to_ten(editor: Editor) -> None:
    heights: list[int] = []
    for count in (1, 3, 10, 40):
        editor.replace_text("\n".join("x" * count))
        heights.append(editor.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]
    assert editor.line_count() == MAX_LINES


def test_a_paste_is_plain_and_cleaned(editor: Editor) -> None:
    mime = QMimeData()
    mime.setHtml("<b>bold</b>")
    mime.setText("bo\x00ld\r\nline\u00a0x")
    editor.insertFromMimeData(mime)
    assert editor.text == "bold\nline\u00a0x"


def pasted(editor: Editor, text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    editor.insertFromMimeData(mime)


@pytest.mark.parametrize("unit", ["长文", "word ", "line\n"])
def test_a_paste_of_three_megabytes_is_handed_over_whole_and_the_field_stays_empty(editor: Editor, unit: str) -> None:
    given: list[str] = []
    editor.long_pasted.connect(given.append)
    pasted(editor, unit * (3_000_000 // len(unit)))
    assert given == [unit * (3_000_000 // len(unit))]
    assert editor.text == ""


def test_a_paste_of_fifty_megabytes_is_refused_with_its_size(editor: Editor) -> None:
    refused: list[int] = []
    editor.too_long_pasted.connect(refused.append)
    pasted(editor, "word " * 10_000_000)
    assert refused == [50_000_000]
    assert editor.text == ""


def test_many_pastes_are_capped_at_what_the_field_holds(editor: Editor) -> None:
    capped: list[int] = []
    editor.capped.connect(lambda: capped.append(1))
    editor.replace_text("字" * (MAX_CHARACTERS - 10))
    pasted(editor, "文" * 20)
    assert capped == [1]
    assert MAX_CHARACTERS - 1 <= len(editor.text) <= MAX_CHARACTERS
