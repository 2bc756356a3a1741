"""Keys bound to actions, changed while the window is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from glmdesk.ui.actions import ACTIONS, Action

_NATIVE = QKeySequence.SequenceFormat.NativeText


def sequences(changed: Mapping[str, str]) -> dict[str, str]:
    """The keys in force for every action id: the user's where there are some, else the built-in ones."""
    return {action.id: changed.get(action.id, action.sequence) for action in ACTIONS}


def keys_of(action: Action, changed: Mapping[str, str]) -> list[str]:
    """All keys that run an action; the first is the one to show."""
    if action.id in changed:
        return [changed[action.id]]
    return [keys for keys in (action.sequence, action.also) if keys]


def shown(sequence: QKeySequence) -> str:
    """Keys as the system writes them; the Enter key has one name, here and in the texts beside it."""
    text = sequence.toString(_NATIVE)
    key = QKeySequence(Qt.Key.Key_Return).toString(_NATIVE)
    return text.removesuffix(key) + "Enter" if key.isalpha() and text.endswith(key) else text


def conflict(changed: Mapping[str, str], action_id: str, sequence: str) -> str | None:
    """The id of another action that has these keys already."""
    wanted = QKeySequence(sequence)
    if wanted.isEmpty():
        return None
    taken = ((action.id, keys) for action in ACTIONS for keys in keys_of(action, changed))
    return next((id_ for id_, keys in taken if id_ != action_id and QKeySequence(keys) == wanted), None)


class Shortcuts(QObject):
    """One QShortcut per bound action of a window."""

    def __init__(self, window: QWidget, changed: Mapping[str, str]) -> None:
        super().__init__(window)
        self._window = window
        self._changed = changed
        self._bound: dict[str, QShortcut] = {}

    def bind(self, action_id: str, run: Callable[[], object]) -> None:
        """Run a function when the action's keys are pressed."""
        shortcut = QShortcut(self._window)
        shortcut.setKeys(self._sequences(action_id))
        shortcut.activated.connect(run)
        self._bound[action_id] = shortcut

    def apply(self, changed: Mapping[str, str]) -> None:
        """Use other keys from now on."""
        self._changed = changed
        for action_id, shortcut in self._bound.items():
            shortcut.setKeys(self._sequences(action_id))

    def run(self, action_id: str) -> None:
        """Do what an action's keys do."""
        self._bound[action_id].activated.emit()

    def _sequences(self, action_id: str) -> list[QKeySequence]:
        action = next(action for action in ACTIONS if action.id == action_id)
        return [QKeySequence(keys) for keys in keys_of(action, self._changed)]

    def keys(self, action_id: str) -> str:
        """The keys of an action as the system writes them."""
        return shown(QKeySequence(sequences(self._changed)[action_id]))
