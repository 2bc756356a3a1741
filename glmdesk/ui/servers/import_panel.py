"""Servers from the configuration of another program, pasted or from a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from glmdesk.domain.errors import UserError
from glmdesk.services.servers import ServerService
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.scenarios.inputs import CapNote, LongEdit
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.file_dialog import ask_for_file
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel

_LARGEST_FILE = 1_000_000  # bytes
_MOST_PROBLEMS = 8


class ImportPanel(QWidget):
    """`closed` after the import or leaving."""

    closed = Signal()

    def __init__(self, *, theme: ThemeManager, servers: ServerService, tasks: TaskOwner) -> None:
        super().__init__()
        self._servers = servers
        self._tasks = tasks
        self.hint = PlainLabel(theme=theme, role="muted")
        self.field = LongEdit(theme=theme, height=180, code=True)
        self.found = PlainLabel(theme=theme, role="good")
        self.problems = PlainLabel(theme=theme, role="error")
        self.take_button = Button("servers.import.take", kind="primary")
        self.file_button = Button("servers.import.file")
        self.cancel_button = Button("servers.import.cancel")
        self.session_button = Button("servers.form.session")
        self._lay_out(theme)
        self.field.textChanged.connect(self._read)
        self.take_button.clicked.connect(lambda: self._take(session_only=False))
        self.session_button.clicked.connect(lambda: self._take(session_only=True))
        self.file_button.clicked.connect(self._choose_file)
        self.cancel_button.clicked.connect(self.closed)
        self.retranslate()

    def _lay_out(self, theme: ThemeManager) -> None:
        buttons = FlowLayout(gap=theme.px(8))
        for button in (self.take_button, self.file_button, self.cancel_button, self.session_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for label in (self.hint, self.found, self.problems):
            label.setWordWrap(True)
        for widget in (self.hint, self.field, CapNote(self.field, theme=theme), self.found, self.problems):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.session_button.hide()

    def _read(self) -> None:
        """Say what is in the text, and which line is wrong."""
        text = self.field.text
        read = self._servers.read_text(text)
        names = ", ".join(config.name for config in read.configs)
        self.found.setText(tr("servers.import.found", names=names))
        self.found.setVisible(bool(read.configs))
        lines = [
            tr("servers.import.line", line=p.line, reason=tr(f"servers.import.{p.reason}", found=p.found))
            for p in read.problems[:_MOST_PROBLEMS]
        ]
        self.problems.setText("\n".join(lines))
        self.problems.setVisible(bool(text.strip()) and bool(lines))
        self.take_button.setEnabled(bool(read.configs))

    def _take(self, *, session_only: bool) -> None:
        self._tasks.start("servers:import", self._guarded(session_only=session_only))

    async def _guarded(self, *, session_only: bool) -> None:
        try:
            await self._servers.import_all(self._servers.read_text(self.field.text).configs, session_only=session_only)
        except UserError as error:
            self.problems.setText(" ".join(error_texts(error.info)))
            self.problems.show()
            self.session_button.setVisible(error.info.kind in ("keyring_absent", "keyring_plaintext"))
            return
        self.field.clear()
        self.closed.emit()

    def _choose_file(self) -> None:
        ask_for_file(self, tr("servers.import.file"), self.read_file, kinds=["JSON (*.json *.jsonc)", "* (*)"])

    def read_file(self, path: Path) -> None:
        """Show what is in a file."""
        try:
            with path.open("rb") as file:
                text = file.read(_LARGEST_FILE).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            self.problems.setText(tr("servers.import.unreadable"))
            self.problems.show()
            return
        self.field.replace_text(text)

    def retranslate(self) -> None:
        self.hint.setText(tr("servers.import.hint"))
        self.field.setAccessibleName(tr("servers.import.text"))
        self.field.setPlaceholderText('{\n  "mcpServers": {\n    …\n  }\n}')
        self._read()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
