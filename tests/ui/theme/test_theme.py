"""The theme manager: tokens, zoom and fonts in force at once."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.resources import resource
from glmdesk.domain.settings import Theme
from glmdesk.ui.theme.icons import pixmap
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.theme.tokens import DARK, LIGHT


def test_a_theme_changes_palette_and_tells_the_widgets(qapp: QApplication, qtbot: QtBot) -> None:
    theme = ThemeManager(qapp)
    theme.apply(Theme.LIGHT, 1.0)
    with qtbot.waitSignal(theme.changed):
        theme.apply(Theme.DARK, 1.0)
    assert theme.tokens is DARK
    assert qapp.palette().window().color() == QColor(DARK.background)
    theme.apply(Theme.LIGHT, 1.0)
    assert theme.tokens is LIGHT


@pytest.mark.parametrize("zoom", [0.5, 1.0, 1.5, 3.0])
def test_zoom_scales_sizes_and_fonts(qapp: QApplication, zoom: float) -> None:
    theme = ThemeManager(qapp)
    theme.apply(Theme.LIGHT, zoom)
    assert theme.px(100) == round(100 * zoom)
    assert theme.px(0) == 0
    assert theme.px(0.2) == 1
    assert theme.ui_font(20).pixelSize() == round(20 * zoom)
    theme.apply(Theme.LIGHT, 1.0)


def test_code_is_monospaced_and_chinese_has_a_font(qapp: QApplication) -> None:
    theme = ThemeManager(qapp)
    assert theme.code_font().fixedPitch()
    assert len(theme.ui_font().families()) > 1


def test_every_icon_draws_something(qapp: QApplication) -> None:
    for path in resource("icons").glob("*.svg"):
        image = pixmap(path.stem, "#ff0000", 24).toImage()
        seen = any(image.pixelColor(x, y).alpha() > 0 for x in range(0, 48, 2) for y in range(0, 48, 2))
        assert seen, path.name
