"""A small window instead of the large one, when the history cannot be opened: what happened, and the ways out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.errors import ErrorInfo
from glmdesk.services.rescue import Backup
from glmdesk.ui.i18n import data_size, error_texts, locale, tr
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.file_dialog import ask_for_folder
from glmdesk.ui.widgets.label import PlainLabel

_WIDTH = 560


class WayOut(StrEnum):
    """What a user can do about a history that cannot be opened; there is always one that deletes nothing."""

    REPAIR = "repair"
    RESTORE = "restore"
    EMPTY = "empty"  # the old file is kept
    FOLDER = "folder"
    RETRY = "retry"
    MEMORY = "memory"  # this session only, nothing is saved
    QUIT = "quit"


# The first one is the one that most users want.
_WAYS = {
    "store_damaged": (WayOut.REPAIR, WayOut.RESTORE, WayOut.EMPTY),
    "store_emptied": (WayOut.RESTORE, WayOut.EMPTY),
    "store_newer": (WayOut.FOLDER,),
    "store_locked": (WayOut.RETRY, WayOut.MEMORY),
    "store_readonly": (WayOut.RETRY, WayOut.FOLDER, WayOut.MEMORY),
    "store_full": (WayOut.RETRY, WayOut.FOLDER, WayOut.MEMORY),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The way that was chosen; `path` is the backup, or the folder."""

    way: WayOut
    path: Path | None = None


def backup_text(item: Backup) -> str:
    """Day, time and size of a backup, in the user's way of writing them."""
    made = QDateTime.fromSecsSinceEpoch(round(item.made.timestamp()))
    return f"{locale().toString(made, locale().FormatType.ShortFormat)} · {data_size(item.size)}"


class RescueWindow(QWidget):
    """Shows one error of the store and gives the user's decision once."""

    decided = Signal(object)

    def __init__(self, info: ErrorInfo, backups: Sequence[Backup], *, theme: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("GLM Desk")
        self._theme = theme
        self.backups = Combo(theme=theme)
        for item in backups:
            self.backups.addItem(backup_text(item), item.path)
        self.backups.setAccessibleName(tr("rescue.backups"))
        ways = _WAYS.get(info.kind, (WayOut.RETRY,))
        offered = [way for way in ways if way is not WayOut.RESTORE or backups]
        self.buttons = {way: self._button(way, first=way is offered[0]) for way in (*offered, WayOut.QUIT)}
        self._lay_out(info, restores=WayOut.RESTORE in offered)
        self.buttons[offered[0]].setFocus()

    def _button(self, way: WayOut, *, first: bool) -> Button:
        button = Button(f"rescue.{way.value}", kind="primary" if first else "plain")
        button.clicked.connect(lambda: self._choose(way))
        return button

    def _lay_out(self, info: ErrorInfo, *, restores: bool) -> None:
        edge = self._theme.px(28)
        column = QVBoxLayout(self)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(self._theme.px(12))
        what, fix = error_texts(info)
        for text, role in ((tr("rescue.title"), "page_title"), (what, "text"), (fix, "muted")):
            label = PlainLabel(text, theme=self._theme, role=role)  # type: ignore[arg-type]
            label.setWordWrap(True)
            label.setMinimumWidth(self._theme.px(_WIDTH) - 2 * edge)
            column.addWidget(label)
        if restores:
            row = QHBoxLayout()
            row.addWidget(self.backups, 1)
            row.addWidget(self.buttons[WayOut.RESTORE])
            column.addLayout(row)
        else:
            self.backups.setParent(self)
            self.backups.hide()
        column.addSpacing(self._theme.px(8))
        row = QHBoxLayout()
        row.addWidget(self.buttons[WayOut.QUIT])
        row.addStretch(1)
        for way, button in reversed(self.buttons.items()):
            if way not in (WayOut.QUIT, WayOut.RESTORE):
                row.addWidget(button)
        column.addLayout(row)

    def _choose(self, way: WayOut) -> None:
        if way is WayOut.FOLDER:
            self._ask_for_folder()
            return
        self.decided.emit(Decision(way, self.backups.currentData() if way is WayOut.RESTORE else None))

    def _ask_for_folder(self) -> None:
        ask_for_folder(self, tr("rescue.folder"), self._take_folder)

    def _take_folder(self, folder: Path) -> None:
        self.decided.emit(Decision(WayOut.FOLDER, folder))

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.decided.emit(Decision(WayOut.QUIT))


async def ask_way_out(info: ErrorInfo, backups: Sequence[Backup], *, theme: ThemeManager) -> Decision:
    """Show the window and wait for the user. Nothing is touched meanwhile."""
    window = RescueWindow(info, backups, theme=theme)
    answer: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()

    def decided(decision: Decision) -> None:
        if not answer.done():
            answer.set_result(decision)

    window.decided.connect(decided)
    window.show()
    try:
        return await answer
    finally:
        window.hide()
        window.deleteLater()
