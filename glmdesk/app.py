"""Event loop and window on top of compose.py."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from glmdesk.compose import Composition, compose
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


def run(*, demo: bool = False, smoke: str | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    `smoke` asks one demo question in a throw-away profile, saves a picture there and ends (0, or 1 with a reason).
    """
    qInstallMessageHandler(lambda kind, context, text: log.log(_QT_LEVELS[kind], "qt: %s", text))
    app = _application()
    with open_trace() as trace, tempfile.TemporaryDirectory() as spare, qasync.QEventLoop(app) as loop:
        asyncio.set_event_loop(loop)
        profile = find_profile(spare if smoke and not _profile_given() else None)
        coroutine = _run(app, profile, _Start(demo or bool(smoke), smoke, trace))
        return cast(int, loop.run_until_complete(coroutine))  # pyright: ignore[reportUnknownMemberType]


def _profile_given() -> bool:
    return bool(os.environ.get("GLMDESK_HOME"))


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
            result = await _in_profile(Profile(result), theme, start)
        return result
    finally:
        await generators.close()
        garbage.stop()


async def _in_profile(profile: Profile, theme: ThemeManager, start: _Start) -> int | Path:
    """The exit code, or the folder that the user wants instead of this one."""
    instance = SingleInstance(profile.root)
    if not instance.acquire():
        return 0
    try:
        return await _windows(profile, theme, instance, start)
    finally:
        instance.release()


async def _windows(profile: Profile, theme: ThemeManager, instance: SingleInstance, start: _Start) -> int | Path:
    """One window after the other: it closes for a planned rescue of its history and opens again."""
    news: list[str] = []
    while True:
        opened = await _open(profile, theme, start.trace, news)
        if isinstance(opened, Path | None):
            return opened or EXIT_NOT_OPENED
        try:
            code = await _with_window(opened, theme, instance, start, news)
        finally:
            await opened.close()
        planned = opened.desk.rescue.planned
        if planned is None:
            return code
        news = await _done(planned())


async def _open(
    profile: Profile, theme: ThemeManager, trace: Trace | None, news: list[str]
) -> Composition | Path | None:
    """The program on this profile; a folder, or nothing, when the user decides so because it cannot be opened."""
    rescue = Rescue(profile)
    while True:
        try:
            return await compose(profile, trace=trace)
        except UserError as error:
            decision = await ask_way_out(error.info, await rescue.backups(), theme=theme)
        match decision.way:
            case WayOut.QUIT:
                return None
            case WayOut.FOLDER:
                return decision.path
            case WayOut.MEMORY:
                return await compose(profile, in_memory=True, trace=trace)
            case WayOut.RETRY:
                continue
            case WayOut.REPAIR:
                news += await _done(rescue.repair())
            case WayOut.RESTORE if decision.path is not None:
                news += await _done(rescue.restore(decision.path))
            case _:
                news += await _done(rescue.start_empty())


async def _done(work: Awaitable[Outcome]) -> list[str]:
    """What a rescue has to tell; when it fails, the reason: the next try to open the history shows the ways out."""
    try:
        outcome = await work
    except UserError as error:
        return [" ".join(error_texts(error.info))]
    return [tr(outcome.text_id, **outcome.args)]


async def _with_window(
    program: Composition, theme: ThemeManager, instance: SingleInstance, start: _Start, news: list[str]
) -> int:
    window = MainWindow(program.desk, theme=theme)
    instance.raise_wanted.connect(window.come_forward)
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    for name in ("SIGTERM", "SIGINT"):
        with suppress(NotImplementedError):  # Windows: the console handler does it
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), closed.set)
    if start.trace is not None:
        window.trace(start.trace)
    window.show()
    try:
        window.tell_history(news)
        await window.start(demo=start.demo)
        if start.trace is not None:
            start.trace.event("ready")
        if start.smoke:
            return await _smoke(window, Path(start.smoke))
        await closed.wait()
        return 0
    finally:
        await window.shut_down()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


async def _smoke(window: MainWindow, picture: Path) -> int:
    try:
        await smoke_run(window, picture)
    except SmokeFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0
