"""Only what was seen lately has pieces; a row left behind is text and a number again."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from glmdesk.domain.part import TextPart
from glmdesk.services.transcript import Transcript
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.stack import KEPT_ROWS
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import Stream, click_button, long_talk, on_screen, pieces, reply, talk, user


def read_upwards(view: TranscriptView, steps: int = 60) -> None:
    bar = view.verticalScrollBar()
    for number in range(steps, -1, -1):
        bar.setValue(bar.maximum() * number // steps)


def built(view: TranscriptView) -> int:
    return sum(item.built for item in view.stack.items)


def test_rows_left_behind_keep_their_height_and_nothing_else(make_view: MakeView) -> None:
    view = make_view(long_talk(300))
    read_upwards(view)
    assert built(view) <= KEPT_ROWS
    laid_out = [item.height for item in view.stack.items[:2]]
    view.jump_to_latest()
    read_upwards(view)
    assert [item.height for item in view.stack.items[:2]] == laid_out


def test_copying_reaches_rows_left_behind(make_view: MakeView) -> None:
    view = make_view(long_talk(200))
    read_upwards(view)
    view.commands.select_all()
    copied = view.selection.copy().plain
    assert all(f"问题 {number}" in copied for number in range(100))


def test_another_width_measures_rows_left_behind_again(make_view: MakeView) -> None:
    view = make_view(long_talk(200))
    read_upwards(view)
    last = view.stack.items[-1]
    assert not last.built
    known = last.height
    view.resize(420, 600)
    QApplication.processEvents()
    assert last.height != known


def test_a_row_that_was_never_seen_is_guessed_anew_when_its_words_change(make_view: MakeView) -> None:
    view = make_view(long_talk(200))
    first = view.stack.items[1]
    guessed = first.height
    message = replace(first.row.message, parts=(TextPart("很长的一段话。" * 500),))
    view.stack.update(replace(first.row, message=message))
    assert not first.built
    assert first.height > 3 * guessed


def test_what_the_user_set_stays(make_view: MakeView) -> None:
    code = "```python\n" + "x = 1 + " * 60 + "\n```\n"
    rows = [row.message for row in long_talk(200).rows]
    view = make_view(talk(*rows, user("u"), reply("wide", code)))
    click_button(view, "wide", "wrap")
    read_upwards(view)
    (piece,) = pieces(view, "wide", CodePiece)
    assert isinstance(piece, CodePiece)
    assert piece.wrapped


def test_an_answer_that_comes_in_out_of_view_is_not_let_go(make_view: MakeView) -> None:
    transcript: Transcript = long_talk(200)
    view = make_view(transcript)
    stream = Stream(view, transcript)
    stream.step("开头。\n\n" * 5)
    read_upwards(view)
    stream.step("开头。\n\n" * 9)
    view.jump_to_latest()
    item = view.stack.item("live")
    assert item is not None
    assert item.built
    assert on_screen(view, "live", item.pieces[-1]) < view.viewport().height()
