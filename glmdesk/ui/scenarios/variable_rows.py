"""The variables of a template as rows that can be edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from glmdesk.domain.template import Variable, VariableKind
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo, Toggle
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.strip import Strip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


def choices_text(choices: Sequence[tuple[str, str]]) -> str:
    """`a=甲, b`: a choice whose label is its value is written once."""
    return ", ".join(value if value == label or not label else f"{value}={label}" for value, label in choices)


def parse_choices(text: str) -> tuple[tuple[str, str], ...]:
    """The other way round; both kinds of comma and the ideographic one separate."""
    pieces = [piece.strip() for piece in text.replace("，", ",").replace("、", ",").split(",")]
    pairs = [piece.partition("=") for piece in pieces if piece]
    return tuple((value.strip(), label.strip() or value.strip()) for value, _, label in pairs)


class VariableRow(Strip):
    """One variable. What the row does not show (hint, range) is kept from the original."""

    removed = Signal()

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self._original = variable
        self.name = variable.name
        self.heading = PlainLabel("{{" + variable.name + "}}", role="text", theme=theme)
        self.remove_button = IconButton("x", "scenario.editor.remove", theme=theme)
        self.label = LineEdit(variable.label)
        self.kind = Combo(theme=theme)
        self.required = Toggle(theme=theme)
        self.required.setChecked(variable.required)
        self.default = LineEdit(variable.default)
        self.choices = LineEdit(choices_text(variable.choices))
        self._captions = {key: PlainLabel(role="faint", theme=theme) for key in ("label", "kind", "default", "choices")}
        for kind in VariableKind:
            self.kind.addItem("", kind)
        self.kind.setCurrentIndex(list(VariableKind).index(variable.kind))
        self._build()
        self.kind.currentIndexChanged.connect(self._show_choices)
        self.remove_button.clicked.connect(self.removed)
        self.retranslate()
        self.show()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.heading, 0, 0)
        grid.addWidget(self.required, 0, 1)
        grid.addWidget(self.remove_button, 0, 2)
        for column, key in enumerate(("label", "kind")):
            grid.addWidget(self._captions[key], 1, column, 1, 1 + column)
            grid.addWidget(getattr(self, key), 2, column, 1, 1 + column)
        for row, key in ((3, "default"), (5, "choices")):
            grid.addWidget(self._captions[key], row, 0, 1, 3)
            grid.addWidget(getattr(self, key), row + 1, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.column.addLayout(grid)

    @property
    def chosen_kind(self) -> VariableKind:
        return VariableKind(self.kind.currentData())

    @property
    def variable(self) -> Variable:
        choice = self.chosen_kind is VariableKind.CHOICE
        return replace(
            self._original,
            label=self.label.cleaned or self.name,
            kind=self.chosen_kind,
            required=self.required.isChecked(),
            default=self.default.cleaned,
            choices=parse_choices(self.choices.cleaned) if choice else (),
        )

    def _show_choices(self) -> None:
        shown = self.chosen_kind is VariableKind.CHOICE
        self.choices.setVisible(shown)
        self._captions["choices"].setVisible(shown)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        for key, caption in self._captions.items():
            caption.setText(tr(f"scenario.variable.{key}"))
            widget: QWidget = getattr(self, key)
            widget.setAccessibleName(f"{self.name}: {caption.text()}")
        for at, kind in enumerate(VariableKind):
            self.kind.setItemText(at, tr(f"scenario.kind.{kind.value}"))
        self.required.set_plain_text(tr("scenario.variable.required"))
        self.required.setAccessibleName(f"{self.name}: {tr('scenario.variable.required')}")
        self.remove_button.setAccessibleName(tr("scenario.editor.remove", name=self.name))
        self._show_choices()


class VariableRows(QWidget):
    """All variables, in the order of the prompt."""

    changed = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[VariableRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    @property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(row.variable for row in self.rows)

    def add(self, variable: Variable) -> None:
        row = VariableRow(variable, theme=self._theme, parent=self)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._column.addWidget(row)
        self.changed.emit()

    def add_missing(self, names: Sequence[str]) -> None:
        """Rows for names that have none; rows that the user made stay."""
        known = {row.name for row in self.rows}
        for name in names:
            if name not in known:
                self.add(Variable(name, name, required=True))

    def _remove(self, row: VariableRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.changed.emit()
