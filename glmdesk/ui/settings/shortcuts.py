"""Shortcuts: every action with its keys, which can be changed."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QKeySequenceEdit, QLineEdit

from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.actions import ACTIONS, Action
from glmdesk.ui.i18n import tr
from glmdesk.ui.settings.section import Section
from glmdesk.ui.shortcut_sheet import action_name
from glmdesk.ui.shortcuts import conflict, sequences, shown
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_NATIVE = QKeySequence.SequenceFormat.NativeText


class _KeysEdit(QKeySequenceEdit):
    """Names the keys as all other places do."""

    def __init__(self) -> None:
        super().__init__()
        self.line = self.findChild(QLineEdit)
        self.keySequenceChanged.connect(self._name)

    def _name(self, sequence: QKeySequence) -> None:
        if isinstance(self.line, QLineEdit) and self.line.text() == sequence.toString(_NATIVE):
            self.line.setText(shown(sequence))

    def retranslate(self) -> None:
        """The names of keys are words too."""
        sequence = self.keySequence()
        self.clear()
        self.setKeySequence(sequence)


class ShortcutsSection(Section):
    """A conflict is named and nothing changes."""

    title_id = "settings.section.shortcuts"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.add_text("settings.shortcuts.hint")
        self.problem = PlainLabel(theme=theme, role="error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.column.addWidget(self.problem)
        self.edits: dict[str, _KeysEdit] = {}
        self._names: dict[str, PlainLabel] = {}
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setVerticalSpacing(theme.px(6))
        for place, action in enumerate(ACTIONS):
            self._add(grid, place, action)
        self.column.addLayout(grid)
        self.finish()

    def _add(self, grid: QGridLayout, place: int, action: Action) -> None:
        name = PlainLabel(theme=self.theme)
        name.setWordWrap(True)
        edit = _KeysEdit()
        edit.setMaximumSequenceLength(1)
        self.keep_width(edit, 140)
        edit.editingFinished.connect(lambda: self._given(action))
        reset = IconButton("undo", "settings.shortcuts.reset", theme=self.theme)
        reset.clicked.connect(lambda: self._reset(action))
        grid.addWidget(name, place, 0)
        grid.addWidget(edit, place, 1)
        grid.addWidget(reset, place, 2)
        self.edits[action.id], self._names[action.id] = edit, name

    def _given(self, action: Action) -> None:
        keys = self.edits[action.id].keySequence().toString(_PORTABLE)
        changed = self.settings.shortcuts
        if keys == sequences(changed)[action.id]:
            return
        other = conflict(changed, action.id, keys)
        self.problem.setVisible(other is not None)
        if other is not None:
            taken = next(a for a in ACTIONS if a.id == other)
            self.problem.setText(tr("settings.shortcuts.taken", keys=keys, action=action_name(taken)))
            self.show_values()
            return
        self.change(shortcuts={**changed, action.id: keys})

    def _reset(self, action: Action) -> None:
        kept = {id_: keys for id_, keys in self.settings.shortcuts.items() if id_ != action.id}
        self.change(shortcuts=kept)

    def show_values(self) -> None:
        for action_id, keys in sequences(self.settings.shortcuts).items():
            self.edits[action_id].setKeySequence(QKeySequence(keys))

    def retranslate(self) -> None:
        super().retranslate()
        for action in ACTIONS:
            self._names[action.id].setText(action_name(action))
            self.edits[action.id].setAccessibleName(action_name(action))
            self.edits[action.id].retranslate()
