"""A sentence instead of a window, when the profile cannot be opened."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from glmdesk.domain.errors import ErrorInfo
from glmdesk.ui.i18n import error_texts
from glmdesk.ui.theme.theme import ThemeManager


async def show_fatal(info: ErrorInfo, *, theme: ThemeManager) -> None:
    """Show what happened and what to do; returns when the user has read it. Nothing is touched."""
    what, fix = error_texts(info)
    box = QMessageBox()
    box.setWindowTitle("GLM Desk")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(what)
    box.setInformativeText(fix)
    box.setFont(theme.ui_font())
    done = asyncio.Event()
    box.finished.connect(done.set)
    box.open()  # exec() would nest an event loop inside a coroutine
    await done.wait()
