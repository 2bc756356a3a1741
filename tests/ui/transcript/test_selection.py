"""Selecting by mouse and by keyboard, across blocks and messages, while an answer grows and is parsed again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.bubble import BubblePiece
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.selection import Place
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import Stream, long_talk, pieces, reply, talk, user

K, M = Qt.Key, Qt.KeyboardModifier
LEFT, SHIFT, CTRL = Qt.MouseButton.LeftButton, M.ShiftModifier, M.ControlModifier


def point(view: TranscriptView, row: str, kind: type[Piece], words: str) -> QPoint:
    """The viewport's point just inside the first time some words stand in a piece of a row."""
    item = view.stack.item(row)
    assert item is not None
    piece = next(p for p in pieces(view, row, kind) if words in p.text(view.context))
    at = piece.text(view.context).index(words)
    top = (view.stack.piece_top(item, piece) or 0) - view.origin
    left = view.column_left + piece.left(view.context)
    return QPoint(left + piece.x_of(view.context, at) + 1, top + piece.y_of(view.context, at) + 12)


def drag(view: TranscriptView, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(view.viewport(), LEFT, M.NoModifier, start)
    QTest.mouseMove(view.viewport(), (start + end) / 2)
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), LEFT, M.NoModifier, end)


def chosen(view: TranscriptView) -> str:
    return view.selection.copy().plain


def test_a_drag_goes_over_prose_code_and_the_next_question(make_view: MakeView) -> None:
    answer = "第一段甲乙\n\n```\ncode 1\n```\n\n末段"
    view = make_view(talk(user("u", "问"), reply("a", answer), user("v", "后来的问题")))
    drag(view, point(view, "a", ProsePiece, "甲"), point(view, "v", BubblePiece, "问题"))

    assert chosen(view) == "甲乙\n\ncode 1\n\n末段\n\n后来的"


def test_what_belongs_to_an_item_of_a_list_stands_below_its_words_and_is_selected_there(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "问"), reply("a", "1. 第一步\n   ```\n   code 1\n   ```\n   之后\n2. 第二步")))
    step, after, following = pieces(view, "a", ProsePiece)
    (code,) = pieces(view, "a", CodePiece)
    assert [piece.left(view.context) for piece in (step, code, after, following)] == [0, 22, 22, 0]
    assert code.room(view.context) == view.context.width - 22
    drag(view, point(view, "a", CodePiece, "de"), point(view, "a", ProsePiece, "后"))

    assert chosen(view) == "de 1\n\n之"


def test_a_drag_upwards_selects_the_same_as_one_down(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "一二三四"), reply("a", "五六七八")))
    ends = point(view, "u", BubblePiece, "三"), point(view, "a", ProsePiece, "七")
    drag(view, *ends)
    down = chosen(view)
    drag(view, *reversed(ends))

    assert chosen(view) == down == "三四\n\n五六"


def test_a_drag_below_the_edge_scrolls_on(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(long_talk(40))
    view.scroll_to(0)
    start = view.origin
    QTest.mousePress(view.viewport(), LEFT, M.NoModifier, QPoint(view.column_left + 40, 100))
    for y in (300, 620, 640):
        QTest.mouseMove(view.viewport(), QPoint(view.column_left + 40, y))
    qtbot.waitUntil(lambda: view.origin > start + 600)
    QTest.mouseRelease(view.viewport(), LEFT, M.NoModifier, QPoint(view.column_left + 40, 640))
    stopped = view.origin
    qtbot.wait(60)

    assert view.origin == stopped
    assert chosen(view).count("引用") >= 1


def test_home_goes_to_the_top_of_a_long_chat(make_view: MakeView) -> None:
    view = make_view(long_talk(40))
    assert view.origin > 0
    QTest.keyClick(view, K.Key_Home)

    assert view.origin == 0
    assert not view.following


def test_shift_and_a_click_extend(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "一二三四"), reply("a", "五六七八")))
    QTest.mouseClick(view.viewport(), LEFT, M.NoModifier, point(view, "u", BubblePiece, "二"))
    QTest.mouseClick(view.viewport(), LEFT, SHIFT, point(view, "a", ProsePiece, "六"))

    assert chosen(view) == "二三四\n\n五"


@pytest.mark.parametrize("kind", [ProsePiece, CodePiece])
def test_two_clicks_take_the_word_three_the_line(make_view: MakeView, kind: type[Piece]) -> None:
    view = make_view(talk(reply("a", "one two three\n\n# next\n\n```\none two three\nnext\n```\n")))
    at = point(view, "a", kind, "two")
    QTest.mouseClick(view.viewport(), LEFT, M.NoModifier, at)
    QTest.mouseDClick(view.viewport(), LEFT, M.NoModifier, at)
    assert chosen(view) == "two"
    QTest.mouseClick(view.viewport(), LEFT, M.NoModifier, at)

    assert chosen(view) == "one two three"


def test_a_drag_after_two_clicks_goes_by_words(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "one two three four")))
    at = point(view, "a", ProsePiece, "three")
    QTest.mouseClick(view.viewport(), LEFT, M.NoModifier, at)
    QTest.mousePress(view.viewport(), LEFT, M.NoModifier, at)
    QTest.mouseDClick(view.viewport(), LEFT, M.NoModifier, at)
    QTest.mousePress(view.viewport(), LEFT, M.NoModifier, at + QPoint(900, 0))
    view.pointer._select_unit(view.pointer.place_at(at), lambda c, p, x: p.word_at(c, x))
    view.pointer._at = point(view, "a", ProsePiece, "wo")
    view.pointer._extend()

    assert chosen(view) == "two three"


