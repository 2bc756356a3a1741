"""Claude Code: which models it gets, what would change in its settings, a test call, undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFormLayout

from glmdesk.domain.coding_agents import Choice, default_models
from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import UserError
from glmdesk.services.connect import Change, ClaudeState, ConnectService, Standing, Undone
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.agents.change_panel import ChangePanel
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import LabelRole, PlainLabel


class ClaudeCard(Card):
    """`models` are the ids that can be chosen."""

    def __init__(
        self, *, theme: ThemeManager, connect: ConnectService, tasks: TaskOwner, models: Sequence[str]
    ) -> None:
        super().__init__(theme=theme)
        self.setMinimumWidth(1)  # a box layout reckons heights for no less than the least width
        self._connect = connect
        self._tasks = tasks
        self._endpoint: Endpoint | None = None
        self._state: ClaudeState | None = None
        self._change: Change | None = None
        self._outcome: Callable[[], str] = str
        self.name = PlainLabel("Claude Code", theme=theme, role="title")
        self.path = PlainLabel(theme=theme, role="faint")
        self.standing = PlainLabel(theme=theme, role="muted")
        self.problem = PlainLabel(theme=theme, role="error")
        self.main_model, self.small_model = _models(models, theme), _models(models, theme)
        self.labels = {name: PlainLabel(theme=theme, role="muted") for name in ("main_model", "small_model")}
        self.show_button = Button("agents.show", kind="primary")
        self.test_button = Button("agents.test")
        self.undo_button = Button("agents.undo")
        self.outcome = PlainLabel(theme=theme, role="good")
        self.panel = ChangePanel(theme=theme)
        self._lay_out(theme)
        self._follow()
        self.retranslate()

    def _lay_out(self, theme: ThemeManager) -> None:
        for label in (self.name, self.path, self.standing, self.problem):
            label.setWordWrap(True)
            self.column.addWidget(label)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(theme.px(10))
        form.setHorizontalSpacing(theme.px(12))
        for name, label in self.labels.items():
            label.setBuddy(getattr(self, name))
            form.addRow(label, getattr(self, name))
        self.column.addLayout(form)
        buttons = FlowLayout(gap=theme.px(8))
        for button in (self.show_button, self.test_button, self.undo_button):
            buttons.addWidget(button)
        self.column.addLayout(buttons)
        self.outcome.setWordWrap(True)
        self.column.addWidget(self.outcome)
        self.column.addWidget(self.panel)
        self.panel.hide()
        self.outcome.hide()

    def _follow(self) -> None:
        self.show_button.clicked.connect(lambda: self._plan(False))
        self.panel.key_wanted.connect(self._plan)
        self.panel.write.connect(lambda: self._run("write", self._write))
        self.panel.closed.connect(self.close_panel)
        self.test_button.clicked.connect(self._test)
        self.undo_button.clicked.connect(lambda: self._run("undo", self._undo))
        for combo in (self.main_model, self.small_model):
            combo.activated.connect(self.close_panel)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def show_endpoint(self, endpoint: Endpoint) -> None:
        """Another endpoint: its usual models, and a shown change is no more."""
        if endpoint == self._endpoint:
            return
        self._endpoint = endpoint
        self.close_panel()
        for combo, model in zip((self.main_model, self.small_model), default_models(endpoint), strict=True):
            _choose(combo, model)

    def show_state(self, state: ClaudeState) -> None:
        """What stands in the file now."""
        first, self._state = self._state is None, state
        if first and state.standing is not Standing.NONE and state.main_model and state.small_model:
            _choose(self.main_model, state.main_model)
            _choose(self.small_model, state.small_model)
        self.retranslate()

    def close_panel(self) -> None:
        """Leave the file as it is."""
        self._change = None
        if self.panel.isVisible():
            self.panel.hide()
            self.show_button.show()
            self.show_button.setFocus()

    # --- what is done -----------------------------------------------------------------------------------------------

    def _run(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.start(f"agents:{name}", self._told(work))

    async def _told(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except UserError as error:
            info = error.info
            self._say(lambda: "\n".join(filter(None, (" ".join(error_texts(info)), info.detail))), role="error")

    def _say(self, text: Callable[[], str], *, role: LabelRole = "good") -> None:
        self._outcome = text
        self.outcome.set_role(role)
        self.problem.setVisible(role != "error" and bool(self.problem.text()))  # it says it once
        self.outcome.setText(text())
        self.outcome.show()

    def _plan(self, key_in_file: bool) -> None:
        endpoint = self._endpoint
        if endpoint is None:
            return
        choice = Choice(endpoint.id, self.main_model.currentData(), self.small_model.currentData(), key_in_file)
        self._run("plan", lambda: self._show_change(choice))

    async def _show_change(self, choice: Choice) -> None:
        self.outcome.hide()
        self.problem.setVisible(bool(self.problem.text()))
        try:
            self._change = await self._connect.plan(choice)
        except UserError:
            self.panel.key_toggle.setChecked(bool(self._change and self._change.choice.key_in_file))
            raise
        self.panel.show_change(self._change)
        self.panel.show()
        self.show_button.hide()  # the panel has its own main button
        (self.panel.text if self._change.diff else self.panel.cancel_button).setFocus()

    async def _write(self) -> None:
        change = self._change
        if change is None:
            return
        self.close_panel()
        await self._connect.apply(change)
        self._say(lambda: tr("agents.written"))

    async def _undo(self) -> None:
        self.close_panel()
        undone = await self._connect.undo()
        self.show_button.setFocus()  # this button goes
        self._say(lambda: _undone_text(undone), role="muted" if undone.kept or undone.lost else "good")

    def _test(self) -> None:
        self.setFocus()  # a greyed button would pass it on to Undo
        self.test_button.setEnabled(False)
        self._say(lambda: tr("agents.testing"), role="muted")
        self._run("test", self._try)

    async def _try(self) -> None:
        try:
            model = await self._connect.test()
        finally:
            self.test_button.setEnabled(True)
            if self.hasFocus():
                self.test_button.setFocus()
        self._say(lambda: tr("agents.answered", model=model))

    # --- texts ------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        for name, label in self.labels.items():
            label.setText(tr(f"agents.{name}"))
            getattr(self, name).setAccessibleName(label.text())
        self.outcome.setText(self._outcome())
        if self._state is not None:
            self._show_texts(self._state)

    def _show_texts(self, state: ClaudeState) -> None:
        written = state.standing is not Standing.NONE
        self.path.setText(tr("agents.path", path=str(state.path)))
        self.standing.setText(_standing_text(state))
        self.standing.setVisible(state.problem is None)
        self.standing.set_role("good" if state.standing is Standing.OURS else "muted")
        self.problem.setText(_problem_text(state))
        self.problem.setVisible(bool(self.problem.text()))
        self.undo_button.setVisible(written)
        self.test_button.setVisible(state.standing is Standing.OURS)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _models(models: Sequence[str], theme: ThemeManager) -> Combo:
    combo = Combo(theme=theme)
    for model in models:
        combo.addItem(model, model)
    return combo


def _choose(combo: Combo, model: str) -> None:
    """Show a model; one that is not in the list was written by hand."""
    if combo.findData(model) < 0:
        combo.addItem(model, model)
    combo.setCurrentIndex(combo.findData(model))


def _standing_text(state: ClaudeState) -> str:
    if state.standing is Standing.NONE and state.base_url:
        return tr("agents.standing.elsewhere", url=state.base_url)
    text = tr(f"agents.standing.{state.standing.value}", model=state.main_model, url=state.base_url)
    return f"{text} {tr('agents.standing.with_key')}" if state.key_in_file and state.standing is Standing.OURS else text


def _problem_text(state: ClaudeState) -> str:
    if state.problem is not None:
        return " ".join(error_texts(state.problem))
    return tr("agents.shadowing", names=", ".join(state.shadowing)) if state.shadowing else ""


def _undone_text(undone: Undone) -> str:
    lines = [tr("agents.undone")]
    if undone.kept:
        lines.append(tr("agents.undone_kept", names=", ".join(undone.kept)))
    if undone.lost:
        lines.append(tr("agents.undone_lost", names=", ".join(undone.lost)))
    return "\n".join(lines)
