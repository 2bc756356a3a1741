"""The menu of one message; what is chosen is told as an action of the transcript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from glmdesk.domain.catalogue import Model
from glmdesk.domain.message import Role, Status
from glmdesk.services.transcript import Row
from glmdesk.ui.header.model_pill import label_of, series_of
from glmdesk.ui.header.stake import Stake
from glmdesk.ui.i18n import tr

Act = Callable[[str, str], object]  # (action, message id)
MODEL = "regenerate:model:"  # with a model id behind it


class MessageMenu:
    """Fills menus for a row. `models` is the catalogue, `stake` says what a model costs that has not read the chat."""

    def __init__(self, models: Callable[[], Sequence[Model]], act: Act, *, stake: Stake) -> None:
        self._models = models
        self._act = act
        self._stake = stake

    def fill(self, menu: QMenu, row: Row) -> None:
        """Everything that can be done to a message."""
        message = row.message
        if message.role is Role.USER:
            self._add(menu, row, "edit", "transcript.action.edit")
        if message.text and message.status is not Status.WITHDRAWN:
            self._add(menu, row, "copy_all", "turns.menu.copy")
            self._add(menu, row, "quote", "transcript.action.quote")
        menu.addSeparator()
        if row.asked:
            self.fill_again(menu.addMenu(tr("turns.menu.again")), row)
            self._add(menu, row, "compare", "turns.menu.compare")
        self._add(menu, row, "branch", "transcript.action.branch")
        if message.role is Role.ASSISTANT:
            self._add(menu, row, "inspect", "inspector.menu")
        menu.addSeparator()
        self._add(menu, row, "delete", "turns.menu.delete")
        self._add(menu, row, "delete_from", "turns.menu.delete_from")

    def fill_again(self, menu: QMenu, row: Row) -> None:
        """The ways to ask again."""
        self._add(menu, row, "regenerate", "turns.menu.same")
        known = {model.id: model for model in self._models()}
        model = known.get(row.message.model)
        thinking = self._add(menu, row, "regenerate:thinking", "turns.menu.thinking")
        thinking.setEnabled(model is None or model.can_think)
        resting = self._add(menu, row, "regenerate:not_thinking", "turns.menu.not_thinking")
        resting.setEnabled(model is None or model.can_rest)
        others = menu.addMenu(tr("turns.menu.model"))
        if warning := self._stake.line("header.stake.model", priced=False, until=row.id):
            others.addAction(warning).setEnabled(False)
        listed = sorted(known.values(), key=series_of, reverse=True)
        for series, models in groupby(listed, key=series_of):
            others.addSection(series)
            for other in models:
                self._add_model(others, row, other)

    def _add_model(self, menu: QMenu, row: Row, model: Model) -> None:
        action = menu.addAction(label_of(model, self._stake.of_model(model.id, row.id)))
        action.triggered.connect(lambda: self._act(MODEL + model.id, row.id))

    def _add(self, menu: QMenu, row: Row, action: str, text_id: str) -> QAction:
        added = menu.addAction(tr(text_id))
        added.triggered.connect(lambda: self._act(action, row.id))
        return added
