"""The layout that goes on in the next line."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.ui.widgets.flow import FlowLayout
from tests.helpers.screens import in_window


def _pieces(qtbot: QtBot, *, width: int) -> list[QWidget]:
    part = QWidget()
    flow = FlowLayout(part, gap=8)
    flow.setContentsMargins(4, 4, 4, 4)
    pieces = [QWidget() for _ in range(4)]
    for piece in pieces:
        piece.setFixedSize(100, 30)
        flow.addWidget(piece)
    in_window(qtbot, part, width=width)
    return pieces


def test_all_stand_in_one_line_where_they_fit(qapp: QApplication, qtbot: QtBot) -> None:
    pieces = _pieces(qtbot, width=440)
    assert [(b.x(), b.y()) for b in pieces] == [(4, 4), (112, 4), (220, 4), (328, 4)]


def test_the_rest_goes_on_in_the_next_line(qapp: QApplication, qtbot: QtBot) -> None:
    pieces = _pieces(qtbot, width=240)
    assert [(b.x(), b.y()) for b in pieces] == [(4, 4), (112, 4), (4, 42), (112, 42)]


def test_the_height_follows_the_width(qapp: QApplication, qtbot: QtBot) -> None:
    part = _pieces(qtbot, width=440)[0].parentWidget()
    assert part is not None
    flow = part.layout()
    assert isinstance(flow, FlowLayout)
    assert [flow.heightForWidth(width) for width in (440, 240, 120)] == [38, 76, 152]


def test_what_stands_in_one_line_has_one_middle(qapp: QApplication, qtbot: QtBot) -> None:
    pieces = _pieces(qtbot, width=240)
    pieces[0].setFixedSize(100, 20)
    pieces[3].setFixedSize(100, 50)
    qapp.processEvents()
    assert [piece.y() for piece in pieces] == [9, 4, 52, 42]


def test_what_is_hidden_takes_no_room(qapp: QApplication, qtbot: QtBot) -> None:
    pieces = _pieces(qtbot, width=240)
    pieces[0].hide()
    qapp.processEvents()
    assert [(b.x(), b.y()) for b in pieces[1:]] == [(4, 4), (112, 4), (4, 42)]


def test_the_last_of_several_stands_at_the_right_and_one_alone_at_the_left(qapp: QApplication, qtbot: QtBot) -> None:
    part = QWidget()
    flow = FlowLayout(part, gap=8, last_right=True)
    pieces = [QWidget() for _ in range(3)]
    for piece in pieces:
        piece.setFixedSize(100, 30)
        flow.addWidget(piece)
    in_window(qtbot, part, width=400)
    assert [piece.x() for piece in pieces] == [0, 108, 300]
    for piece in pieces[1:]:
        piece.hide()
    flow.activate()
    assert pieces[0].x() == 0


def test_choices_wider_than_a_line_have_the_height_they_need_in_it(qapp: QApplication, qtbot: QtBot) -> None:
    part, inner = QWidget(), QWidget()
    row = FlowLayout(inner, gap=8)
    for _ in range(3):
        piece = QWidget()
        piece.setFixedSize(100, 30)
        row.addWidget(piece)
    FlowLayout(part, gap=8).addWidget(inner)
    in_window(qtbot, part, width=220)
    assert (inner.width(), inner.height()) == (220, 68)
