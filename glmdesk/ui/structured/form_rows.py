"""A schema as a form: one row per field."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from glmdesk.domain.schema_form import FIELD_TYPES, KEPT, Form, FormField
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo, Toggle
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel

_NARROW = 400


class FieldRow(QWidget):
    """Name and type in one line, what it means and its choices in the next."""

    removed = Signal(object)
    changed = Signal()

    def __init__(self, form: FormField, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self._given = form
        self.name = LineEdit(form.name)
        self.kind = Combo(theme=theme)
        self.required = Toggle(theme=theme)
        self.description = LineEdit(form.description)
        self.choices = LineEdit(", ".join(form.choices))
        self.remove = IconButton("trash", "structured.form.remove", theme=theme)
        self._kinds = (*FIELD_TYPES, KEPT) if form.kind == KEPT else FIELD_TYPES
        for kind in self._kinds:
            self.kind.addItem("", kind)
        self.kind.setCurrentIndex(self._kinds.index(form.kind))
        self._shown = self.description.text(), self.choices.text()
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
            self.required: (2, 0, 1, 2) if narrow else (0, 2, 1, 1),
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
        self.choices.setEnabled(self.kind.currentData() not in ("boolean", "date", KEPT))

    @property
    def value(self) -> FormField:
        """The field as it is shown; a line that nobody has touched stands for what was given, to the letter."""
        given, kind = self._given, str(self.kind.currentData())
        words, choices = self._shown
        return FormField(
            self.name.cleaned,
            kind,
            self.required.isChecked(),
            given.description if self.description.text() == words else self.description.cleaned,
            given.choices if self.choices.text() == choices and kind == given.kind else self._written_choices(),
            given.rules,
        )

    def _written_choices(self) -> tuple[str, ...]:
        written = self.choices.cleaned.replace("，", ",").replace("、", ",")
        return tuple(c.strip() for c in written.split(",") if c.strip()) if self.choices.isEnabled() else ()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        for line, key in ((self.name, "name"), (self.description, "description"), (self.choices, "choices")):
            line.setPlaceholderText(tr(f"structured.form.{key}"))
            line.setAccessibleName(tr(f"structured.form.{key}"))
        for place, kind in enumerate(self._kinds):
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
        self._form = Form(())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(4))
        self.many = Toggle(theme=theme, parent=self)
        self.many.setChecked(with_many)
        self.add_button = Button("structured.form.add")
        self.kept = PlainLabel(theme=theme, role="faint")
        self.kept.setWordWrap(True)
        self._column.addWidget(self.kept)
        foot = FlowLayout(gap=theme.px(8), last_right=with_many)
        foot.addWidget(self.add_button)
        if with_many:
            foot.addWidget(self.many)
        else:
            self.many.hide()
        self._column.addLayout(foot)
        self.add_button.clicked.connect(self._add_empty)
        self.many.toggled.connect(self.changed)
        self.show_form(Form((), many=with_many))

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

    def show_form(self, form: Form) -> None:
        """Show this form in place of what is there."""
        self._form = form
        self.many.setChecked(form.many)
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for each in form.fields or (FormField(""),):
            self._add(each)
        self.retranslate()

    @property
    def form(self) -> Form:
        """What is shown, with all that a form cannot show as it came."""
        return replace(self._form, fields=tuple(row.value for row in self.rows), many=self.many.isChecked())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.many.set_plain_text(tr("structured.form.many"))
        kept = self._form.kept
        self.kept.setText(tr("structured.form.kept", names=tr("structured.form.and").join(kept)))
        self.kept.setVisible(bool(kept))
