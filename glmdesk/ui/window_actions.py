"""What the window's shortcuts do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from glmdesk.ui.palette import palette, question_read, questions, show_picker
from glmdesk.ui.shortcut_sheet import show_shortcuts
from glmdesk.ui.shortcuts import Shortcuts

if TYPE_CHECKING:
    from glmdesk.ui.main_window import MainWindow

_ZOOM_STEP = 0.1


class WindowActions:
    """Binds the actions of ui/actions.py to the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._shortcuts = Shortcuts(window, window.desk.settings.value.shortcuts)
        self._bind()
        self.apply(window.desk.settings.value.shortcuts)
        window.page.questions.clicked.connect(self.show_questions)

    def apply(self, changed: Mapping[str, str]) -> None:
        """The user's own key sequences."""
        self._shortcuts.apply(changed)
        self._window.sidebar.set_search_keys(self._shortcuts.keys("search"))

    def _bind(self) -> None:
        window, bind = self._window, self._shortcuts.bind
        bind("new_chat", window.new_chat)
        bind("palette", self._show_palette)
        bind("questions", self.show_questions)
        bind("search", window.sidebar.focus_search)
        bind("settings", window.navigation.show_settings)
        bind("structured", window.navigation.show_structured)
        bind("lab", window.navigation.show_lab)
        bind("usage", window.navigation.show_usage)
        bind("templates", window.navigation.show_templates)
        bind("toggle_sidebar", window.toggle_sidebar)
        bind("thinking", window.chat.toggle_thinking)
        bind("focus_composer", window.page.composer.focus_editor)
        bind("copy_last_answer", window.chat.copy_last_answer)
        bind("find", window.page.find_words)
        bind("find_next", lambda: window.page.find_words(1))
        bind("find_previous", lambda: window.page.find_words(-1))
        bind("stop", self._escape)
        bind("compare", lambda: self._on_chat(window.chat.compare))
        bind("undo", lambda: self._on_chat(window.chat.turns.undo))
        bind("redo", lambda: self._on_chat(window.chat.turns.redo))
        bind("next_chat", lambda: self._step(1))
        bind("previous_chat", lambda: self._step(-1))
        for number in range(1, 10):
            bind(f"chat_{number}", lambda place=number - 1: self._open_place(place))
        bind("zoom_in", lambda: self._zoom(_ZOOM_STEP))
        bind("zoom_out", lambda: self._zoom(-_ZOOM_STEP))
        bind("zoom_reset", lambda: self._set_zoom(1.0))
        bind("shortcuts", self._show_shortcuts)
        bind("quit", window.close)

    def _on_chat(self, run: Callable[[], None]) -> None:
        """What is not seen is not changed: nothing happens while a page lies over the chat."""
        if self._window.navigation.page is None:
            run()

    def _escape(self) -> None:
        """Esc leaves a page; on the chat it closes the find bar, then it stops the answer."""
        if self._window.navigation.leave():
            return
        if not self._window.page.leave_find():
            self._window.chat.escape()

    def _step(self, step: int) -> None:
        ids = [c.id for c in self._window.list.conversations]
        if ids:
            here = self._window.chat.conversation_id
            place = ids.index(here) + step if here in ids else 0
            self._window.open_conversation(ids[place % len(ids)])

    def _open_place(self, place: int) -> None:
        conversations = self._window.list.conversations
        if place < len(conversations):
            self._window.open_conversation(conversations[place].id)

    def _show_palette(self) -> None:
        """Commands, conversations and templates in one list."""
        window = self._window
        show_picker(window, palette(window, self._shortcuts), hint_id="action.palette_hint", theme=window.theme)

    def show_questions(self) -> None:
        """The user's turns of the chat that is shown; choosing one brings it to the top."""
        window = self._window
        choices = questions(window.page.transcript)
        if window.navigation.page is None and choices:
            at = question_read(window.page.transcript)
            show_picker(window, choices, hint_id="action.questions_hint", theme=window.theme, at=at)

    def _show_shortcuts(self) -> None:
        show_shortcuts(self._window, self._shortcuts, theme=self._window.theme)

    def _zoom(self, step: float) -> None:
        self._set_zoom(self._window.desk.settings.value.zoom + step)

    def _set_zoom(self, zoom: float) -> None:
        bounded = round(min(3.0, max(0.5, zoom)), 2)
        self._window.tasks.start("zoom", self._window.desk.settings.change(zoom=bounded))
