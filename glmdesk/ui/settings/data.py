"""Data: where it is, copies of it, a check, an export."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from glmdesk.domain.errors import UserError
from glmdesk.services.desk import Desk
from glmdesk.services.rescue import Outcome
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import data_size, error_texts, tr
from glmdesk.ui.rescue import backup_text
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel

_ROOMS = (0, 20, 100, 500)  # megabytes of requests and replies


class DataSection(Section):
    """Everything lies in one folder of this computer; copies of it, and what to do when it is damaged."""

    title_id = "settings.section.data"
    export_requested = Signal()

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.add_text("settings.data.where")
        self.folder = PlainLabel(str(desk.data_dir), theme=theme)
        self.folder.setWordWrap(True)
        self.column.addWidget(self.folder)
        self.open_button = Button("settings.data.open")
        self.export_button = Button("settings.data.export")
        self._add_buttons(self.open_button, self.export_button)
        self.backup_button = Button("settings.data.back_up")
        self.check_button = Button("settings.data.check")
        self._add_buttons(self.backup_button, self.check_button)
        self.message = PlainLabel(theme=theme, role="muted")
        self.message.setWordWrap(True)
        self.column.addWidget(self.message)
        self.repair_button = Button("settings.data.repair")
        self.repair_button.hide()
        self._add_buttons(self.repair_button)
        self.add_text("settings.data.restore_title", role="title")
        self.add_text("settings.data.restore_hint")
        self.backups = Combo(theme=theme)
        self.keep_width(self.backups, 280)
        self.restore_button = Button("settings.data.restore")
        self.restore_button.setEnabled(False)
        self._add_buttons(self.backups, self.restore_button)
        self.add_text("inspector.keep.title", role="title")
        self.kept = PlainLabel(theme=theme, role="muted")
        self.kept.setWordWrap(True)
        self.column.addWidget(self.kept)
        self.keep = Combo(theme=theme)
        self.keep_width(self.keep, 220)
        self._add_buttons(self.keep)
        self.add_text("settings.data.bin")
        self.open_button.clicked.connect(self._open)
        self.backup_button.clicked.connect(lambda: self._run(self._back_up()))
        self.check_button.clicked.connect(lambda: self._run(self._check()))
        self.repair_button.clicked.connect(lambda: self._reopen(self.desk.rescue.repair))
        self.restore_button.clicked.connect(self._restore)
        self.export_button.clicked.connect(self.export_requested)
        self.keep.activated.connect(lambda: self._run_keep(self.keep.currentData()))
        self.finish()

    def _add_buttons(self, *widgets: QWidget) -> None:
        row = FlowLayout(gap=self.theme.px(8))
        for widget in widgets:
            row.addWidget(widget)
        self.column.addLayout(row)

    def show_values(self) -> None:
        self.tasks.start("settings:backups", self._list_backups())
        self.tasks.start("settings:kept", self._show_kept())

    def retranslate(self) -> None:
        super().retranslate()
        self.backups.setAccessibleName(tr("rescue.backups"))
        self.keep.setAccessibleName(tr("inspector.keep.title"))
        self.tasks.start("settings:kept", self._show_kept())

    async def _show_kept(self) -> None:
        """How much the inspector may keep, and how much it does."""
        self.keep.clear()
        room = self.settings.inspector_megabytes
        for size in sorted({*_ROOMS, room}):
            self.keep.addItem(tr("inspector.keep.some", size=size) if size else tr("inspector.keep.none"), size)
        self.keep.setCurrentIndex(self.keep.findData(room))
        taken = await self.desk.inspecting.size()
        self.kept.setText(tr("inspector.keep.hint", size=data_size(taken)))

    def _run_keep(self, megabytes: int) -> None:
        self.tasks.start("settings:keep", self._keep(megabytes))

    async def _keep(self, megabytes: int) -> None:
        await self.desk.inspecting.set_room(megabytes)
        await self._show_kept()

    async def _list_backups(self) -> None:
        found = await self.desk.rescue.backups()
        self.backups.clear()
        for item in found:
            self.backups.addItem(backup_text(item), item.path)
        if not found:
            self.backups.addItem(tr("settings.data.no_backups"))
        self.backups.setEnabled(bool(found))
        self.restore_button.setEnabled(bool(found))

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.desk.data_dir)))

    def _restore(self) -> None:
        copy = self.backups.currentData()
        self._reopen(lambda: self.desk.rescue.restore(copy))

    def _reopen(self, work: Callable[[], Awaitable[Outcome]]) -> None:
        """Close the window, do the work while nobody has the file open, open the window again."""
        self.desk.rescue.planned = work
        self.window().close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.start("settings:data", self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        self.message.setText(tr("settings.data.working"))
        self.repair_button.hide()
        try:
            await work
        except UserError as error:
            self.message.setText(" ".join(error_texts(error.info)))
            self.repair_button.setVisible(error.info.kind == "store_damaged")

    async def _back_up(self) -> None:
        path = await self.desk.safekeeping.back_up()
        self.message.setText(tr("settings.data.backed_up", path=str(path)) if path else tr("rescue.not_saved"))
        await self._list_backups()

    async def _check(self) -> None:
        damaged = await self.desk.safekeeping.check()
        key = "settings.data.damaged" if damaged else "settings.data.sound"
        self.message.setText(tr(key, count=len(damaged)))
