"""The code field as it is drawn."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.settings import Theme
from glmdesk.ui.structured.code_edit import CodeEdit
from glmdesk.ui.theme.theme import ThemeManager


def test_the_placeholder_grows_with_the_zoom(qapp: QApplication, qtbot: QtBot) -> None:
    theme = ThemeManager(qapp)
    theme.apply(Theme.LIGHT, 1.0)
    edit = CodeEdit(theme=theme, height=100)
    qtbot.addWidget(edit)
    small = edit.viewport().font().pixelSize()
    theme.apply(Theme.LIGHT, 2.0)
    assert edit.viewport().font().pixelSize() == 2 * small == edit.font().pixelSize()
    theme.apply(Theme.LIGHT, 1.0)
