"""Which model, and whether it thinks."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from glmdesk.domain.conversation import Setup
from glmdesk.services.desk import Desk
from glmdesk.ui.header.model_pill import ModelPill
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.segmented import Segmented

_REASONS = {"always": "composer.reason.always_thinks", "none": "composer.reason.never_thinks"}


class ModelRow(QWidget):
    """`model` '' is the default of the settings."""

    changed = Signal()

    def __init__(self, *, theme: ThemeManager, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.model = ""
        self.pill = ModelPill(theme=theme)
        self.switch = Segmented([("on", "composer.thinking.on"), ("off", "composer.thinking.off")], theme=theme)
        self.switch.set_value("off")
        row = FlowLayout(self, gap=theme.px(8))
        row.addWidget(self.pill)
        row.addWidget(self.switch)
        self.pill.chosen.connect(self._choose)
        self.switch.chosen.connect(self.changed)
        self.refresh()

    @property
    def thinking(self) -> bool:
        return self.switch.value == "on"

    def show_choice(self, model: str, *, thinking: bool) -> None:
        """Another choice, without reporting it."""
        self.model = model
        self.switch.set_value("on" if thinking else "off")
        self.refresh()

    def _choose(self, model: str) -> None:
        self.model = model
        self.refresh()
        self.changed.emit()

    def refresh(self) -> None:
        """The catalogue or the default has changed."""
        chosen = self.model or self._desk.chat.default_model(Setup())
        known = self._desk.models.get(chosen)
        self.switch.setAccessibleName(tr("composer.thinking.name"))
        self.pill.set_models(self._desk.models.list(), chosen)
        able = [value for value, can in (("on", known.can_think), ("off", known.can_rest)) if can]
        reason = _REASONS.get(known.thinking.value, "")
        self.switch.set_enabled_options(able, tr(reason) if reason else "")
        if self.switch.value not in able:
            self.switch.set_value(able[0])
