"""The settings: a list of pages on the left (a field above them where it is narrow), the page on the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.column import ColumnPage
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.settings.data import DataSection
from glmdesk.ui.settings.registry import SECTIONS
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.icons import icon
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel

_NARROW = 760
_LIST = 190


class SettingsPage(QWidget):
    """Pages are built when they are first shown and kept: a check of a key may still run on one that was left."""

    closed = Signal()
    export_requested = Signal()

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._desk = desk
        self._tasks = tasks
        self._pages: dict[int, ColumnPage] = {}
        self._sections: dict[int, Section] = {}
        self.stack = QStackedWidget()
        self.section: Section | None = None
        self.title = PlainLabel(role="title", theme=theme)
        self.close_button = IconButton("x", "settings.close", theme=theme)
        self.names = QListWidget()
        self.narrow_names = Combo(theme=theme)
        self._lay_out()
        self.names.currentRowChanged.connect(self._show)
        self.narrow_names.activated.connect(self.names.setCurrentRow)
        self.close_button.clicked.connect(self.closed)
        theme.changed.connect(self._restyle)
        self.retranslate()
        self._restyle()

    def _lay_out(self) -> None:
        px = self._theme.px
        head = QHBoxLayout()
        head.setContentsMargins(px(24), px(10), px(16), px(10))
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.close_button)
        for _ in SECTIONS:
            self.names.addItem(QListWidgetItem())
            self.narrow_names.addItem("")
        self._body = QHBoxLayout()
        self._body.setContentsMargins(px(16), 0, 0, 0)
        self._body.addWidget(self.names)
        self._body.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        self._narrow_row = QHBoxLayout()
        self._narrow_row.addWidget(self.narrow_names)
        column.addLayout(self._narrow_row)
        column.addLayout(self._body, 1)

    def show_section(self, section_id: str) -> None:
        """Open a page by its id."""
        ids = [id_ for id_, _, _ in SECTIONS]
        self.names.setCurrentRow(ids.index(section_id))

    def _show(self, row: int) -> None:
        if row not in self._pages:
            self._build(row)
        self.section = self._sections[row]
        self.section.show_values()  # it heard nothing while another page was shown
        self.stack.setCurrentWidget(self._pages[row])
        self.narrow_names.setCurrentIndex(row)

    def _build(self, row: int) -> None:
        _, _, kind = SECTIONS[row]
        section = kind(theme=self._theme, desk=self._desk, tasks=self._tasks)
        if isinstance(section, DataSection):
            section.export_requested.connect(self.export_requested)
        page = ColumnPage(theme=self._theme, width=640)
        page.column.addWidget(section)
        self._sections[row], self._pages[row] = section, page
        self.stack.addWidget(page)

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if self.section is not None:
            self.section.refresh(changes)

    def _restyle(self) -> None:
        px, tokens = self._theme.px, self._theme.tokens
        self.names.setFixedWidth(px(_LIST))
        self._narrow_row.setContentsMargins(px(16), 0, px(16), 0)
        self.names.setIconSize(QSize(px(18), px(18)))
        self.names.setStyleSheet(
            f"QListWidget::item {{ height: {px(34)}px; padding-left: {px(8)}px; border-radius: {px(8)}px;"
            f" color: {tokens.text}; }}"
            f"QListWidget::item:selected {{ background: {tokens.accent_ground}; color: {tokens.accent}; }}"
        )
        for place, (_, icon_name, _) in enumerate(SECTIONS):
            self.names.item(place).setIcon(icon(icon_name, tokens.muted, px(18)))
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() < self._theme.px(_NARROW)
        self.names.setVisible(not narrow)
        self.narrow_names.setVisible(narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def retranslate(self) -> None:
        self.title.setText(tr("settings.title"))
        self.setAccessibleName(tr("settings.title"))
        self.names.setAccessibleName(tr("settings.pages"))
        self.narrow_names.setAccessibleName(tr("settings.pages"))
        for place, (id_, _, _) in enumerate(SECTIONS):
            text = tr(f"settings.section.{id_}")
            self.names.item(place).setText(text)
            self.names.item(place).setData(Qt.ItemDataRole.AccessibleTextRole, text)
            self.narrow_names.setItemText(place, text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
