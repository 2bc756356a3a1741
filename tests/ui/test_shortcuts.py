"""Shortcuts: unique, rebindable, conflicts named."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.ui.actions import ACTIONS
from glmdesk.ui.shortcut_sheet import rows
from glmdesk.ui.shortcuts import Shortcuts, conflict, sequences
from tests.helpers.screens import in_window, light_theme

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_no_two_actions_have_the_same_keys() -> None:
    keys = list(sequences({}).values())
    assert len(keys) == len(set(keys)) == len(ACTIONS)


def test_a_conflict_names_the_other_action() -> None:
    assert conflict({}, "new_chat", "Ctrl+K") == "palette"
    assert conflict({}, "new_chat", "Ctrl+N") is None
    assert conflict({"palette": "Ctrl+Y"}, "new_chat", "Ctrl+K") is None
    assert conflict({}, "new_chat", "") is None


def test_keys_change_while_the_window_is_open(qapp: QApplication, qtbot: QtBot) -> None:
    light_theme(qapp)
    window = in_window(qtbot, QWidget())
    shortcuts = Shortcuts(window, {})
    pressed: list[str] = []
    shortcuts.bind("new_chat", lambda: pressed.append("new"))
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    shortcuts.apply({"new_chat": "Ctrl+J"})
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    QTest.keyClick(window, Qt.Key.Key_J, CONTROL)
    assert pressed == ["new", "new"]


def test_the_sheet_shows_the_nine_chats_in_one_line_until_one_has_other_keys(qapp: QApplication, qtbot: QtBot) -> None:
    light_theme(qapp)
    window = in_window(qtbot, QWidget())
    shortcuts = Shortcuts(window, {})
    shown = [(name, keys) for name, keys, _ in rows(shortcuts)]
    assert ("第 1 到第 9 个对话", "Ctrl+1 … 9") in shown
    assert len(shown) == len(ACTIONS) - 8
    shortcuts.apply({"chat_3": "Ctrl+J"})

    assert len(rows(shortcuts)) == len(ACTIONS)
    assert "Ctrl+J" in [keys for _, keys, _ in rows(shortcuts)]
