"""Clicks on links: what opens at once, what asks, what is told."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton

from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.table import TablePiece
from glmdesk.ui.transcript.link_sheet import LinkSheet
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import click, on_screen, pieces, reply, talk, user


def clicked(make_view: MakeView, text: str) -> tuple[TranscriptView, list[str]]:
    """A view in which the link at the start of an answer was clicked, and what it opened."""
    view = make_view(talk(user("u"), reply("a", text)))
    opened: list[str] = []
    view.link_activated.connect(opened.append)
    (piece,) = pieces(view, "a", ProsePiece)
    click(view, QPoint(view.column_left + 12, on_screen(view, "a", piece) + 12))
    QApplication.processEvents()
    return view, opened


def sheets(view: TranscriptView) -> list[LinkSheet]:
    return view.findChildren(LinkSheet)


def press(sheet: LinkSheet, text_id: str) -> None:
    next(b for b in sheet.findChildren(QPushButton) if b.text() == tr(text_id)).click()


def test_a_plain_link_opens_at_once(make_view: MakeView) -> None:
    view, opened = clicked(make_view, "[链接在这里](https://e.example/x)")
    assert opened == ["https://e.example/x"]
    assert not sheets(view)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[https://bank.example](https://evil.example/x)", "https://evil.example/x"),
        ("[好银行在这里](https://例子.example)", "https://xn--fsqu00a.example"),
        ("![一张图片](https://e.example/a.png?q=secret)", "https://e.example/a.png?q=secret"),
        ("[**bank.example**](https://evil.example/x)", "https://evil.example/x"),
    ],
)
def test_a_doubtful_link_asks_with_its_whole_address(make_view: MakeView, text: str, address: str) -> None:
    view, opened = clicked(make_view, text)
    assert opened == []
    (sheet,) = sheets(view)
    assert sheet.findChild(QPlainTextEdit).toPlainText() == address  # type: ignore[union-attr]
    press(sheet, "transcript.link.copy")
    assert QGuiApplication.clipboard().text() == address
    press(sheet, "transcript.link.open")
    assert opened == [address]


def test_not_opening_is_the_button_that_enter_presses(make_view: MakeView) -> None:
    view, opened = clicked(make_view, "[https://bank.example](https://evil.example/x)")
    (sheet,) = sheets(view)
    press(sheet, "transcript.link.leave")
    assert opened == []
    assert not sheet.isVisible()


def test_the_question_shows_model_text_as_plain_text(make_view: MakeView) -> None:
    view, _ = clicked(make_view, r"[https://bank.example \<img src=/dev/zero\>](https://evil.example/x)")
    (sheet,) = sheets(view)
    said = [label.text() for label in sheet.findChildren(QLabel)]
    assert any("<img src=/dev/zero>" in text for text in said)
    assert all(label.textFormat().name == "PlainText" for label in sheet.findChildren(QLabel))


def test_an_image_from_the_disk_is_no_link(make_view: MakeView) -> None:
    view, opened = clicked(make_view, "![i](/dev/zero)")
    assert opened == []
    assert not sheets(view)


def test_tab_comes_to_each_link_once_and_enter_opens_it(make_view: MakeView) -> None:
    text = (
        "[一 **粗** 二](https://e.example/1) 和 [坏](file:///etc/passwd) 与 [https://bank.example](https://evil.example/2)"
        "\n\n| a |\n|---|\n| [三](https://e.example/3) |\n"
    )
    view = make_view(talk(user("u"), reply("a", text)))
    view.setFocus()
    opened: list[str] = []
    view.link_activated.connect(opened.append)
    said: list[str] = []
    while view._keys.move_focus(1):
        said.append(view.accessibleDescription())
        if view.context.focus is not None and view.context.focus[1].startswith("link:"):
            QTest.keyClick(view, Qt.Key.Key_Return)
    links = [words for words in said if words.startswith("链接：")]
    assert links == [
        "链接：一 粗 二，https://e.example/1",
        "链接：https://bank.example，https://evil.example/2",
        "链接：三，https://e.example/3",
    ]
    assert opened == ["https://e.example/1", "https://e.example/3"]
    assert len(sheets(view)) == 1, "the one that misleads asks"


def test_the_link_that_the_keyboard_is_on_is_seen(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "[链接在这里](https://e.example/x)")))
    view.setFocus()
    before = view.viewport().grab().toImage()
    view._keys.move_focus(1)
    QApplication.processEvents()
    after = view.viewport().grab().toImage()
    accent = view.context.style.color("accent").rgb()

    def count(image: QImage) -> int:
        return sum(image.pixel(x, y) == accent for x in range(image.width()) for y in range(60))

    assert count(after) > count(before) + 500


def test_links_out_of_view_are_not_come_to(make_view: MakeView) -> None:
    text = "\n\n".join(f"[链接 {n}](https://e.example/{n})" for n in range(80))
    view = make_view(talk(reply("a", text)))
    view.scroll_to(400)
    reached = 0
    while view._keys.move_focus(1):
        focus = view.context.focus
        assert focus is not None
        if focus[1].startswith("link:"):
            reached += 1
            y = on_screen(view, "a", focus[0]) + focus[0].y_of(view.context, int(focus[1][5:]))  # type: ignore[arg-type]
            assert 0 <= y < view.viewport().height()
    assert 5 < reached < 40


def test_left_and_right_move_wide_blocks(make_view: MakeView) -> None:
    wide = "| " + " | ".join(f"第{n}列的内容很宽" for n in range(30)) + " |\n" + "|---" * 30 + "|\n"
    view = make_view(talk(reply("a", f"```\n{'x' * 400}\n```\n\n{wide}")))
    (code,), (table,) = pieces(view, "a", CodePiece), pieces(view, "a", TablePiece)
    assert isinstance(code, CodePiece)
    assert isinstance(table, TablePiece)
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert (code._x > 0, table._x) == (True, 0)
    view._keys._set((table, "copy_csv"))
    QTest.keyClick(view, Qt.Key.Key_Right)
    moved = code._x
    assert table._x > 0
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert (table._x, code._x) == (0, moved)
