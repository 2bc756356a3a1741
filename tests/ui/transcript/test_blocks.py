"""Code blocks and tables: fold, numbers, wrap, copy, save, sideways scroll."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from glmdesk.markup.languages import suffix
from glmdesk.ui.transcript.blocks.code import FOLD_ABOVE, CodePiece
from glmdesk.ui.transcript.blocks.table import TablePiece
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import Stream, click_button, on_screen, pieces, reply, talk, user

LONG = "\n".join(f"line_{n} = {n}" for n in range(80))
FENCE = f"前言\n\n```python\n{LONG}\n```\n\n后记\n"
WIDE = "| " + " | ".join(f"第 {n} 列" for n in range(14)) + " |\n" + "|--:" * 14 + "|\n" + "| 很长的内容 " * 14 + "|\n"


def code(view: TranscriptView, row_id: str = "a") -> CodePiece:
    (piece,) = pieces(view, row_id, CodePiece)
    assert isinstance(piece, CodePiece)
    return piece


def table(view: TranscriptView) -> TablePiece:
    (piece,) = pieces(view, "a", TablePiece)
    assert isinstance(piece, TablePiece)
    return piece


def shown(make_view: MakeView, text: str, *, width: int = 900) -> TranscriptView:
    view = make_view(talk(user("u"), reply("a", text)), width=width)
    view.verticalScrollBar().setValue(0)
    QApplication.processEvents()
    return view


def test_long_code_is_folded_and_opens_where_it_stands(make_view: MakeView) -> None:
    view = shown(make_view, FENCE)
    piece = code(view)
    folded, top = piece.height, on_screen(view, "a", piece)
    assert piece.folded
    click_button(view, "a", "fold_code")
    assert not piece.folded
    assert piece.height > 2 * folded
    assert on_screen(view, "a", piece) == top
    click_button(view, "a", "numbers")
    assert piece.numbered


def test_short_code_has_no_fold(make_view: MakeView) -> None:
    view = shown(make_view, "```\n" + "x\n" * FOLD_ABOVE + "```\n")
    assert not code(view).foldable
    assert "fold_code" not in [b.key for b in code(view).buttons(view.context)]


def test_code_that_was_read_as_it_came_stays_open(make_view: MakeView) -> None:
    view = make_view(talk(user("u")))
    stream = Stream(view, view._transcript)  # type: ignore[arg-type]
    for end in range(0, len(FENCE), 60):
        stream.step(FENCE[:end])
    stream.step(FENCE)
    stream.finish()
    assert code(view, "live").foldable
    assert not code(view, "live").folded


def test_all_of_folded_code_is_copied(make_view: MakeView) -> None:
    view = shown(make_view, FENCE)
    click_button(view, "a", "copy_code")
    assert QGuiApplication.clipboard().text() == LONG
    assert code(view).done == "copy_code"
    view.commands.select_all()
    assert "line_79" in view.selection.copy().plain


def test_a_place_in_folded_code_is_uncovered_when_it_is_gone_to(make_view: MakeView) -> None:
    view = shown(make_view, FENCE)
    piece = code(view)
    item = view.stack.item("a")
    assert item is not None
    view.places.show("a", item.pieces.index(piece), LONG.index("line_70"))
    assert not piece.folded
    line = on_screen(view, "a", piece) + piece.y_of(view.context, LONG.index("line_70"))
    assert 0 < line < view.viewport().height()


def test_numbers_stand_beside_the_lines_and_stay_when_they_scroll(make_view: MakeView) -> None:
    view = shown(make_view, "```\n" + "x" * 400 + "\ny\n```\n")
    piece = code(view)
    before = piece.position_at(view.context, 60, 60)
    click_button(view, "a", "numbers")
    assert piece.position_at(view.context, 60, 60) < before
    assert piece.scroll_sideways(view.context, 100)
    assert [n for n, _ in piece._text(view.context).paragraphs_in(0, 1_000)] == [0, 1]


def test_code_is_saved_whole_or_said_not_to_be(make_view: MakeView, tmp_path: Path) -> None:
    view = shown(make_view, FENCE)
    told: list[str] = []
    view.told.connect(told.append)
    view.commands.blocks.save("print('中文')", tmp_path / "a.py")
    assert (tmp_path / "a.py").read_text("utf-8") == "print('中文')\n"
    view.commands.blocks.save("x", tmp_path / "none" / "a.py")
    assert "a.py" in told[0]
    assert len(told) == 2


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")  # the offscreen platform
def test_save_asks_for_a_name_that_fits_the_language(make_view: MakeView) -> None:
    view = shown(make_view, FENCE)
    dialog = view.commands.blocks.save_as(code(view))
    assert dialog.selectedFiles()[0].endswith(".py")
    dialog.close()


@pytest.mark.parametrize(
    ("language", "ending"), [("Python", "py"), ("sql", "sql"), ("", "txt"), ("../../x", "txt"), ("c++", "cpp")]
)
def test_a_file_ends_like_its_language(language: str, ending: str) -> None:
    assert suffix(language) == ending


def test_a_table_is_copied_as_markdown_and_as_csv(make_view: MakeView) -> None:
    source = '| 名 | 值 |\n|:--|--:|\n| **甲,"乙"** | `1` |\n| a<br>b | x |'
    view = shown(make_view, source)
    click_button(view, "a", "copy_markdown")
    assert QGuiApplication.clipboard().text() == source
    click_button(view, "a", "copy_csv")
    rows = list(csv.reader(QGuiApplication.clipboard().text().splitlines(keepends=True)))
    assert rows == [["名", "值"], ['甲,"乙"', "1"], ["a\nb", "x"]]


def test_a_wide_table_scrolls_sideways_to_its_last_column(make_view: MakeView) -> None:
    view = shown(make_view, WIDE, width=400)
    piece = table(view)
    while piece.scroll_sideways(view.context, 200):
        pass
    natural = piece.document(view.context).size().width()
    assert natural > view.context.width
    assert piece._x == round(natural) - view.context.width
