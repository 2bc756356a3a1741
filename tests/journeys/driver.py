"""Drives the real window as a person would: finds what is on the screen, types, clicks, waits."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from pathlib import Path

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from glmdesk.compose import Composition, compose
from glmdesk.domain.message import Message
from glmdesk.domain.ports import SecretStore
from glmdesk.domain.settings import Language, Theme
from glmdesk.store.files import Profile
from glmdesk.ui.generators import GeneratorKeeper
from glmdesk.ui.i18n import switch_language
from glmdesk.ui.main_window import MainWindow
from glmdesk.ui.theme.theme import ThemeManager

LIMIT = 20.0  # seconds until something that must happen has happened


class Person:
    """Sits before one window."""

    def __init__(self, window: MainWindow, program: Composition) -> None:
        self.window = window
        self.program = program

    async def until(self, condition: Callable[[], object], what: str) -> None:
        try:
            async with asyncio.timeout(LIMIT):
                while not condition():
                    await asyncio.sleep(0.01)
        except TimeoutError as error:
            self.window.grab().save(str(self.program.profile.root / "journey-failed.png"))
            raise AssertionError(f"never happened: {what}") from error

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible(), f"not to be seen: {button.accessibleName()}"
        assert button.isEnabled(), f"greyed: {button.accessibleName()}"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def type(self, widget: QWidget, text: str) -> None:
        widget.setFocus()
        QTest.keyClicks(widget, text)

    def answer(self) -> Message:
        """The newest answer as the view has it."""
        view = self.window.page.transcript
        return view.stack.items[-1].row.message


def drive(
    folder: Path,
    body: Callable[[Person], Awaitable[None]],
    *,
    demo: bool = False,
    secrets: SecretStore | None = None,
    before: Callable[[MainWindow], None] = lambda window: None,
) -> None:
    """Open the window on a profile, let `body` use it, close it as the program does. `before` is before its start.

    `secrets` takes the place of the system's keyring.
    """
    instance = QApplication.instance()
    app = instance if isinstance(instance, QApplication) else QApplication([])

    async def main() -> None:
        generators = GeneratorKeeper(asyncio.get_running_loop())
        program = await compose(Profile(folder), secrets=secrets)
        theme = ThemeManager(app)
        theme.apply(Theme.LIGHT, 1.0)
        switch_language(app, Language.ZH_CN)
        window = MainWindow(program.desk, theme=theme)
        window.show()
        try:
            before(window)
            await window.start(demo=demo)
            await body(Person(window, program))
        finally:
            await window.shut_down()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
            await program.close()
            await generators.close()

    with qasync.QEventLoop(app) as loop:
        loop.run_until_complete(main())
    del loop
    gc.collect()  # here: its timers crash when they are collected in another window's background thread