def test_shift_and_arrows_select_by_character_and_word(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "a😀b 你好 word")))
    view.selection.set(Place("a", 0, 0), Place("a", 0, 0))
    got = []
    for key, modifiers in ((K.Key_Right, SHIFT), (K.Key_Right, SHIFT), (K.Key_Right, SHIFT | CTRL)):
        QTest.keyClick(view, key, modifiers)
        got.append(chosen(view))
    QTest.keyClick(view, K.Key_Right, SHIFT | CTRL)
    got.append(chosen(view))
    QTest.keyClick(view, K.Key_Left, SHIFT)
    got.append(chosen(view))

    assert got == ["a", "a😀", "a😀b", "a😀b 你", "a😀b "]


def test_arrows_go_over_blocks_and_messages(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "问"), reply("a", "答\n\n```\nx\n```\n")))
    view.selection.set(Place("u", 0, 0), Place("u", 0, 0))
    for _ in range(5):
        QTest.keyClick(view, K.Key_Right, SHIFT)
    assert chosen(view) == "问\n\n答\n\nx"
    for _ in range(4):
        QTest.keyClick(view, K.Key_Left, SHIFT)

    assert chosen(view) == "问"


def test_shift_with_lines_home_end_and_page(make_view: MakeView) -> None:
    text = "```\n" + "\n".join(f"line {i}" for i in range(200)) + "\n```\n"
    view = make_view(talk(reply("a", text)))
    view.scroll_to(0)
    view.selection.set(Place("a", 0, 2), Place("a", 0, 2))
    QTest.keyClick(view, K.Key_Down, SHIFT)
    assert chosen(view) == "ne 0\nli"
    QTest.keyClick(view, K.Key_End, SHIFT)
    assert chosen(view) == "ne 0\nline 1"
    QTest.keyClick(view, K.Key_Home, SHIFT)
    assert chosen(view) == "ne 0\n"
    QTest.keyClick(view, K.Key_PageDown, SHIFT)
    assert chosen(view).count("\n") > 10
    QTest.keyClick(view, K.Key_End, SHIFT | CTRL)
    assert chosen(view).endswith("line 199")
    QTest.keyClick(view, K.Key_Home, SHIFT | CTRL)

    assert chosen(view) == "li"


def test_the_moving_end_stays_in_view(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "```\n" + "line\n" * 200 + "```\n")))
    view.scroll_to(0)
    view.selection.set(Place("a", 0, 0), Place("a", 0, 0))
    for _ in range(60):
        QTest.keyClick(view, K.Key_Down, SHIFT)

    (code,) = pieces(view, "a", CodePiece)
    item = view.stack.item("a")
    assert item is not None
    assert view.selection.cursor is not None
    y = (view.stack.piece_top(item, code) or 0) + code.y_of(view.context, view.selection.cursor.position) - view.origin
    assert 0 <= y < view.viewport().height()


def test_the_keyboard_alone_can_begin_at_what_is_seen(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "问题")))
    QTest.keyClick(view, K.Key_Right, SHIFT)

    assert chosen(view) == "问"


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("甲乙 **丙丁", "丙丁", "甲乙 **丙丁** 戊\n"),  # the stars go away
        ("标题\n-", "标题", "标题\n---\n\n之后\n"),  # a paragraph becomes a heading
        ("| 名 | 数 |", "数", "| 名 | 数 |\n|---|---|\n| 一 | 2 |\n"),  # a line becomes a table
        ("前\n\n[甲乙][x] 丙丁", "丙丁", "前\n\n[甲乙][x] 丙丁\n\n[x]: https://e.example\n"),
        ("一\n\n二三四", "三四", "一\n\n二三四五\n\n```\n六\n```\n\n七\n"),
    ],
)
def test_a_selection_stays_on_its_words_while_the_tail_is_parsed_again(
    make_view: MakeView, before: str, words: str, after: str
) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    stream = Stream(view, transcript)
    stream.step(before)
    item = view.stack.item("live")
    assert item is not None
    number, piece = next((i, p) for i, p in enumerate(item.pieces) if words in p.text(view.context))
    start = piece.text(view.context).index(words)
    view.selection.set(Place("live", number, start), Place("live", number, start + len(words)))
    for end in range(len(before), len(after) + 1):
        stream.step(after[:end] if end >= len(before) else before)
    stream.finish()

    assert chosen(view) == words


def test_a_drag_to_the_end_does_not_grow_with_the_answer(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    stream = Stream(view, transcript)
    stream.step("一二三")
    drag(view, point(view, "live", ProsePiece, "二"), QPoint(view.column_left + 500, view.viewport().height() - 20))
    stream.step("一二三四五\n\n六")

    assert chosen(view) == "二三"


def test_the_numbers_of_a_selected_list_are_still_read(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "标题\n\n1. 第一项\n2. 第二项")))

    def ink() -> int:
        """Dark pixels left of the second item's words."""
        at = point(view, "a", ProsePiece, "第二项")
        image = view.viewport().grab(QRect(view.column_left, at.y() - 10, at.x() - 2 - view.column_left, 22)).toImage()
        places = [(x, y) for x in range(image.width()) for y in range(image.height())]
        return sum(image.pixelColor(x, y).lightness() < 100 for x, y in places)

    plain = ink()
    view.selection.select_all()
    view.viewport().update()
    assert ink() > plain / 2 > 5
