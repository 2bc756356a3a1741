"""What the schema page and the function lab share: a schema, a model, a draft, and why nothing was sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from PySide6.QtCore import QEvent, QTimer, Signal

from glmdesk.domain.changes import Changes
from glmdesk.domain.errors import Action, UserError
from glmdesk.domain.json_schema import SchemaUnusable
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import error_texts
from glmdesk.ui.structured.halves import Halves
from glmdesk.ui.structured.model_row import ModelRow
from glmdesk.ui.structured.price_line import PriceLine
from glmdesk.ui.structured.schema_card import SchemaCard
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel

_SAVE_MS = 400


class AskingPage(Halves):
    """Everything that is written is kept as a draft a moment later."""

    wants_page = Signal(str)  # a settings page, or "usage"
    open_chat = Signal(str)
    told = Signal(str)
    task_prefix = ""

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner, schema: SchemaCard, save_id: str) -> None:
        super().__init__(theme=theme)
        self._desk = desk
        self._tasks = tasks
        self.card = Card(theme=theme)
        self.schema = schema
        self.models = ModelRow(theme=theme, desk=desk)
        self.price = PriceLine(theme=theme, desk=desk, tasks=tasks, models=self.models)
        self.problem = PlainLabel(theme=theme, role="error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._why: Callable[[], str] = str
        self.save_button = Button(save_id)
        self.run_button = Button("structured.run", kind="primary")
        self.stop_button = Button("structured.stop", kind="primary")
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(_SAVE_MS)
        self._saving.timeout.connect(self._keep)
        self.schema.changed.connect(self._edited)
        self.models.changed.connect(self._edited)

    def keep_draft(self) -> None:
        """Write down what stands in the fields."""
        raise NotImplementedError

    def question_words(self) -> str:
        """All that would be sent, '' while there is no question."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Say everything in the language that holds now."""
        self._show_price()
        self.problem.setText(self._why())

    def _start(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.start(f"{self.task_prefix}.{key}", work)

    def _buttons(self) -> FlowLayout:
        row = FlowLayout(gap=self._theme.px(8), last_right=True)
        for widget in (self.save_button, self.price, self.run_button, self.stop_button):
            row.addWidget(widget)
        return row

    def _edited(self) -> None:
        self.problem.hide()
        self._saving.start()

    def _keep(self) -> None:
        self.keep_draft()
        self._show_price()

    def flush(self) -> None:
        """The page is about to go: keep what is written."""
        if self._saving.isActive():
            self._saving.stop()
            self._keep()

    def _show_price(self) -> None:
        self.price.show_price(self.question_words())

    async def _checked(self, work: Callable[[], Awaitable[None]]) -> None:
        """Say beside the fields why nothing was sent."""
        try:
            await work()
        except SchemaUnusable as error:
            self.schema.show_problems(error.problems)
        except UserError as error:
            if error.info.action is not Action.TRIM:
                raise
            info = error.info
            self._say(lambda: " ".join(error_texts(info)))

    def _say(self, why: Callable[[], str]) -> None:
        """`why` in the language that holds when it is called."""
        self._why = why
        self.problem.setText(why())
        self.problem.show()

    def _act(self, wanted: str) -> None:
        """What a notice of the result offers."""
        match wanted:
            case "switch_model":
                self.models.pill.button.click()
            case "open_network":
                self.wants_page.emit("network")
            case _:
                self.wants_page.emit("endpoints")

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if changes.settings or changes.models or changes.endpoints:
            self.models.refresh()
            self._show_price()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
