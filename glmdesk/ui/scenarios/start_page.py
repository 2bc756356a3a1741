"""The empty conversation: what would you like to get done?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from glmdesk.domain.template import Family
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.cards import CardGrid, ChoiceCard
from glmdesk.ui.scenarios.column import ColumnPage
from glmdesk.ui.scenarios.family_icons import FAMILY_ICONS, MINE_ICON
from glmdesk.ui.theme.tokens import READING_WIDTH
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class StartPage(ColumnPage):
    """Seven scenarios and the user's own templates."""

    family_chosen = Signal(str)
    my_templates = Signal()
    structured = Signal()
    lab = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, width=READING_WIDTH, parent=parent)
        self.question = PlainLabel(role="page_title", theme=theme)
        self.hint = PlainLabel(role="muted", theme=theme)
        self.families = {family: ChoiceCard(theme=theme, icon_name=FAMILY_ICONS[family]) for family in Family}
        self.mine = ChoiceCard(theme=theme, icon_name=MINE_ICON)
        self.grid = CardGrid(theme=theme)
        self.grid.set_cards([*self.families.values(), self.mine])
        self.structured_button = Button("structured.title", kind="quiet")
        self.lab_button = Button("structured.lab.title", kind="quiet")
        more = QWidget()
        flow = FlowLayout(more, gap=theme.px(8))
        flow.addWidget(self.structured_button)
        flow.addWidget(self.lab_button)
        for label in (self.question, self.hint):
            label.setWordWrap(True)
        self.column.setSpacing(6)
        self.column.addStretch(1)
        self.column.addWidget(self.question)
        self.column.addWidget(self.hint)
        self.column.addSpacing(12)
        self.column.addWidget(self.grid)
        self.column.addWidget(more)
        self.column.addStretch(1)
        for family, card in self.families.items():
            card.clicked.connect(lambda _=False, name=family.value: self.family_chosen.emit(name))
        self.mine.clicked.connect(self.my_templates)
        self.structured_button.clicked.connect(self.structured)
        self.lab_button.clicked.connect(self.lab)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("scenario.start.question"))
        self.question.setText(tr("scenario.start.question"))
        self.hint.setText(tr("scenario.start.hint"))
        for family, card in self.families.items():
            key = f"scenario.family.{family.value}"
            card.set_texts(tr(f"{key}.title"), tr(f"{key}.description"))
        self.mine.set_texts(tr("scenario.mine.title"), tr("scenario.mine.description"))
