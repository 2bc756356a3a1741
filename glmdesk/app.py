"""Event loop and window on top of compose.py."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from glmdesk.compose import Composition, compose
from glmdesk.crash import REPORT, Aftermath, CrashWatch, Watchdog
from glmdesk.domain.errors import UserError
from glmdesk.domain.ports import Trace
from glmdesk.domain.resources import resource
from glmdesk.logs import start_logging
from glmdesk.services.rescue import Outcome, Rescue
from glmdesk.store.files import Profile, find_profile
from glmdesk.store.preferences import Preferences
from glmdesk.trace import open_trace
from glmdesk.ui.garbage import GuiGarbage
from glmdesk.ui.generators import GeneratorKeeper
from glmdesk.ui.i18n import error_texts, switch_language, tr
from glmdesk.ui.links import LinkEvents
from glmdesk.ui.main_window import MainWindow
from glmdesk.ui.rescue import WayOut, ask_way_out
from glmdesk.ui.single_instance import SingleInstance
from glmdesk.ui.smoke import SmokeFailed, smoke_run
from glmdesk.ui.theme.theme import ThemeManager

log = logging.getLogger("glmdesk")
EXIT_NOT_OPENED = 1
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class _Start:
    """How the program was asked to start."""

    demo: bool
    smoke: str | None
    trace: Trace | None
    link: str = ""
    links: LinkEvents = field(default_factory=LinkEvents)


def run(*, demo: bool = False, smoke: str | None = None, link: str = "") -> int:
    """Open the window and stay until it is closed; returns the exit code. `link` is an address of domain/link.py.

    `smoke` asks one demo question in a throw-away profile, saves a picture there and ends (0, or 1 with a reason).
    """
    qInstallMessageHandler(lambda kind, context, text: log.log(_QT_LEVELS[kind], "qt: %s", text))
    app = _application()
    with open_trace() as trace, _profile(smoke=bool(smoke)) as profile, qasync.QEventLoop(app) as loop:
        asyncio.set_event_loop(loop)
        start = _Start(demo or bool(smoke), smoke, trace, link)
        if sys.platform == "darwin":  # elsewhere links come as arguments; a filter in Python costs at every event
            app.installEventFilter(start.links)
        coroutine = _run(app, profile, start)
        return cast(int, loop.run_until_complete(coroutine))  # pyright: ignore[reportUnknownMemberType]


@contextmanager
def _profile(*, smoke: bool) -> Generator[Profile]:
    """The user's, or a throw-away one for a smoke run that is given none."""
    if not smoke or os.environ.get("GLMDESK_HOME"):
        yield find_profile()
        return
    with tempfile.TemporaryDirectory() as spare:
        yield find_profile(spare)


def _application() -> QApplication:
    QGuiApplication.setDesktopFileName("glmdesk")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("GLM Desk")
    app.setOrganizationName("GLM Desk")
    app.setQuitOnLastWindowClosed(False)
    app.setWindowIcon(QIcon(str(resource("icons", "glmdesk.svg"))))
    return app


async def _run(app: QApplication, profile: Profile, start: _Start) -> int:
    start_logging(profile.logs)
    settings = Preferences(profile.settings).load()
    switch_language(app, settings.language)
    theme = ThemeManager(app)
    theme.apply(settings.theme, settings.zoom)
    generators = GeneratorKeeper(asyncio.get_running_loop())
    garbage = GuiGarbage()
    try:
        result: int | Path = profile.root
        while isinstance(result, Path):
            result = await _Program(Profile(result), theme, start).run()
        return result
    finally:
        await generators.close()
        garbage.stop()


class _QuitWatch(QObject):
    """While no window is open: the wish to quit, at which Qt would end the event loop in the middle of work."""

    def __init__(self, asked: Callable[[], None]) -> None:
        super().__init__()
        self._asked = asked
        self._app = cast(QApplication, QApplication.instance())

    def __enter__(self) -> None:
        self._app.installEventFilter(self)

    def __exit__(self, *_: object) -> None:
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.Quit:
            return False
        self._asked()
        return True


