"""MCP servers: the list with what each is doing, adding, importing."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.domain.servers import ServerConfig
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.servers.card import ServerCard
from glmdesk.ui.servers.form import ServerForm
from glmdesk.ui.servers.import_panel import ImportPanel
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.flow import FlowLayout

_LOG_MS = 500


class ServersSection(Section):
    """Cards follow the list; an open panel stays open while its server stays the same."""

    title_id = "settings.section.servers"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.add_text("servers.hint")
        self.none = self.add_text("servers.none")
        self.cards: list[ServerCard] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.px(12))
        self.column.addLayout(self._rows)
        self.add_button, self.import_button = Button("servers.add"), Button("servers.import.title")
        buttons = FlowLayout(gap=theme.px(8))
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.import_button)
        self.column.addLayout(buttons)
        self.panel: QWidget | None = None
        self.add_button.clicked.connect(lambda: self._open(self._new_form()))
        self.import_button.clicked.connect(lambda: self._open(self._new_import()))
        self._timer = QTimer(self)  # a log grows without news
        self._timer.setInterval(_LOG_MS)
        self._timer.timeout.connect(self._follow_logs)
        self._timer.start()
        self.finish()

    def _new_form(self) -> ServerForm:
        form = ServerForm(ServerConfig("", ""), theme=self.theme, servers=self.desk.servers, tasks=self.tasks)
        form.closed.connect(self.close_panel)
        return form

    def _new_import(self) -> ImportPanel:
        panel = ImportPanel(theme=self.theme, servers=self.desk.servers, tasks=self.tasks)
        panel.closed.connect(self.close_panel)
        return panel

    def _open(self, panel: ServerForm | ImportPanel) -> None:
        self.close_panel()
        self.panel = panel
        self.column.insertWidget(self.column.count() - 1, panel)  # before the stretch
        panel.show()
        (panel.name if isinstance(panel, ServerForm) else panel.field).setFocus(Qt.FocusReason.OtherFocusReason)

    def close_panel(self) -> None:
        """Close the form or the import below the list."""
        if self.panel is not None:
            self.column.removeWidget(self.panel)
            self.panel.hide()
            self.panel.deleteLater()
            self.panel = None

    def show_values(self) -> None:
        self._match_cards()
        for card in self.cards:
            card.show_status()
        self.none.setVisible(not self.cards)
        if link := self.desk.servers.take_link():
            QDesktopServices.openUrl(QUrl(link))

    def _match_cards(self) -> None:
        """Build what is new or changed anew, leave the others alone."""
        kept = {card.config.id: card for card in self.cards}
        wanted = self.desk.servers.list()
        cards = [self._card(kept.get(config.id), config) for config in wanted]
        for card in self.cards:
            if card not in cards:
                self._rows.removeWidget(card)
                card.hide()
                card.deleteLater()
        if cards != self.cards:
            for place, card in enumerate(cards):
                self._rows.insertWidget(place, card)
        self.cards = cards

    def _card(self, known: ServerCard | None, config: ServerConfig) -> ServerCard:
        if known is not None and known.shows(config):
            return known
        return ServerCard(config, theme=self.theme, servers=self.desk.servers, tasks=self.tasks)

    def _follow_logs(self) -> None:
        for card in self.cards:
            if card.panel is not None and card.isVisible():
                card.show_log()

    def refresh(self, changes: Changes) -> None:
        if changes.tools or changes.settings:
            self.show_values()
