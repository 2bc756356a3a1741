"""A schema as a form: one row per field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.json_schema import FIELD_TYPES, FormField
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo, Toggle
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton

_NARROW = 400


class FieldRow(QWidget):
    """Name and type in one line, what it means and its choices in the next."""

    removed = Signal(object)
    changed = Signal()

    def __init__(self, form: FormField, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self.name = LineEdit(form.name)
        self.kind = Combo(theme=theme)
        self.required = Toggle(theme=theme)
        self.description = LineEdit(form.description)
        self.choices = LineEdit(", ".join(form.choices))
        self.remove = IconButton("trash", "structured.form.remove", theme=theme)
        for kind in FIELD_TYPES:
            self.kind.addItem("", kind)
        self.kind.setCurrentIndex(FIELD_TYPES.index(form.kind))
        self.required.setChecked(form.required)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, theme.px(6))
        self._grid.setSpacing(theme.px(6))
        self._grid.setColumnStretch(0, 1)
        self.setMinimumWidth(1)  # it finds its own way in a narrow place
        self._narrow: bool | None = None
        self._arrange(narrow=False)
        self.remove.clicked.connect(lambda: self.removed.emit(self))
        for line in (self.name, self.description, self.choices):
            line.textChanged.connect(self.changed)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.required.toggled.connect(self.changed)
        self.retranslate()

    def _arrange(self, *, narrow: bool) -> None:
        """Two lines, or three where there is no room."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        places = {
            self.name: (0, 0, 1, 1),
            self.kind: (0, 1, 1, 1),
            self.required: (2, 0, 1, 1) if narrow else (0, 2, 1, 1),
            self.remove: (2, 2, 1, 1) if narrow else (0, 3, 1, 1),
            self.description: (1, 0, 1, 1),
            self.choices: (1, 1, 1, 3),
        }
        for widget, place in places.items():
            self._grid.addWidget(widget, *place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(narrow=self.width() < self._theme.px(_NARROW))

    def _kind_changed(self) -> None:
        self._show_choices()
        self.changed.emit()

    def _show_choices(self) -> None:
        self.choices.setEnabled(self.kind.currentData() not in ("boolean", "date"))

    @property
    def value(self) -> FormField:
        written = self.choices.cleaned.replace("，", ",").replace("、", ",")
        choices = tuple(c.strip() for c in written.split(",") if c.strip()) if self.choices.isEnabled() else ()
        kind = str(self.kind.currentData())
        return FormField(self.name.cleaned, kind, self.required.isChecked(), self.description.cleaned, choices)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        for line, key in ((self.name, "name"), (self.description, "description"), (self.choices, "choices")):
            line.setPlaceholderText(tr(f"structured.form.{key}"))
            line.setAccessibleName(tr(f"structured.form.{key}"))
        for place, kind in enumerate(FIELD_TYPES):
            self.kind.setItemText(place, tr(f"structured.form.type.{kind}"))
        self.kind.setAccessibleName(tr("structured.form.kind"))
        self.required.set_plain_text(tr("structured.form.required"))
        self._show_choices()


class FormRows(QWidget):
    """The fields, and whether the answer is a list of such objects."""

    changed = Signal()

    def __init__(self, *, theme: ThemeManager, with_many: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self.rows: list[FieldRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(4))
        self.many = Toggle(theme=theme)
        self.many.setChecked(with_many)
        self.add_button = Button("structured.form.add")
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.add_button)
        self._foot.addStretch(1)
        if with_many:
            self._foot.addWidget(self.many)
        else:
            self.many.hide()
        self._column.addLayout(self._foot)
        self.add_button.clicked.connect(self._add_empty)
        self.many.toggled.connect(self.changed)
        self.retranslate()
        self.set_fields([FormField("")])

    def _add_empty(self) -> None:
        row = self._add(FormField(""))
        row.name.setFocus()

    def _add(self, form: FormField) -> FieldRow:
        row = FieldRow(form, theme=self._theme)
        self._column.insertWidget(len(self.rows), row)
        self.rows.append(row)
        row.removed.connect(self._remove)
        row.changed.connect(self.changed)
        return row

    def _remove(self, row: FieldRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        if not self.rows:
            self._add(FormField(""))
        (self.rows[-1].name).setFocus()
        self.changed.emit()

    def set_fields(self, fields: Sequence[FormField]) -> None:
        """Show these fields in place of what is there."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for form in fields or [FormField("")]:
            self._add(form)

    @property
    def fields(self) -> list[FormField]:
        return [row.value for row in self.rows]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.many.set_plain_text(tr("structured.form.many"))
