"""Data: where it is, a copy of it, a check, an export."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout

from glmdesk.domain.errors import UserError
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel


class DataSection(Section):
    """Everything lies in one folder of this computer."""

    title_id = "settings.section.data"
    export_requested = Signal()

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.add_text("settings.data.where")
        self.folder = PlainLabel(str(desk.data_dir), theme=theme)
        self.folder.setWordWrap(True)
        self.column.addWidget(self.folder)
        self.open_button = Button("settings.data.open")
        self.backup_button = Button("settings.data.back_up")
        self.check_button = Button("settings.data.check")
        self.export_button = Button("settings.data.export")
        buttons = QHBoxLayout()
        for button in (self.open_button, self.backup_button, self.check_button, self.export_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.column.addLayout(buttons)
        self.message = PlainLabel(theme=theme, role="muted")
        self.message.setWordWrap(True)
        self.column.addWidget(self.message)
        self.add_text("settings.data.bin")
        self.open_button.clicked.connect(self._open)
        self.backup_button.clicked.connect(lambda: self._run(self._back_up()))
        self.check_button.clicked.connect(lambda: self._run(self._check()))
        self.export_button.clicked.connect(self.export_requested)
        self.finish()

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.desk.data_dir)))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.start("settings:data", self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        self.message.setText(tr("settings.data.working"))
        try:
            await work
        except UserError as error:
            self.message.setText(" ".join(error_texts(error.info)))

    async def _back_up(self) -> None:
        path = await self.desk.safekeeping.back_up()
        self.message.setText(tr("settings.data.backed_up", path=str(path)))

    async def _check(self) -> None:
        damaged = await self.desk.safekeeping.check()
        key = "settings.data.damaged" if damaged else "settings.data.sound"
        self.message.setText(tr(key, count=len(damaged)))
