"""The name under which a schema and its question become a template."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from glmdesk.domain.template import Family
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet


class TemplateSheet(Sheet):
    """`saved(title, family)`."""

    saved = Signal(str, str)

    def __init__(self, window: QWidget, *, theme: ThemeManager) -> None:
        super().__init__(window, theme=theme, width=420)
        self.title = LineEdit()
        self.title.setMaxLength(80)
        self.title.setAccessibleName(tr("structured.template_title"))
        self.title.setPlaceholderText(tr("structured.template_title"))
        self.family = Combo(theme=theme)
        self.family.setAccessibleName(tr("structured.template_family"))
        for family in Family:
            self.family.addItem(tr(f"scenario.family.{family.value}.title"), family.value)
        self.family.setCurrentIndex(self.family.findData(Family.QA.value))
        self.save_button = Button("structured.save_template", kind="primary")
        cancel = Button("structured.cancel")
        hint = PlainLabel(tr("structured.template_hint"), theme=theme, role="muted")
        hint.setWordWrap(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.save_button)
        self.card.column.addWidget(PlainLabel(tr("structured.save_template"), theme=theme, role="title"))
        for widget in (hint, self.title, self.family):
            self.card.column.addWidget(widget)
        self.card.column.addLayout(row)
        self.save_button.setEnabled(False)
        self.title.textChanged.connect(lambda: self.save_button.setEnabled(bool(self.title.cleaned)))
        self.title.submitted.connect(self._save)
        self.title.cancelled.connect(self.close_sheet)
        self.save_button.clicked.connect(self._save)
        cancel.clicked.connect(self.close_sheet)

    def _save(self) -> None:
        if self.title.cleaned:
            self.saved.emit(self.title.cleaned, str(self.family.currentData()))
            self.close_sheet()
