"""Puts a widget into a window, as the program does."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.domain.settings import Language, Theme
from glmdesk.ui.i18n import switch_language
from glmdesk.ui.theme.theme import ThemeManager


class _Made:
    theme: ThemeManager | None = None


def speak(app: QApplication, language: Language) -> None:
    """Switch the language and let Qt hand its events round."""
    switch_language(app, language)
    app.processEvents()


def light_theme(app: QApplication) -> ThemeManager:
    """The one theme of the test run, light at zoom 1 and in Chinese."""
    if _Made.theme is None:
        _Made.theme = ThemeManager(app)
    _Made.theme.apply(Theme.LIGHT, 1.0)
    speak(app, Language.ZH_CN)
    return _Made.theme


def in_window(qtbot: QtBot, widget: QWidget, *, width: int = 900, height: int = 700) -> QWidget:
    """An active window of that size with the widget filling it.

    There is no layout: the offscreen platform warns about windows with size limits.
    """
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(width, height)
    widget.setParent(window)
    widget.kept_window = window  # type: ignore[attr-defined]  (the widget keeps its window alive)
    widget.setGeometry(0, 0, width, height)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window
