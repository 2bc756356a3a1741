"""The window: assembly of sidebar, pages, presenters and shortcuts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QDateTime, QEvent, QRect, Signal
from PySide6.QtGui import QCloseEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Setup, ThinkingChoice
from glmdesk.domain.errors import Action, SecretError, UserError
from glmdesk.domain.link import ChatLink, parse_link
from glmdesk.domain.ports import Trace
from glmdesk.domain.settings import Settings
from glmdesk.services.demo import DEMO_ID
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.chat_page import ChatPage
from glmdesk.ui.chat_presenter import ChatPresenter
from glmdesk.ui.i18n import error_texts, locale, switch_language, tr
from glmdesk.ui.list_presenter import ListPresenter
from glmdesk.ui.navigation import Navigation
from glmdesk.ui.notify import Notices
from glmdesk.ui.report_sheet import ReportSheet
from glmdesk.ui.session import Place, Session
from glmdesk.ui.sidebar.sidebar import Sidebar
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.theme.tokens import SIDEBAR_WIDTH
from glmdesk.ui.tracing import PaintTrace, StallTrace
from glmdesk.ui.transcript.facts import yuan
from glmdesk.ui.transcript.places import Searched
from glmdesk.ui.window_actions import WindowActions

log = logging.getLogger("glmdesk")
# Tasks that write what somebody asked for (files, settings, the list), and how long the end of the program waits.
_WRITING = ("template.", "settings:", "list:", "endpoint.save", "servers:save", "servers:import", "usage:export")
_FINISHING = 1.0  # seconds
_FIRST_BACKUP, _BACKUP_STEP = 30.0, 3600.0  # seconds
_NARROW = 760  # logical pixels; below this width the sidebar folds away
_LEAST_CHAT = 320  # with less beside it, a sidebar that was asked for stands alone until something is opened
_NO_ROOM = "no_room"  # the notice that a question is over the window


class MainWindow(QWidget):
    """One window per program. `start` begins its work, `shut_down` ends it; `closed` is the user's wish to quit."""

    closed = Signal()

    def __init__(self, desk: Desk, *, theme: ThemeManager) -> None:
        super().__init__()
        self.desk = desk
        self.theme = theme
        self._settings = desk.settings.value
        self.tasks = TaskOwner(self.report)
        self.session = Session(desk.data_dir / "window.ini", self._place, tasks=self.tasks, parent=self)
        self.sidebar = Sidebar(theme=theme, parent=self)
        self.stack = QStackedWidget(self)
        self.page = ChatPage(theme=theme, parent=self)
        self.notices = Notices(self, theme=theme, over=self.stack, room=self._room_for_notices)
        self.chat = ChatPresenter(desk, self.page, theme=theme, tasks=self.tasks)
        self.list = ListPresenter(desk, self.sidebar, tasks=self.tasks, notices=self.notices)
        self.navigation = Navigation(desk, self.stack, theme=theme, tasks=self.tasks)
        self.actions_ = WindowActions(self)
        self._sidebar_wanted = self._settings.sidebar_visible
        self._link: ChatLink | None = None  # waits until there is a chat to put it into
        self._chatting = False
        self._lay_out()
        self._connect()
        self._fold()

    def _lay_out(self) -> None:
        self.setObjectName("window")
        self.setWindowTitle("GLM Desk")
        self.setMinimumSize(480, 420)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.sidebar)
        layout.addWidget(self.stack, 1)
        self.stack.addWidget(self.page)
        if not self.restoreGeometry(QByteArray(self.session.left.geometry)):
            self.resize(1280, 860)

    def _connect(self) -> None:
        sidebar, navigation = self.sidebar, self.navigation
        sidebar.opened.connect(self.open_conversation)
        sidebar.new_chat.connect(self.new_chat)
        sidebar.open_templates.connect(lambda: navigation.show_templates())
        sidebar.open_settings.connect(lambda: navigation.show_settings())
        sidebar.open_usage.connect(navigation.show_usage)
        sidebar.open_structured.connect(lambda: navigation.show_structured())
        sidebar.collapse.connect(self.toggle_sidebar)
        self.page.header.toggle_sidebar.connect(self.toggle_sidebar)
        self.page.start.family_chosen.connect(navigation.show_templates)
        self.page.start.structured.connect(lambda: navigation.show_structured())
        self.page.start.lab.connect(navigation.show_lab)
        self.page.start.my_templates.connect(lambda: navigation.show_templates("mine"))
        self.page.composer.template_gallery.connect(lambda: navigation.show_templates())
        self.chat.shown.connect(self._shown)
        self.page.fitted.connect(self.notices.place)
        navigation.shown.connect(self.notices.place)
        for other in (self.chat.shown, navigation.shown, self.page.composer.send, self.page.composer.files_changed):
            other.connect(lambda: self.notices.remove(_NO_ROOM))  # it was about a question that is another one now
        bar = self.page.transcript.verticalScrollBar()
        bar.valueChanged.connect(self.session.touch)
        bar.rangeChanged.connect(self.session.touch)  # heights that are known now can move what is read, not the bar
        self.page.transcript.follow_changed.connect(self.session.touch)
        self.chat.turns.told.connect(self._tell_turn)
        self.page.transcript.told.connect(self._tell)
        self.chat.wants_page.connect(navigation.show_settings)
        self.chat.wants_usage.connect(navigation.show_usage)
        self.chat.turns.inspected.connect(navigation.show_inspector)
        navigation.opened.connect(self.open_conversation)
        self.chat.template_wanted.connect(navigation.show_form)
        navigation.shown.connect(self._uncover)
        navigation.started.connect(self._start_template)
        navigation.composed.connect(self._compose_template)
        navigation.welcomed.connect(self._welcomed)
        navigation.returned.connect(lambda: self.tasks.start("return", self._return()))
        navigation.demo_requested.connect(lambda: self.tasks.start("demo", self._demo_chosen()))
        navigation.told.connect(self._tell)
        navigation.export_requested.connect(self.list.export_all)

    def trace(self, trace: Trace) -> None:
        """Tell a trace what is painted and when the thread stalls."""
        self.page.transcript.painted = PaintTrace(self.page.transcript, trace)
        StallTrace(trace, self)

    # Life

    async def start(self, *, demo: bool = False) -> None:
        """Load what the window shows. `demo` uses the embedded server for this session."""
        self.tasks.start("news", self._listen())
        self.tasks.start("backups", self._keep_backups())
        if not self.desk.safe_mode:
            self.tasks.start("servers", self.desk.servers.start())
        await self.desk.history.tidy()
        await self.list.reload()
        if demo:
            await self._use_demo()
        elif not await self._ready():
            self._welcome()
            return
        self._open_last()
        self._show_settings_problems()
        self._can_chat()

    def _welcome(self) -> None:
        self.navigation.show_welcome()
        self._fold()

    async def _return(self) -> None:
        """Back from a page that was opened on the welcome page: an endpoint may have been set up there."""
        if not await self._ready():
            self._welcome()
            return
        self._settle()
        self._open_last()
        self._show_settings_problems()
        self._can_chat()

    def _settle(self) -> None:
        """Questions can be asked from now on."""
        self.navigation.first_run = False
        self.navigation.show_chat()
        self._fold()

    def tell_history(self, news: Sequence[str]) -> None:
        """Say how the history is; `news` are sentences about what happened to it before the window opened."""
        keeping = self.desk.safekeeping
        if news:
            self.notices.post("rescue", "\n".join(news), "warn")
        if not keeping.saved:
            self.notices.post("not_saved", tr("rescue.not_saved"), "warn")
        if keeping.lost_log is not None:
            left = QDateTime.fromSecsSinceEpoch(round(keeping.lost_log))
            text = locale().toString(left, locale().FormatType.ShortFormat)
            self.notices.post("lost_log", tr("rescue.lost_log", time=text), "warn")

    def tell_crash(self, report: str, file: Path) -> None:
        """The last run crashed: offer what is known about it."""
        self.notices.post(
            "crash",
            tr("rescue.safe_mode" if self.desk.safe_mode else "rescue.crashed"),
            "error",
            action_text_id="rescue.show_report",
            callback=lambda: ReportSheet(report, file, self, theme=self.theme).show(),
        )

    async def _keep_backups(self) -> None:
        """The day's backup, a while after the start and then once an hour for a window that stays open."""
        while True:
            await asyncio.sleep(_FIRST_BACKUP)
            await self.desk.safekeeping.daily()
            await asyncio.sleep(_BACKUP_STEP)

    async def _ready(self) -> bool:
        """True when the default endpoint can be used, or the user has been here before."""
        if self._settings.welcomed:
            return True
        endpoint = self.desk.endpoints.default()
        if endpoint is None:
            return False
        try:
            return not endpoint.needs_key or await self.desk.endpoints.has_key(endpoint)
        except SecretError:
            return False  # the welcome page explains it

    def _open_last(self) -> None:
        known = {c.id for c in self.list.conversations}
        left = self.session.left
        if left.chat in known and not self.desk.safe_mode:
            self.chat.open(left.chat, left.spot or "")
        else:
            self.chat.new_chat()

    def _show_settings_problems(self) -> None:
        if self.desk.settings.problems:
            self.notices.post("settings", tr("chat.settings_repaired"), "warn")

    async def _use_demo(self) -> None:
        self.desk.endpoints.use_for_session(DEMO_ID)
        await self.desk.demo.start()
        self._settle()
        self.chat.new_chat()

    async def _demo_chosen(self) -> None:
        await self._use_demo()
        self._can_chat()

    def _welcomed(self, endpoint_id: str) -> None:
        self.tasks.start("welcomed", self._after_welcome(endpoint_id))

    async def _after_welcome(self, endpoint_id: str) -> None:
        await self.desk.settings.change(welcomed=True, default_endpoint=endpoint_id)
        self._settle()
        self.chat.new_chat()
        self._can_chat()

    async def shut_down(self) -> None:
        """Save drafts and places, then end the window's tasks. Answers are ended by their own service."""
        await self.session.close()
        self.hide()
        self.navigation.flush()
        await self.tasks.finish(_WRITING, seconds=_FINISHING)
        await self.chat.save_now()
        await self.tasks.close()

    def save_soon(self) -> None:
        """The session of the desktop is about to end: do not wait for a pause."""
        self.page.composer.flush()
        self.session.touch()

    def _place(self) -> Place:
        geometry = bytes(self.saveGeometry().data())
        return Place(geometry, self.chat.conversation_id, self.page.transcript.places.spot())

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # the program ends in order: answers saved, server stopped, database closed
        self.closed.emit()

    def come_forward(self) -> None:
        """A second start wants this window."""
        self.setWindowState(self.windowState() & ~self.windowState().WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # Links

    def open_link(self, address: str) -> None:
        """Put an address's words into the composer of a new chat; nothing is sent. Unknown addresses do nothing."""
        self._link = parse_link(address) or self._link
        if self._chatting:
            self._take_link()

    def _can_chat(self) -> None:
        self._chatting = True
        self._take_link()

    def _take_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            known = any(model.id == link.model for model in self.desk.models.list())
            setup = Setup(model=link.model if known else "", thinking=ThinkingChoice.ON)  # as every new chat
            self._compose_template(setup, link.text)

    # News and errors

    async def _listen(self) -> None:
        async with aclosing(self.desk.news.changes()) as news:
            async for changes in news:
                self._refresh(changes)
                await asyncio.sleep(0)

    def _refresh(self, changes: Changes) -> None:
        if changes.settings:
            self._apply_settings(self.desk.settings.value)
        if changes.keeping:
            self._tell_keeping()
        self.list.refresh(changes)
        self.chat.refresh(changes)
        self.navigation.refresh(changes)
        if changes.spending:
            self._warn_of_budget()

    def _warn_of_budget(self) -> None:
        budget = self.desk.spending.take_warning()
        if budget is None or budget.limit is None:
            return
        words = {"spent": yuan(budget.spent), "limit": yuan(budget.limit), "share": f"{budget.share:.0%}"}
        show = self.navigation.show_usage
        self.notices.post("budget", tr("usage.warn", **words), "warn", action_text_id="usage.open", callback=show)

    def _tell_keeping(self) -> None:
        trouble = self.desk.chat.keeping.trouble
        if trouble is None:
            self.notices.remove("keeping")
        else:
            self.notices.post("keeping", f"{error_texts(trouble)[0]}{tr('rescue.unsaved')}", "error")

    def _apply_settings(self, settings: Settings) -> None:
        old, self._settings = self._settings, settings
        if (old.theme, old.zoom) != (settings.theme, settings.zoom):
            self.theme.apply(settings.theme, settings.zoom)
            self._fold()
        if old.language is not settings.language:
            switch_language(cast(QApplication, QApplication.instance()), settings.language)
        if self._sidebar_wanted != settings.sidebar_visible:
            self._sidebar_wanted = settings.sidebar_visible
            self._fold()
        self.actions_.apply(settings.shortcuts)

    def report(self, error: BaseException) -> None:
        """An error that nobody handled: a sentence for the user's kind, the log and one notice for a bug."""
        if not isinstance(error, UserError):
            log.error("unhandled error", exc_info=error)
        self.show_error(error)

    def show_error(self, error: BaseException) -> None:
        """A notice for an error that is in the log already."""
        if not isinstance(error, UserError):
            self.notices.post("bug", tr("chat.bug"), "error")
            return
        callback = self._way_out(error.info.action)
        self.notices.post(
            _NO_ROOM if error.info.action is Action.TRIM else f"error:{error.info.kind}",
            " ".join(error_texts(error.info)),
            "error",
            action_text_id=f"action.{error.info.action}" if callback else "",
            callback=callback,
        )

    def _way_out(self, action: Action | None) -> Callable[[], object] | None:
        """What the button of an error does; None: it has none."""
        if action is Action.SWITCH_MODEL and not self.navigation.welcoming:
            return self.page.header.model.button.click
        if action is Action.TRIM:
            return self.chat.ruler.open
        if action is None or not action.value.startswith("open_"):
            return None
        section = "network" if action is Action.OPEN_NETWORK else "endpoints"
        return lambda: self.navigation.show_settings(section)

    def _room_for_notices(self) -> QRect | None:
        return self.page.reading_room if self.stack.currentWidget() is self.page else None

    def _tell(self, text: str) -> None:
        self.notices.post("told", text)

    def _tell_turn(self, text: str, callback: Callable[[], object] | None, button_id: str) -> None:
        self.notices.post("turn", text, action_text_id=button_id, callback=callback)

    # Going places

    def open_conversation(self, conversation_id: str, message_id: str = "") -> None:
        self.navigation.show_chat()
        words = self.sidebar.field.cleaned
        self.chat.open(conversation_id, Searched(message_id, words) if message_id and words else message_id)

    def new_chat(self) -> None:
        if self.navigation.first_run:
            self.tasks.start("return", self._return())
            return
        self.navigation.show_chat()
        self.chat.new_chat()

    def _shown(self, conversation_id: str) -> None:
        self.sidebar.set_current(conversation_id)
        self.session.begin()
        self.session.touch()

    def _start_template(self, setup: Setup, prompt: str) -> None:
        if setup.schema:
            self.navigation.show_structured(setup, prompt, run=True)
            return
        self._compose_template(setup, "")
        self.tasks.start("chat:send", self.chat.send(prompt))

    def _compose_template(self, setup: Setup, prompt: str) -> None:
        if setup.schema:
            self.navigation.show_structured(setup, prompt)
            return
        self.navigation.show_chat()
        self.chat.new_chat(setup, prompt)

    # Sidebar

    def toggle_sidebar(self) -> None:
        self._sidebar_wanted = not self.sidebar.isVisible()
        self._fold(asked=True)
        self.tasks.start("sidebar", self.desk.settings.change(sidebar_visible=self._sidebar_wanted))

    def _uncover(self) -> None:
        """A page was opened from a sidebar that stands alone: it makes room."""
        if self.stack.isHidden():
            self._fold()

    def _fold(self, *, asked: bool = False) -> None:
        room = asked or self.width() >= self.theme.px(_NARROW)
        nothing = self.navigation.first_run and not self.list.conversations  # that could be opened from it
        shown = self._sidebar_wanted and room and not nothing
        alone = shown and self.width() < self.theme.px(SIDEBAR_WIDTH + _LEAST_CHAT)
        self.sidebar.setVisible(shown)
        self.sidebar.set_alone(alone)
        self.stack.setVisible(not alone)
        self.page.header.set_sidebar_shown(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.session.touch()
        crossed = (event.oldSize().width() >= self.theme.px(_NARROW)) != (self.width() >= self.theme.px(_NARROW))
        if crossed:
            self._fold()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.session.touch()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self.session.touch()
