"""Event loop and window on top of compose.py."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import tempfile
from contextlib import suppress
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
from glmdesk.store.files import Profile, find_profile
from glmdesk.store.preferences import Preferences
from glmdesk.trace import open_trace
from glmdesk.ui.fatal import show_fatal
from glmdesk.ui.garbage import GuiGarbage
from glmdesk.ui.generators import GeneratorKeeper
from glmdesk.ui.i18n import switch_language
from glmdesk.ui.main_window import MainWindow
from glmdesk.ui.single_instance import SingleInstance
from glmdesk.ui.smoke import SmokeFailed, smoke_run
from glmdesk.ui.theme.theme import ThemeManager

log = logging.getLogger("glmdesk")
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def run(*, demo: bool = False, smoke: str | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    `smoke` asks one demo question in a throw-away profile, saves a picture there and ends (0, or 1 with a reason).
    """
    qInstallMessageHandler(lambda kind, context, text: log.log(_QT_LEVELS[kind], "qt: %s", text))
    app = _application()
    with open_trace() as trace, tempfile.TemporaryDirectory() as spare, qasync.QEventLoop(app) as loop:
        asyncio.set_event_loop(loop)
        profile = find_profile(spare if smoke and not _profile_given() else None)
        coroutine = _run(app, profile, trace=trace, demo=demo or bool(smoke), smoke=smoke)
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


async def _run(app: QApplication, profile: Profile, *, trace: Trace | None, demo: bool, smoke: str | None) -> int:
    start_logging(profile.logs)
    settings = Preferences(profile.settings).load()
    switch_language(app, settings.language)
    theme = ThemeManager(app)
    theme.apply(settings.theme, settings.zoom)
    instance = SingleInstance(profile.root)
    if not instance.acquire():
        return 0
    try:
        program = await compose(profile, trace=trace)
    except UserError as error:
        await show_fatal(error.info, theme=theme)
        instance.release()
        return 1
    generators = GeneratorKeeper(asyncio.get_running_loop())
    garbage = GuiGarbage()
    try:
        return await _with_window(program, theme, instance, trace=trace, demo=demo, smoke=smoke)
    finally:
        await program.close()
        await generators.close()
        garbage.stop()
        instance.release()


async def _with_window(
    program: Composition,
    theme: ThemeManager,
    instance: SingleInstance,
    *,
    trace: Trace | None,
    demo: bool,
    smoke: str | None,
) -> int:
    window = MainWindow(program.desk, theme=theme)
    instance.raise_wanted.connect(window.come_forward)
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    for name in ("SIGTERM", "SIGINT"):
        with suppress(NotImplementedError):  # Windows: the console handler does it
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), closed.set)
    if trace is not None:
        window.trace(trace)
    window.show()
    try:
        await window.start(demo=demo)
        if trace is not None:
            trace.event("ready")
        if smoke:
            return await _smoke(window, Path(smoke))
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
