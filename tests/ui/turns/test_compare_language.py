"""Two answers side by side in another language while they are open."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.domain.catalogue import Model, ThinkingRule
from glmdesk.domain.settings import Language
from glmdesk.services.turns import Comparison
from glmdesk.ui.turns.compare_page import ComparePage
from glmdesk.ui.turns.compare_sheet import CompareSheet
from glmdesk.ui.widgets.tooltip import plain_tooltip
from tests.helpers.screens import in_window, light_theme, speak
from tests.ui.transcript.talk import reply, talk, user

MODELS = [Model("a", "GLM-A", 1, 1, ThinkingRule.NONE), Model("b", "GLM-B", 1, 1, ThinkingRule.DYNAMIC)]


def words(widget: QWidget) -> list[str]:
    """Everything that is said or shown, but for the names of models."""
    shown = [label.text() for label in widget.findChildren(QLabel)]
    buttons = widget.findChildren(QPushButton)
    shown += [button.text() for button in buttons] + [button.toolTip() for button in buttons]
    return [word for word in shown + [w.accessibleName() for w in widget.findChildren(QWidget)] if word]


def chinese(texts: list[str]) -> list[str]:
    return [text for text in texts if any("\u4e00" <= letter <= "\u9fff" for letter in text)]


def test_the_sheet_follows_the_language_and_keeps_what_was_chosen(qtbot: QtBot, qapp: QApplication) -> None:
    theme = light_theme(qapp)
    window = in_window(qtbot, QWidget())
    sheet = CompareSheet(window, theme=theme, models=MODELS, model="a")
    sheet.open_sheet()
    sheet.right.set_model("b")
    sheet.right.thinking.set_value("on")
    before = words(sheet)
    chosen = (sheet.left.choice, sheet.right.choice)
    assert "左边" in "".join(before)
    speak(qapp, Language.EN)
    assert chinese(words(sheet)) == []
    assert (sheet.left.choice, sheet.right.choice) == chosen
    assert sheet.left.thinking.button("on").toolTip() == plain_tooltip("This model never thinks")
    speak(qapp, Language.ZH_CN)
    assert words(sheet) == before


def test_the_columns_and_their_names_for_screen_readers_follow_the_language(qtbot: QtBot, qapp: QApplication) -> None:
    theme = light_theme(qapp)
    question, left, right = user("u", "Q"), reply("a", "A"), reply("b", "B")
    page = ComparePage(
        Comparison(question, (left.id, right.id)),
        [talk(left), talk(right)],
        theme=theme,
        forget=lambda transcript: None,
    )
    in_window(qtbot, page)
    page.poll()
    before = words(page)
    speak(qapp, Language.EN)
    assert chinese(words(page)) == []
    assert [column.view.accessibleName() for column in page.columns] == [c.accessibleName() for c in page.columns]
    speak(qapp, Language.ZH_CN)
    assert words(page) == before
