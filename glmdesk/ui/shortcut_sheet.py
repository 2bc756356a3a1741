"""The list of shortcuts (Ctrl+/)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from glmdesk.ui.actions import ACTIONS, Action
from glmdesk.ui.i18n import tr
from glmdesk.ui.shortcuts import Shortcuts
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet


def action_name(action: Action) -> str:
    """The action's name; the nine chats say their number."""
    return tr(action.text_id, number=action.id.rpartition("_")[2])


def show_shortcuts(window: QWidget, shortcuts: Shortcuts, *, theme: ThemeManager) -> Sheet:
    """Open the list over a window."""
    sheet = Sheet(window, theme=theme, width=520)
    title = PlainLabel(tr("action.shortcuts"), role="title", theme=theme)
    sheet.card.column.addWidget(title)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(_table(shortcuts, theme))
    area.setMinimumHeight(theme.px(440))
    area.setAccessibleName(tr("action.shortcuts"))
    sheet.card.column.addWidget(area)
    close = Button("action.close", kind="primary")
    close.clicked.connect(sheet.close_sheet)
    sheet.card.column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    sheet.show()
    close.setFocus()
    return sheet


def _table(shortcuts: Shortcuts, theme: ThemeManager) -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setColumnStretch(0, 1)
    grid.setHorizontalSpacing(theme.px(24))
    group = ""
    for action in ACTIONS:
        row = grid.rowCount()
        if action.group != group:
            group = action.group
            grid.addWidget(PlainLabel(tr(group), role="faint", theme=theme), row, 0)
            row += 1
        grid.addWidget(PlainLabel(action_name(action), theme=theme), row, 0)
        grid.addWidget(PlainLabel(shortcuts.keys(action.id), role="muted", theme=theme), row, 1)
    return table
