"""Notices: whole, in their room, and the rest behind."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.ui.notify import Notices
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from tests.helpers.screens import in_window, light_theme


def _seen(notices: Notices) -> list[str]:
    labels = [label for label in notices.findChildren(PlainLabel) if label.isVisible() and not label.accessibleName()]
    return [label.text() for label in sorted(labels, key=lambda label: label.mapTo(notices, label.pos()).y())]


def test_several_notices_at_once_are_each_whole(qapp: QApplication, qtbot: QtBot) -> None:
    window = in_window(qtbot, QWidget())
    window.resize(900, 700)
    notices = Notices(window, theme=light_theme(qapp))
    for name in ("one", "two", "three"):
        notices.post(name, name, "error")
    qapp.processEvents()
    assert _seen(notices) == ["one", "two", "three"]
    buttons = [button for button in notices.findChildren(IconButton) if button.isVisible()]
    assert len(buttons) == 3
    for button in buttons:
        box = button.parentWidget()
        assert box is not None
        assert box.rect().contains(button.geometry()), "the button is inside its notice"
        assert box.height() >= button.height() + 12


def test_in_a_low_window_older_notices_wait_behind_the_newest(qapp: QApplication, qtbot: QtBot) -> None:
    window = in_window(qtbot, QWidget())
    window.resize(480, 420)
    notices = Notices(window, theme=light_theme(qapp), room=lambda: QRect(0, 50, 480, 120))
    for name in ("one", "two", "three"):
        notices.post(name, name, "error")
    qapp.processEvents()
    assert _seen(notices) == ["three"]
    assert "还有 2 条通知" in [
        label.accessibleName() for label in notices.findChildren(PlainLabel) if label.isVisible()
    ]
    notices.remove("three")
    qapp.processEvents()
    assert _seen(notices) == ["two"]


def test_notices_end_where_their_room_ends(qapp: QApplication, qtbot: QtBot) -> None:
    window = in_window(qtbot, QWidget())
    window.resize(900, 700)
    room = QRect(0, 50, 900, 300)
    notices = Notices(window, theme=light_theme(qapp), room=lambda: room)
    notices.post("one", "one", "error")
    assert notices.geometry().bottom() < 350
    room.setHeight(200)
    notices.place()
    assert 150 < notices.geometry().bottom() < 250


def test_in_a_narrow_window_the_button_of_a_notice_stands_below_its_words(qapp: QApplication, qtbot: QtBot) -> None:
    window = in_window(qtbot, QWidget())
    notices = Notices(window, theme=light_theme(qapp))
    notices.post("room", "一句很长的话，" * 8, "error", action_text_id="action.trim", callback=lambda: None)
    for width, below in ((900, False), (340, True)):
        window.resize(width, 700)
        qapp.processEvents()
        label = next(label for label in notices.findChildren(PlainLabel) if label.text())
        button = next(button for button in notices.findChildren(Button) if button.isVisible())
        assert (button.y() > label.geometry().bottom()) is below
        assert label.height() >= label.heightForWidth(label.width())
