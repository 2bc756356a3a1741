"""Clicks on links: what opens at once, what asks, what is told."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton

from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.prose import ProsePiece
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
