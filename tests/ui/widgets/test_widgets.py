"""Segments, notices and sheets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.domain.settings import Language, Theme
from glmdesk.ui.notify import Notices
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented
from glmdesk.ui.widgets.sheet import Sheet
from tests.helpers.screens import in_window, light_theme, speak

THINKING = [("on", "composer.thinking.on"), ("off", "composer.thinking.off")]


def test_a_segment_reports_the_users_choice_and_not_the_programs(qapp: QApplication, qtbot: QtBot) -> None:
    segments = Segmented(THINKING, theme=light_theme(qapp))
    in_window(qtbot, segments)
    seen: list[str] = []
    segments.chosen.connect(seen.append)
    segments.set_value("off")
    assert (segments.value, seen) == ("off", [])
    QTest.mouseClick(segments.button("on"), Qt.MouseButton.LeftButton)
    assert (segments.value, seen) == ("on", ["on"])


def test_tab_stops_once_in_a_row_of_choices_at_the_one_that_holds(qapp: QApplication, qtbot: QtBot) -> None:
    segments = Segmented([*THINKING, ("template", "composer.thinking.template")], theme=light_theme(qapp))
    in_window(qtbot, segments)
    segments.set_value("off")
    buttons = [segments.button(value) for value in ("on", "off", "template")]
    assert [bool(b.focusPolicy() & Qt.FocusPolicy.TabFocus) for b in buttons] == [False, True, False]
    segments.set_enabled_options(["on", "template"])
    assert any(b.focusPolicy() & Qt.FocusPolicy.TabFocus for b in buttons if b.isEnabled())


def test_a_segment_keeps_its_width_when_it_is_chosen(qapp: QApplication, qtbot: QtBot) -> None:
    segments = Segmented(THINKING, theme=light_theme(qapp))
    in_window(qtbot, segments)
    width = segments.button("on").sizeHint().width()
    segments.set_value("on")
    assert segments.button("on").sizeHint().width() <= max(width, segments.button("on").minimumWidth())


def test_texts_follow_the_language(qapp: QApplication, qtbot: QtBot) -> None:
    segments = Segmented(THINKING, theme=light_theme(qapp))
    in_window(qtbot, segments)
    before = segments.button("on").text()
    speak(qapp, Language.EN)
    assert segments.button("on").text() != before
    speak(qapp, Language.ZH_CN)
    assert segments.button("on").text() == before


def test_notices_never_pile_up(qapp: QApplication, qtbot: QtBot) -> None:
    window = in_window(qtbot, QWidget())
    notices = Notices(window, theme=light_theme(qapp))
    for n in range(5):
        notices.post("same", f"text {n}")
    assert notices.texts == ("text 4",)
    for n in range(5):
        notices.post(f"other {n}", f"other {n}")
    assert notices.texts == ("other 2", "other 3", "other 4")


def test_a_notices_button_acts_once_and_the_notice_goes(qapp: QApplication, qtbot: QtBot) -> None:
    window = in_window(qtbot, QWidget())
    notices = Notices(window, theme=light_theme(qapp))
    done: list[int] = []
    notices.post("deleted", "gone", action_text_id="chat.undo", callback=lambda: done.append(1))
    button = next(b for b in notices.findChildren(QPushButton) if b.accessibleName() == "撤销")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert notices.texts == ()


def test_esc_closes_a_sheet_and_the_focus_goes_back(qapp: QApplication, qtbot: QtBot) -> None:
    button = QPushButton()
    window = in_window(qtbot, button)
    button.setFocus()
    sheet = Sheet(window, theme=light_theme(qapp))
    inside = QPushButton()
    sheet.card.column.addWidget(inside)
    sheet.show()
    inside.setFocus()
    closed: list[int] = []
    sheet.closed.connect(lambda: closed.append(1))
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert closed == [1]
    assert window.focusWidget() is button


def test_a_label_shows_mark_up_as_it_is(qapp: QApplication, qtbot: QtBot) -> None:
    label = PlainLabel("<img src='/dev/zero'> <b>x</b>", theme=light_theme(qapp))
    in_window(qtbot, label)
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_notice_is_centred_over_its_part_of_the_window(qapp: QApplication, qtbot: QtBot) -> None:
    window = in_window(qtbot, QWidget())
    part = QWidget(window)
    part.setGeometry(264, 0, 636, 700)
    part.show()
    notices = Notices(window, theme=light_theme(qapp), over=part)
    notices.post("told", "done")
    assert abs(notices.geometry().center().x() - part.geometry().center().x()) <= 1
    part.setGeometry(0, 0, 900, 700)
    qapp.processEvents()
    assert abs(notices.geometry().center().x() - part.geometry().center().x()) <= 1


def test_notices_are_laid_out_anew_at_another_zoom_and_none_is_cut_off(qapp: QApplication, qtbot: QtBot) -> None:
    window = in_window(qtbot, QWidget())
    window.resize(480, 420)
    theme = light_theme(qapp)
    notices = Notices(window, theme=theme)
    for name in ("one", "two", "three"):
        notices.post(name, f"{name}.pdf is no longer where it was. Look for it and add it again.", "error")
    theme.apply(Theme.LIGHT, 2.0)

    def whole() -> None:
        labels = [label for label in notices.findChildren(PlainLabel) if label.isVisible()]
        assert notices.y() >= 0
        assert labels
        assert all(label.height() >= label.heightForWidth(label.width()) for label in labels)

    try:
        qtbot.waitUntil(whole, timeout=40_000)
    finally:
        theme.apply(Theme.LIGHT, 1.0)
