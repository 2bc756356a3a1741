"""Keys bound to actions, changed while the window is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from glmdesk.ui.actions import ACTIONS


def sequences(changed: Mapping[str, str]) -> dict[str, str]:
    """The keys in force for every action id: the user's where there are some, else the built-in ones."""
    return {action.id: changed.get(action.id, action.sequence) for action in ACTIONS}


def conflict(changed: Mapping[str, str], action_id: str, sequence: str) -> str | None:
    """The id of another action that has these keys already."""
    wanted = QKeySequence(sequence)
    if wanted.isEmpty():
        return None
    taken = sequences(changed)
    return next((id_ for id_, keys in taken.items() if id_ != action_id and QKeySequence(keys) == wanted), None)


class Shortcuts(QObject):
    """One QShortcut per bound action of a window."""

    def __init__(self, window: QWidget, changed: Mapping[str, str]) -> None:
        super().__init__(window)
        self._window = window
        self._keys = sequences(changed)
        self._bound: dict[str, QShortcut] = {}

    def bind(self, action_id: str, run: Callable[[], object]) -> None:
        """Run a function when the action's keys are pressed."""
        shortcut = QShortcut(QKeySequence(self._keys[action_id]), self._window)
        shortcut.activated.connect(run)
        self._bound[action_id] = shortcut

    def apply(self, changed: Mapping[str, str]) -> None:
        """Use other keys from now on."""
        self._keys = sequences(changed)
        for action_id, shortcut in self._bound.items():
            shortcut.setKey(QKeySequence(self._keys[action_id]))

    def keys(self, action_id: str) -> str:
        """The keys of an action as the system writes them."""
        return QKeySequence(self._keys[action_id]).toString(QKeySequence.SequenceFormat.NativeText)
