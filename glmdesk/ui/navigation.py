"""Which page the window shows: chat, templates, a template's form, settings, welcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Setup
from glmdesk.domain.message import Message
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.page_tasks import PageTasks
from glmdesk.ui.theme.theme import ThemeManager

if TYPE_CHECKING:
    from glmdesk.ui.scenarios.templates_page import TemplatesPage
    from glmdesk.ui.settings.page import SettingsPage
    from glmdesk.ui.structured.page import StructuredPage
    from glmdesk.ui.usage.page import UsagePage


class Navigation(QObject):
    """Builds a page when it is first wanted; a page that is left is dropped, the chat stays."""

    shown = Signal()  # a page or the chat was asked for
    started = Signal(object, str)  # a template's form was sent
    composed = Signal(object, str)  # a template's form goes into the composer
    welcomed = Signal(str)  # endpoint id
    demo_requested = Signal()
    export_requested = Signal()
    told = Signal(str)  # a sentence for a notice
    opened = Signal(str)  # a conversation
    returned = Signal()  # a page that was opened from the welcome page was left

    def __init__(self, desk: Desk, stack: QStackedWidget, *, theme: ThemeManager, tasks: TaskOwner) -> None:
        super().__init__(stack)
        self._desk = desk
        self._stack = stack
        self._theme = theme
        self._tasks = tasks
        self._page: QWidget | None = None
        self._guests = PageTasks(tasks)  # of the page that is shown
        self._next_guests = self._guests  # of one that is being built
        self._gallery: TemplatesPage | None = None
        self._settings: SettingsPage | None = None
        self._usage: UsagePage | None = None
        self._structured: StructuredPage | None = None
        self.welcoming = False  # there is no chat to go back to yet
        self.first_run = False  # there is no way to ask anything yet
        self._over_chat = True  # what a page is left for

    @property
    def page(self) -> QWidget | None:
        """The page over the chat, None while the chat shows."""
        return self._page

    def leave(self) -> bool:
        """Go back to the chat; False where there is nothing to leave, or no chat yet (the welcome page)."""
        if self._page is None or self.welcoming:
            return False
        self._back()
        return True

    def _back(self) -> None:
        """Where the page was opened: the chat, or the welcome page as long as it is needed."""
        if self._over_chat:
            self.show_chat()
        else:
            self.returned.emit()

    def flush(self) -> None:
        """The window closes: keep what is written on a page."""
        if self._structured is not None:
            self._structured.leave()

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if changes.templates and self._gallery is not None:
            self._gallery.refresh()
        if self._settings is not None:
            self._settings.refresh(changes)
        if self._usage is not None:
            self._usage.refresh(changes)
        if self._structured is not None:
            self._structured.refresh(changes)

    def show_chat(self) -> None:
        self._over_chat = True
        self._show(None)

    def show_welcome(self) -> None:
        from glmdesk.ui.welcome.page import WelcomePage

        page = WelcomePage(
            theme=self._theme, endpoints=self._desk.endpoints, settings=self._desk.settings, tasks=self._page_tasks()
        )
        page.finished.connect(self.welcomed)
        page.demo_requested.connect(self.demo_requested)
        self._show(page)
        self.welcoming = self.first_run = True
        self._over_chat = False

    def show_settings(self, section: str = "general") -> None:
        from glmdesk.ui.settings.page import SettingsPage

        if self._settings is not None:
            self._settings.show_section(section)
            self.shown.emit()
            return
        page = SettingsPage(theme=self._theme, desk=self._desk, tasks=self._page_tasks())
        page.closed.connect(self._back)
        page.export_requested.connect(self.export_requested)
        page.show_section(section)
        self._show(page)
        self._settings = page

    def show_usage(self) -> None:
        """What was spent, and the budget."""
        from glmdesk.ui.usage.page import UsagePage

        if self._usage is not None:
            self.shown.emit()
            return
        page = UsagePage(theme=self._theme, desk=self._desk, tasks=self._page_tasks())
        page.closed.connect(self._back)
        page.opened.connect(self.opened)
        page.told.connect(self.told)
        self._show(page)
        self._usage = page

    def show_structured(self, setup: Setup | None = None, prompt: str = "", *, run: bool = False) -> None:
        """Structured output; with the setup of a template that has a schema, or with what was written last."""
        page = self._structured_page()
        if setup is not None:
            page.open_setup(setup, prompt, run=run)
        else:
            page.open_draft()

    def show_lab(self) -> None:
        """The function lab."""
        page = self._structured_page()
        page.open_draft()
        page.show_tab("lab")

    def _structured_page(self) -> StructuredPage:
        from glmdesk.ui.structured.page import StructuredPage

        page = StructuredPage(theme=self._theme, desk=self._desk, tasks=self._page_tasks())
        page.closed.connect(self._back)
        page.told.connect(self.told)
        page.wants_page.connect(self.show_settings)
        page.open_chat.connect(self.opened)
        self._show(page)
        self._structured = page
        return page

    def show_inspector(self, message: Message) -> None:
        """What went over the wire for an answer."""
        from glmdesk.ui.inspector.page import InspectorPage

        page = InspectorPage(message, theme=self._theme, desk=self._desk, tasks=self._page_tasks())
        page.closed.connect(self._back)
        page.told.connect(self.told)
        self._show(page)

    def show_templates(self, family: str = "") -> None:
        """The gallery: one family, "mine" for the user's own, "" for all."""
        page = self._templates_page()
        if family == "mine":
            page.show_mine()
        else:
            page.show_family(family)

    def show_form(self, template_id: str) -> None:
        """A template's form."""
        self._templates_page().open_form(template_id)

    def _templates_page(self) -> TemplatesPage:
        from glmdesk.ui.scenarios.templates_page import TemplatesPage

        page = TemplatesPage(theme=self._theme, templates=self._desk.templates, tasks=self._page_tasks())
        page.start.connect(self.started)
        page.to_composer.connect(self.composed)
        page.told.connect(self.told)
        page.closed.connect(self._back)
        self._show(page)
        self._gallery = page
        return page

    def _page_tasks(self) -> PageTasks:
        self._next_guests = PageTasks(self._tasks)
        return self._next_guests

    def _show(self, page: QWidget | None) -> None:
        old, self._page = self._page, page
        self._guests.leave()
        self._guests = self._next_guests
        if self._structured is not None:
            self._structured.leave()
        self._gallery = self._settings = self._usage = self._structured = None
        self.welcoming = False
        if page is not None:
            self._stack.addWidget(page)
            self._stack.setCurrentWidget(page)
            page.setFocus()
        else:
            self._stack.setCurrentIndex(0)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()
        self.shown.emit()
