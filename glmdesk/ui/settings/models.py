"""Models: the catalogue, and which one a new conversation gets."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.catalogue import Model
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.header.ring import short_count
from glmdesk.ui.i18n import tr
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.label import PlainLabel


class _ModelRow(QWidget):
    """Name, what it can take, and the button that makes it the default."""

    def __init__(self, model: Model, *, theme: ThemeManager) -> None:
        super().__init__()
        self.model = model
        self.name = PlainLabel(model.name, theme=theme)
        self.facts = PlainLabel(theme=theme, role="faint")
        self.facts.setWordWrap(True)
        self.button = Button("settings.models.use")
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        words.addWidget(self.name)
        words.addWidget(self.facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.px(4), 0, theme.px(4))
        row.addLayout(words, 1)
        row.addWidget(self.button)

    def show_default(self, default: str) -> None:
        chosen = self.model.id == default
        self.button.set_text_id("settings.models.chosen" if chosen else "settings.models.use")
        self.button.setEnabled(not chosen)
        self.button.setAccessibleName(f"{self.button.text()} {self.model.name}")

    def retranslate(self) -> None:
        model = self.model
        facts = [
            tr("settings.models.window", window=short_count(model.window), output=short_count(model.max_output)),
            tr(f"model.thinking.{model.thinking.value}"),
        ]
        if model.retired_note:
            facts.append(tr(model.retired_note))
        self.facts.setText(" · ".join(facts))


class ModelsSection(Section):
    """Every model of the catalogue; any other id can be typed."""

    title_id = "settings.section.models"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.rows = [_ModelRow(model, theme=theme) for model in desk.models.list()]
        self.add_text("settings.models.hint")
        card = Card(theme=theme)
        for row in self.rows:
            card.column.addWidget(row)
            row.button.clicked.connect(lambda _=False, model=row.model.id: self.change(default_model=model))
        self.column.addWidget(card)
        self.other = LineEdit()
        self.keep_width(self.other, 280)
        self.add_row("settings.models.other", self.other, "settings.models.other_hint")
        self.other.submitted.connect(self._other_given)
        self.finish()

    def _other_given(self, model_id: str) -> None:
        if model_id:
            self.change(default_model=model_id)

    def show_values(self) -> None:
        default = self.settings.default_model
        for row in self.rows:
            row.show_default(default)
        known = any(row.model.id == default for row in self.rows)
        if not self.other.hasFocus():
            self.other.setText("" if known else default)

    def retranslate(self) -> None:
        super().retranslate()
        for row in self.rows:
            row.retranslate()
        self.show_values()
