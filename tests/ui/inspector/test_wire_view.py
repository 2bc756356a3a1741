"""A long text to read."""

from __future__ import annotations

from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.ui.inspector.wire_view import WireView
from tests.helpers.screens import in_window, light_theme


def test_a_picture_of_five_megabytes_in_one_line_is_not_searched_for_the_ends_of_words(
    qapp: QApplication, qtbot: QtBot
) -> None:
    view = WireView(theme=light_theme(qapp))
    in_window(qtbot, view)
    option = QTextOption.WrapMode
    view.show_text('{"url": "data:image/png;base64,' + "A" * 5_000_000 + '"}')
    assert view.view.wordWrapMode() is option.WrapAnywhere  # the other one takes seconds, at every resize again
    assert view.note.isVisible()
    assert len(view.text) > 5_000_000
    view.field.setText("base64")
    assert view.hits == 1
    view.show_text("short words\n" * 1000)
    assert view.view.wordWrapMode() is option.WrapAtWordBoundaryOrAnywhere
