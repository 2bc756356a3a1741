"""Endpoints and keys: which ones there are, the default, a key for each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from glmdesk.domain.changes import Changes
from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import SecretError
from glmdesk.services.demo import DEMO_ID
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.settings.endpoint_form import CODING, EndpointForm
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.welcome.key_form import KeyForm
from glmdesk.ui.welcome.server_form import ServerForm
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel


class _EndpointCard(Card):
    """One endpoint: its name and host, its key, what can be done with it."""

    def __init__(self, endpoint: Endpoint, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme)
        self.endpoint = endpoint
        self.name = PlainLabel(endpoint.name, theme=theme, role="title")
        self.host = PlainLabel(endpoint.base_url, theme=theme, role="faint")
        self.key_state = PlainLabel(theme=theme, role="muted")
        self.key_state.setWordWrap(True)
        self.default_button = Button("settings.endpoints.make_default")
        self.key_button = Button("settings.endpoints.set_key")
        self.edit_button = Button("settings.endpoints.edit", kind="quiet")
        self.forget_button = Button("settings.endpoints.forget_key", kind="quiet")
        self.remove_button = Button("settings.endpoints.remove", kind="danger")
        self.key_form = KeyForm(lambda: endpoint, theme=theme, endpoints=desk.endpoints, tasks=tasks)
        self.key_form.hide()
        self.key_button.clicked.connect(lambda: self.key_form.setVisible(self.key_form.isHidden()))
        self.form = EndpointForm(
            endpoint, theme=theme, save=lambda changed: tasks.start("settings:endpoint", desk.endpoints.save(changed))
        )
        self.form.hide()
        self.edit_button.clicked.connect(lambda: self.form.setVisible(self.form.isHidden()))
        self.terms = PlainLabel(theme=theme, role="muted")
        self.terms.setVisible(endpoint.dialect in CODING)
        self.host.setWordWrap(True)
        self.terms.setWordWrap(True)
        self._sure = False
        self.has_key = False
        self._lay_out(theme)
        self.retranslate()

    def sure_to_remove(self) -> bool:
        """A key would be lost with the endpoint: then the first press only asks."""
        if self._sure or not self.has_key:
            return True
        self._sure = True
        self.remove_button.set_text_id("settings.endpoints.remove_sure")
        return False

    def show_key(self, *, has_key: bool, text: str) -> None:
        self.has_key = has_key
        self.key_state.setText(text)
        self.forget_button.setVisible(has_key)
        self.key_button.set_text_id("settings.endpoints.replace_key" if has_key else "settings.endpoints.set_key")

    def retranslate(self) -> None:
        self.terms.setText(tr("welcome.coding_terms"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _lay_out(self, theme: ThemeManager) -> None:
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        for label in (self.name, self.host, self.key_state, self.terms):
            words.addWidget(label)
        buttons = FlowLayout(gap=theme.px(8))
        for button in (
            self.default_button, self.key_button, self.edit_button, self.forget_button, self.remove_button
        ):  # fmt: skip
            buttons.addWidget(button)
        self.column.addLayout(words)
        self.column.addLayout(buttons)
        self.column.addWidget(self.key_form)
        self.column.addWidget(self.form)


class EndpointsSection(Section):
    """The demo is not listed, it has nothing to set; but it is said that it is in use."""

    title_id = "settings.section.endpoints"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.add_text("settings.endpoints.hint")
        self.demo = self.add_text("settings.endpoints.demo", role="text")
        self.cards: list[_EndpointCard] = []
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.px(12))
        self.column.addWidget(self._list)
        self.add_button = Button("settings.endpoints.add")
        self.column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.form = ServerForm(theme=theme, endpoints=desk.endpoints, tasks=tasks)
        self.form.hide()
        self.column.addWidget(self.form)
        self.add_button.clicked.connect(lambda: self.form.setVisible(True))
        self.form.back.connect(self.form.hide)
        self.form.saved.connect(self.form.hide)
        self.form.saved.connect(self._leave_demo)
        self.finish()

    def show_values(self) -> None:
        known = tuple(card.endpoint for card in self.cards)
        if known != self.desk.endpoints.list():
            self._build()
        self.demo.setVisible(self.desk.endpoints.default_id == DEMO_ID)
        default = self.settings.default_endpoint
        for card in self.cards:
            chosen = card.endpoint.id == default
            card.default_button.setEnabled(not chosen)
            card.default_button.set_text_id(
                "settings.endpoints.is_default" if chosen else "settings.endpoints.make_default"
            )
        self.tasks.start("settings:keys", self._show_keys())

    def _build(self) -> None:
        for card in self.cards:
            self._rows.removeWidget(card)
            card.deleteLater()
        self.cards = []
        for endpoint in self.desk.endpoints.list():
            card = _EndpointCard(endpoint, theme=self.theme, desk=self.desk, tasks=self.tasks)
            self._connect(card, endpoint)
            self.cards.append(card)
            self._rows.addWidget(card)

    def _connect(self, card: _EndpointCard, endpoint: Endpoint) -> None:
        service = self.desk.endpoints
        card.key_form.stored.connect(lambda: self._leave_demo(endpoint.id))
        card.default_button.clicked.connect(lambda: self.change(default_endpoint=endpoint.id))
        card.forget_button.clicked.connect(lambda: self.tasks.start("settings:forget", service.forget_key(endpoint)))
        card.remove_button.clicked.connect(lambda: self._remove(card))

    def _leave_demo(self, endpoint_id: str) -> None:
        """The first endpoint that can be asked takes the demo's place, as on the welcome page."""
        if self.desk.endpoints.default_id == DEMO_ID:
            self.desk.endpoints.use_for_session("")
            self.change(welcomed=True, default_endpoint=endpoint_id)

    def _remove(self, card: _EndpointCard) -> None:
        if card.sure_to_remove():
            self.tasks.start("settings:remove", self.desk.endpoints.remove(card.endpoint.id))

    async def _show_keys(self) -> None:
        for card in list(self.cards):
            try:
                has = await self.desk.endpoints.has_key(card.endpoint)
                text = tr("settings.endpoints.key_there" if has else "settings.endpoints.key_missing")
            except SecretError as error:
                has, text = False, error_texts(error.info)[0]
            card.show_key(has_key=has, text=text)

    def refresh(self, changes: Changes) -> None:
        if changes.settings or changes.endpoints or changes.secrets:
            self.show_values()

    def retranslate(self) -> None:
        super().retranslate()
        if self.cards:
            self.show_values()