class _Program:
    """The program on one profile: one window after the other, because a rescue closes it and opens it again."""

    def __init__(self, profile: Profile, theme: ThemeManager, start: _Start) -> None:
        self._profile = profile
        self._theme = theme
        self._start = start
        self._instance = SingleInstance(profile.root)
        self._crashes = CrashWatch(profile.logs)
        self._watchdog = Watchdog(profile.logs)
        self._aftermath: Aftermath | None = None
        self._news: list[str] = []  # about the history, for the next window
        self._leaving = False  # the system wants the program to end, also between two windows

    async def run(self) -> int | Path:
        """The exit code, or the folder that the user wants instead of this one."""
        if not self._instance.acquire(self._start.link):
            return 0
        self._aftermath = self._crashes.begin()
        self._watchdog.start(asyncio.get_running_loop())
        try:
            return await self._windows()
        except Exception as error:
            self._crashes.died(error)
            raise
        finally:
            self._crashes.end()
            self._watchdog.stop()
            self._instance.release()

    async def _windows(self) -> int | Path:
        while True:
            opened = await self._open()
            if isinstance(opened, Path | None):
                return opened or EXIT_NOT_OPENED
            try:
                code = await self._with_window(opened)
            finally:
                await opened.close()
            planned = opened.desk.rescue.planned
            if planned is None:
                return code
            with _QuitWatch(self._leave):
                await self._do(planned())
            if self._leaving:
                return code

    def _leave(self, closed: asyncio.Event | None = None) -> None:
        """A signal: the window closes, and none is opened again."""
        self._leaving = True
        if closed is not None:
            closed.set()

    async def _open(self) -> Composition | Path | None:
        """The program's parts; a folder, or nothing, when the user decides so because the history cannot be opened."""
        rescue = Rescue(self._profile)
        while True:
            try:
                return await self._compose(in_memory=False)
            except UserError as error:
                decision = await ask_way_out(error.info, await rescue.backups(), theme=self._theme)
            match decision.way:
                case WayOut.QUIT:
                    return None
                case WayOut.FOLDER:
                    return decision.path
                case WayOut.MEMORY:
                    return await self._compose(in_memory=True)
                case WayOut.RETRY:
                    continue
                case WayOut.REPAIR:
                    await self._do(rescue.repair())
                case WayOut.RESTORE if decision.path is not None:
                    await self._do(rescue.restore(decision.path))
                case _:
                    await self._do(rescue.start_empty())

    async def _compose(self, *, in_memory: bool) -> Composition:
        safe_mode = self._aftermath is not None and self._aftermath.safe_mode
        return await compose(
            self._profile,
            in_memory=in_memory,
            safe_mode=safe_mode,
            trace=self._start.trace,
            on_error=self._crashes.report,
        )

    async def _do(self, work: Awaitable[Outcome]) -> None:
        """Keep what a rescue has to tell. When it fails, the next try to open the history shows the ways out again."""
        try:
            outcome = await work
        except UserError as error:
            self._news.append(" ".join(error_texts(error.info)))
        else:
            self._news.append(tr(outcome.text_id, **outcome.args))

    async def _with_window(self, program: Composition) -> int:
        window = MainWindow(program.desk, theme=self._theme)
        loop = asyncio.get_running_loop()
        self._instance.raise_wanted.connect(window.come_forward)
        self._instance.link_wanted.connect(window.open_link)
        self._instance.listen()
        self._start.links.arrived.connect(window.open_link)
        window.open_link(self._start.link)
        self._crashes.watch(loop, window.show_error)
        closed = asyncio.Event()
        window.closed.connect(closed.set)
        cast(QApplication, QApplication.instance()).commitDataRequest.connect(window.save_soon)
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            with suppress(NotImplementedError, AttributeError):  # Windows: the console handler does it
                loop.add_signal_handler(getattr(signal, name), self._leave, closed)
        if self._start.trace is not None:
            window.trace(self._start.trace)
        window.show()
        try:
            self._tell(window)
            await window.start(demo=self._start.demo)
            if self._start.trace is not None:
                self._start.trace.event("ready")
            program.tasks.start("warm_up", program.network.warm_up())
            if self._start.smoke:
                return await _smoke(window, Path(self._start.smoke))
            await closed.wait()
            return 0
        finally:
            self._instance.deafen()
            self._crashes.watch(loop, lambda error: None)
            await window.shut_down()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)

    def _tell(self, window: MainWindow) -> None:
        window.tell_history(self._news)
        self._news = []
        if self._aftermath is not None and self._aftermath.trace:
            window.tell_crash(self._aftermath.report(), self._profile.logs / REPORT)
            self._aftermath.trace = ""  # once is enough, also when a rescue opens the window again


async def _smoke(window: MainWindow, picture: Path) -> int:
    try:
        await smoke_run(window, picture)
    except SmokeFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0
