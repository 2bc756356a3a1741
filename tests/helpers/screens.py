"""Puts a widget into a window, as the program does."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def in_window(qtbot: QtBot, widget: QWidget, *, width: int = 900, height: int = 700) -> QWidget:
    """A shown window of that size with the widget filling it.

    There is no layout: the offscreen platform warns about windows with size limits.
    """
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(width, height)
    widget.setParent(window)
    widget.kept_window = window  # type: ignore[attr-defined]  (the widget keeps its window alive)
    widget.setGeometry(0, 0, width, height)
    window.show()
    qtbot.waitExposed(window)
    return window
