"""Actions as data: every shortcut of the window, with its name and its built-in keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """`text_id` names it, `sequence` is Qt's portable text, `group` a heading of the list (a text id).

    `also` works as long as the user has not chosen other keys.
    """

    id: str
    text_id: str
    sequence: str
    group: str
    also: str = ""


def _chat(number: int) -> Action:
    return Action(f"chat_{number}", "action.chat_number", f"Ctrl+{number}", "action.group.chats")


ACTIONS: tuple[Action, ...] = (
    Action("new_chat", "action.new_chat", "Ctrl+N", "action.group.chats"),
    Action("palette", "action.palette", "Ctrl+K", "action.group.chats", also="Ctrl+Shift+P"),
    Action("search", "action.search", "Ctrl+Shift+F", "action.group.chats"),
    Action("next_chat", "action.next_chat", "Ctrl+Tab", "action.group.chats"),
    Action("previous_chat", "action.previous_chat", "Ctrl+Shift+Tab", "action.group.chats"),
    *(_chat(number) for number in range(1, 10)),
    Action("thinking", "action.thinking", "Ctrl+T", "action.group.answer"),
    Action("stop", "action.stop", "Esc", "action.group.answer"),
    Action("find", "action.find", "Ctrl+F", "action.group.answer"),
    Action("find_next", "action.find_next", "F3", "action.group.answer"),
    Action("find_previous", "action.find_previous", "Shift+F3", "action.group.answer"),
    Action("questions", "action.questions", "Ctrl+G", "action.group.answer"),
    Action("copy_last_answer", "action.copy_last_answer", "Ctrl+Shift+C", "action.group.answer"),
    Action("compare", "action.compare", "Ctrl+Shift+Return", "action.group.answer"),
    Action("undo", "action.undo", "Ctrl+Z", "action.group.answer"),
    Action("redo", "action.redo", "Ctrl+Shift+Z", "action.group.answer"),
    Action("focus_composer", "action.focus_composer", "Shift+Esc", "action.group.answer"),
    Action("templates", "action.templates", "Ctrl+Shift+T", "action.group.window"),
    Action("structured", "action.structured", "Ctrl+Shift+J", "action.group.window"),
    Action("lab", "action.lab", "Ctrl+Shift+L", "action.group.window"),
    Action("usage", "action.usage", "Ctrl+Shift+U", "action.group.window"),
    Action("settings", "action.settings", "Ctrl+,", "action.group.window"),
    Action("toggle_sidebar", "action.toggle_sidebar", "Ctrl+B", "action.group.window"),
    Action("zoom_in", "action.zoom_in", "Ctrl++", "action.group.window", also="Ctrl+="),
    Action("zoom_out", "action.zoom_out", "Ctrl+-", "action.group.window"),
    Action("zoom_reset", "action.zoom_reset", "Ctrl+0", "action.group.window"),
    Action("shortcuts", "action.shortcuts", "Ctrl+/", "action.group.window"),
    Action("quit", "action.quit", "Ctrl+Q", "action.group.window"),
)
