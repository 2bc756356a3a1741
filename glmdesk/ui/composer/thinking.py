"""The thinking switch of the composer, with its three states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.ui.i18n import tr
from glmdesk.ui.widgets.segmented import Segmented
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class ThinkingSwitch(QWidget):
    """思考 / 不思考 / 按模板; a state that the model does not have is greyed and says why."""

    chosen = Signal(str)

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reason_id = ""
        self._template_state: bool | None = None
        self._enabled = frozenset(choice.value for choice in ThinkingChoice)
        self.segments = Segmented(
            [(choice.value, f"composer.thinking.{choice.value}") for choice in ThinkingChoice], theme=theme
        )
        self.segments.chosen.connect(self.chosen)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.segments)
        self.retranslate()

    def show_state(
        self,
        choice: ThinkingChoice,
        *,
        can_think: bool = True,
        can_rest: bool = True,
        template_state: bool | None = None,
        reason_id: str = "",
    ) -> None:
        """What is chosen, and which states the model has; `reason_id` explains a greyed one."""
        self._reason_id = reason_id
        self._template_state = template_state
        by_template = can_think if ThinkingChoice.TEMPLATE.resolve(template_state) else can_rest
        able = {ThinkingChoice.ON: can_think, ThinkingChoice.OFF: can_rest, ThinkingChoice.TEMPLATE: by_template}
        self._enabled = frozenset(name.value for name, has in able.items() if has)
        self.segments.set_value(choice.value)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        state = {None: "none", True: "on", False: "off"}[self._template_state]
        reason = tr(self._reason_id) if self._reason_id else ""
        self.segments.set_enabled_options(self._enabled, reason)
        by_template = self.segments.button(ThinkingChoice.TEMPLATE.value)
        if by_template.isEnabled():
            set_tooltip(by_template, tr(f"composer.thinking.state.{state}"))
        self.segments.setAccessibleName(tr("composer.thinking.name"))
        self.segments.setAccessibleDescription(reason)
