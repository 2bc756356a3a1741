"""Coding agents: Claude Code set up for GLM, what to enter in Roo Code and Cline, what a Coding Plan is for."""

from __future__ import annotations

from glmdesk.domain.changes import Changes
from glmdesk.domain.endpoint import Endpoint
from glmdesk.services.connect import Standing
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.agents.claude_card import ClaudeCard
from glmdesk.ui.agents.manual_card import KEY_FIELD, ManualCard
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.theme import ThemeManager

# The names of the fields in those programs (their documentation, "OpenAI Compatible").
_ROO = ("API Provider", "Base URL", KEY_FIELD, "Model", "Max Output Tokens", "Context Window Size", "Image Support")
_CLINE = ("API Provider", "Base URL", KEY_FIELD, "Model ID", "Max Output Tokens", "Context Window Size")


class AgentsSection(Section):
    """One endpoint for all agents on the page."""

    title_id = "settings.section.agents"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self._known: tuple[Endpoint, ...] = ()
        self._asked = False
        self.add_text("agents.hint")
        self.endpoint = Combo(theme=theme)
        self.keep_width(self.endpoint, 260)
        self.add_row("agents.endpoint", self.endpoint, "agents.endpoint_hint")
        self.none = self.add_text("agents.no_endpoint")
        models = [model.id for model in desk.models.list()]
        self.claude = ClaudeCard(theme=theme, connect=desk.connect, tasks=tasks, models=models)
        self.roo = ManualCard("Roo Code", _ROO, theme=theme)
        self.cline = ManualCard("Cline", _CLINE, theme=theme)
        for card in (self.claude, self.roo, self.cline):
            self.column.addWidget(card)
        self.add_text("agents.plan_title", role="title")
        self.add_text("agents.plan_what")
        self.add_text("agents.plan_how")
        self.endpoint.activated.connect(self._show_endpoint)
        self.claude.main_model.activated.connect(self._show_manual)
        self.finish()

    @property
    def _chosen(self) -> Endpoint | None:
        found = [endpoint for endpoint in self._known if endpoint.id == self.endpoint.currentData()]
        return found[0] if found else None

    def show_values(self) -> None:
        known = self.desk.connect.endpoints()
        if known != self._known:
            self._list(known)
        for widget in (self.endpoint, self.claude, self.roo, self.cline):
            widget.setVisible(bool(known))
        self.none.setVisible(not known)
        self.tasks.start("agents:state", self._show_state())

    def _list(self, known: tuple[Endpoint, ...]) -> None:
        wanted = self.endpoint.currentData() or self.settings.default_endpoint
        self._known = known
        self.endpoint.clear()
        for endpoint in known:
            self.endpoint.addItem(endpoint.name, endpoint.id)
        self.endpoint.setCurrentIndex(max(self.endpoint.findData(wanted), 0))
        self._show_endpoint()

    def _show_endpoint(self) -> None:
        if self._chosen is not None:
            self.claude.show_endpoint(self._chosen)
            self._show_manual()

    def _show_manual(self) -> None:
        endpoint = self._chosen
        if endpoint is None:
            return
        model = self.desk.models.get(self.claude.main_model.currentData())
        key = self.desk.connect.key_command(endpoint)
        limits = [str(model.max_output), str(model.window)]
        values = ["OpenAI Compatible", endpoint.base_url, key, model.id, *limits]
        self.roo.show_values([*values, tr("agents.off")])
        self.cline.show_values(values)

    async def _show_state(self) -> None:
        state = await self.desk.connect.state()
        place = self.endpoint.findData(state.endpoint_id)
        if not self._asked and state.standing is not Standing.NONE and place >= 0:
            self.endpoint.setCurrentIndex(place)
            self._show_endpoint()
        self._asked = True
        self.claude.show_state(state)
        self._show_manual()

    def refresh(self, changes: Changes) -> None:
        if changes.settings or changes.endpoints:
            self.show_values()

    def retranslate(self) -> None:
        super().retranslate()
        self._show_manual()
