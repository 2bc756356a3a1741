"""Which page the window shows: chat, templates, a template's form, settings, welcome."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from glmdesk.domain.conversation import Setup
from glmdesk.domain.template import Template
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.theme.theme import ThemeManager


class Navigation(QObject):
    """Builds a page when it is first wanted; a page that is left is dropped, the chat stays."""

    started = Signal(Setup, str)  # a template's form was sent
    composed = Signal(Setup, str)  # a template's form goes into the composer
    welcomed = Signal(str)  # endpoint id
    demo_requested = Signal()
    export_requested = Signal()

    def __init__(self, desk: Desk, stack: QStackedWidget, *, theme: ThemeManager, tasks: TaskOwner) -> None:
        super().__init__(stack)
        self._desk = desk
        self._stack = stack
        self._theme = theme
        self._tasks = tasks
        self._page: QWidget | None = None

    @property
    def page(self) -> QWidget | None:
        """The page over the chat, None while the chat shows."""
        return self._page

    def show_chat(self) -> None:
        self._show(None)

    def show_welcome(self) -> None:
        from glmdesk.ui.welcome.page import WelcomePage

        page = WelcomePage(
            theme=self._theme, endpoints=self._desk.endpoints, settings=self._desk.settings, tasks=self._tasks
        )
        page.finished.connect(self.welcomed)
        page.demo_requested.connect(self.demo_requested)
        self._show(page)

    def show_settings(self, section: str = "general") -> None:
        from glmdesk.ui.settings.page import SettingsPage

        page = SettingsPage(theme=self._theme, desk=self._desk, tasks=self._tasks)
        page.closed.connect(self.show_chat)
        page.export_requested.connect(self.export_requested)
        page.show_section(section)
        self._show(page)

    def show_templates(self, family: str = "") -> None:
        from glmdesk.ui.scenarios.templates_page import TemplatesPage

        page = TemplatesPage(theme=self._theme, templates=self._desk.templates, tasks=self._tasks)
        page.closed.connect(self.show_chat)
        page.use.connect(self.show_form)
        page.show_family(family)
        self._show(page)

    def show_form(self, template: Template) -> None:
        from glmdesk.ui.scenarios.form import TemplateForm

        form = TemplateForm(theme=self._theme, template=template)
        form.cancelled.connect(self.show_chat)
        form.start.connect(self.started)
        form.to_composer.connect(self.composed)
        self._show(form)

    def _show(self, page: QWidget | None) -> None:
        old, self._page = self._page, page
        if page is not None:
            self._stack.addWidget(page)
            self._stack.setCurrentWidget(page)
            page.setFocus()
        else:
            self._stack.setCurrentIndex(0)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()
