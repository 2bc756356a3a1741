"""Code fields as they are drawn."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.settings import Theme
from glmdesk.ui.composer.plain_edit import PlainEdit
from glmdesk.ui.scenarios.inputs import LongEdit
from glmdesk.ui.servers.exact import ExactText
from glmdesk.ui.structured.code_edit import CodeEdit
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.tools.fields import CodeField


def made(kind: str, theme: ThemeManager) -> PlainEdit:
    match kind:
        case "schema":
            return CodeEdit(theme=theme, height=100)
        case "import":
            return LongEdit(theme=theme, height=100, code=True)
        case "arguments":
            return CodeField(theme=theme, most=3)
        case _:
            return ExactText(theme=theme, most=3)


@pytest.mark.parametrize("kind", ["schema", "import", "arguments", "command"])
def test_words_and_placeholder_grow_with_the_zoom(qapp: QApplication, qtbot: QtBot, kind: str) -> None:
    theme = ThemeManager(qapp)
    theme.apply(Theme.LIGHT, 1.0)
    qtbot.addWidget(edit := made(kind, theme))
    small = edit.viewport().font().pixelSize()
    theme.apply(Theme.LIGHT, 2.0)
    assert edit.viewport().font().pixelSize() == edit.font().pixelSize() == 2 * small
    theme.apply(Theme.LIGHT, 1.0)
