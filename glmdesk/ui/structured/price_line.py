"""What a run will cost, as a range, before it is asked."""

from __future__ import annotations

from PySide6.QtCore import QSize

from glmdesk.domain.budget import estimate_long
from glmdesk.domain.conversation import Setup
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.price_hint import price_words
from glmdesk.ui.structured.model_row import ModelRow
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.tooltip import set_tooltip


class PriceLine(PlainLabel):
    """Hidden where money is no question."""

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner, models: ModelRow) -> None:
        super().__init__(theme=theme, role="faint")
        self._desk = desk
        self._tasks = tasks
        self._models = models
        self.hide()

    def show_price(self, text: str) -> None:
        """Of a question that says all of this, '' for none."""
        if not text:
            self.hide()
            return
        self._tasks.start(f"structured.price:{id(self)}", self._show_price(text))

    async def _show_price(self, text: str) -> None:
        setup = Setup(model=self._models.model)
        model = setup.model or self._desk.chat.default_model(setup)
        tokens = round(estimate_long(text) * self._desk.chat.token_scale(setup))
        answer = await self._desk.spending.likely_answers(model, thinking=self._models.thinking)
        words, why = price_words(self._desk, setup, model, sent=(tokens, 0), answer=answer)
        self.setText(words)
        set_tooltip(self, why)
        self.setVisible(bool(words))

    def sizeHint(self) -> QSize:
        """As high as the buttons beside it."""
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), self._theme.px(32)))
