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
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumHeight(min(theme.px(440), max(theme.px(80), window.height() - theme.px(180))))
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
    grid.setHorizontalSpacing(theme.px(12))
    grid.setContentsMargins(0, 0, theme.px(8), 0)
    group = ""
    for name, keys, of in rows(shortcuts):
        row = grid.rowCount()
        if of != group:
            group = of
            heading = PlainLabel(tr(group), role="faint", theme=theme)
            heading.setContentsMargins(0, theme.px(10) if row > 1 else 0, 0, 0)
            grid.addWidget(heading, row, 0, 1, 2)
            row += 1
        words = PlainLabel(name, theme=theme)
        words.setWordWrap(True)
        grid.addWidget(words, row, 0)
        grid.addWidget(PlainLabel(keys, role="muted", theme=theme), row, 1)
    return table


def rows(shortcuts: Shortcuts) -> list[tuple[str, str, str]]:
    """Name, keys and heading of each line; the nine chats are one line as long as their keys are a row of digits."""
    chats = [action for action in ACTIONS if action.id.startswith("chat_")]
    first, last = shortcuts.keys(chats[0].id), shortcuts.keys(chats[-1].id)
    joined = all(shortcuts.keys(a.id) == f"{first[:-1]}{number}" for number, a in enumerate(chats, 1))
    lines: list[tuple[str, str, str]] = []
    for action in ACTIONS:
        if action not in chats or not joined:
            lines.append((action_name(action), shortcuts.keys(action.id), action.group))
        elif action is chats[0]:
            lines.append((tr("action.chat_numbers"), f"{first} … {last[-1]}", action.group))
    return lines
