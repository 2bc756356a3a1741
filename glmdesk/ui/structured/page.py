"""The page of structured output and of the function lab."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Setup
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import tr
from glmdesk.ui.structured.lab_page import LabPage
from glmdesk.ui.structured.run_page import RunPage
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.segmented import Segmented

_TITLE = 40  # characters of a run's title in the menu


class StructuredPage(QWidget):
    """`show_job` and `show_runs` are what other places of the window ask for."""

    closed = Signal()
    told = Signal(str)
    wants_page = Signal(str)
    open_chat = Signal(str)

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__()
        self._theme = theme
        self._desk = desk
        self._tasks = tasks
        self.runs_button = IconButton("list", "structured.runs", theme=theme)
        self.close_button = IconButton("x", "structured.close", theme=theme)
        self.run_page = RunPage(theme=theme, desk=desk, tasks=tasks)
        self.lab_page = LabPage(theme=theme, desk=desk, tasks=tasks)
        self.tabs = Segmented([("run", "structured.title"), ("lab", "structured.lab.title")], theme=theme)
        self.tabs.set_value("run")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.run_page)
        self.stack.addWidget(self.lab_page)
        self._lay_out()
        self.close_button.clicked.connect(self.closed)
        self.runs_button.clicked.connect(lambda: self._tasks.start("structured.runs", self._list_runs()))
        self.tabs.chosen.connect(self.show_tab)
        for page in (self.run_page, self.lab_page):
            page.told.connect(self.told)
            page.wants_page.connect(self.wants_page)
            page.open_chat.connect(self.open_chat)
        self.lab_page.load()
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self.tabs)
        self._head.addStretch(1)
        self._head.addWidget(self.runs_button)
        self._head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self.stack, 1)

    def show_tab(self, tab: str) -> None:
        """`run` or `lab`."""
        self.tabs.set_value(tab)
        self.stack.setCurrentWidget(self.lab_page if tab == "lab" else self.run_page)
        self.runs_button.setVisible(tab == "run")

    def open_draft(self) -> None:
        """What was written the last time."""
        self._tasks.start("structured.load", self.run_page.load())

    def open_setup(self, setup: Setup, prompt: str, *, run: bool) -> None:
        """A template whose form was filled in."""
        self.run_page.show_setup(setup, prompt)
        if run:
            self.run_page.run()

    async def _list_runs(self) -> None:
        runs = await self._desk.structured.runs()
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for conversation in runs:
            title = (conversation.title or tr("structured.title"))[:_TITLE].replace("&", "&&")
            action = menu.addAction(title)
            action.triggered.connect(lambda _=False, id_=conversation.id: self._open_run(id_))
        if not runs:
            menu.addAction(tr("structured.no_runs")).setEnabled(False)
        menu.popup(self.runs_button.mapToGlobal(self.runs_button.rect().bottomLeft()))

    def _open_run(self, run_id: str) -> None:
        self._tasks.start("structured.open", self.run_page.show_run(run_id))

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        self.run_page.refresh(changes)
        self.lab_page.refresh(changes)

    def leave(self) -> None:
        """The page is about to go."""
        self.run_page.flush()
        self.lab_page.flush()
        self._desk.structured.watch("")

    def _restyle(self) -> None:
        px = self._theme.px
        self._head.setContentsMargins(px(24), px(10), px(16), px(10))
        self._head.setSpacing(px(8))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.side))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.tabs.setAccessibleName(tr("structured.title"))
        self.setAccessibleName(tr("structured.title"))
