"""What the command palette and the list of questions offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from glmdesk.domain.message import Role
from glmdesk.ui.actions import ACTIONS, Action
from glmdesk.ui.i18n import language, tr
from glmdesk.ui.scenarios.family_icons import FAMILY_ICONS
from glmdesk.ui.shortcut_sheet import action_name
from glmdesk.ui.shortcuts import Shortcuts
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.picker import Choice, Picker

if TYPE_CHECKING:
    from glmdesk.ui.main_window import MainWindow
    from glmdesk.ui.transcript.view import TranscriptView

_HIDDEN = ("palette", "stop")  # the palette itself, and a key that means what is in front
_ICONS = {
    "new_chat": "plus", "search": "search", "next_chat": "chevron-down", "previous_chat": "chevron-up",
    "thinking": "thinking", "find": "search", "find_next": "chevron-down", "find_previous": "chevron-up",
    "questions": "list", "copy_last_answer": "copy", "compare": "columns", "undo": "undo", "focus_composer": "pen",
    "templates": "templates", "structured": "braces", "lab": "code", "usage": "chart", "settings": "settings",
    "toggle_sidebar": "sidebar", "shortcuts": "keyboard",
}  # fmt: skip
_QUESTION = 200  # characters of a question that are shown


def show_picker(
    window: QWidget, choices: Sequence[Choice], *, hint_id: str, theme: ThemeManager, at: int = 0
) -> Picker:
    """Open a picker over the window, in place of the one that is there."""
    for old in window.findChildren(Picker):
        old.close_sheet()
    return Picker(window, choices, hint_id=hint_id, theme=theme, at=at)


def palette(window: MainWindow, shortcuts: Shortcuts) -> list[Choice]:
    """Actions, then conversations, then templates."""
    actions = [_action(action, shortcuts) for action in ACTIONS if _offered(action)]
    return [*actions, *_conversations(window), *_templates(window)]


def _offered(action: Action) -> bool:
    return action.id not in _HIDDEN and not action.id.startswith("chat_")


def _action(action: Action, shortcuts: Shortcuts) -> Choice:
    keys = shortcuts.keys(action.id)
    icon = _ICONS.get(action.id, "")
    return Choice(action_name(action), lambda: shortcuts.run(action.id), detail=keys, icon=icon, words=action.id)


def _conversations(window: MainWindow) -> list[Choice]:
    kind = tr("action.group.chats")
    return [
        Choice(c.title or tr("chat.new"), lambda id_=c.id: window.open_conversation(id_), detail=kind, icon="assistant")
        for c in window.list.conversations
    ]


def _templates(window: MainWindow) -> list[Choice]:
    return [
        Choice(
            template.title,
            lambda id_=template.id: window.navigation.show_form(id_),
            detail=tr(f"scenario.family.{template.family.value}.title"),
            icon=FAMILY_ICONS[template.family],
            words=f"{template.description} {template.id}",
        )
        for template in window.desk.templates.list(language().value)
    ]


def questions(view: TranscriptView) -> list[Choice]:
    """The user's turns in order, numbered."""
    asked = [item for item in view.stack.items if item.row.message.role is Role.USER]
    return [
        Choice(
            " ".join(item.row.message.text[:_QUESTION].split()) or tr("chat.new"),
            lambda id_=item.id: view.scroll_to_message(id_),
            detail=str(number),
            icon="user",
            words=item.row.message.text,
        )
        for number, item in enumerate(asked, 1)
    ]


def question_read(view: TranscriptView) -> int:
    """The number, from 0, of the question that is read now: the last one that begins above the middle of the view."""
    middle = view.origin + view.viewport().height() // 2
    asked = [item for item in view.stack.items if item.row.message.role is Role.USER]
    return max(0, sum(view.stack.top(item) <= middle for item in asked) - 1)
