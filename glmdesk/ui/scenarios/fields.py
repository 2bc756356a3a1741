"""One field of a template's form per kind of variable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDoubleValidator, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.template import Variable, VariableKind
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.scenarios.inputs import CapNote, Combo, LongEdit, Toggle
from glmdesk.ui.scenarios.text_file import TextFileProblem, read_text_file
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.file_dialog import ask_for_file
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_SEGMENTS = 3
_SEGMENT_TEXT = 16  # characters of all labels together that still fit a narrow form


class Field(QWidget):
    """A variable's input. `value` is text, as templates want it.

    `changed` on every edit, `submitted` on Enter, `cancelled` on Esc.
    """

    changed = Signal()
    submitted = Signal()
    cancelled = Signal()

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.variable = variable
        self._theme = theme
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)

    @property
    def value(self) -> str:
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """Why the value cannot be used, in the language of the window; '' when it can."""
        return ""

    def set_value(self, value: str) -> None:
        raise NotImplementedError

    def _take(self, widget: QWidget, *, stretch: int = 1) -> None:
        self._describe(widget)
        self.row.addWidget(widget, stretch)

    def _describe(self, widget: QWidget) -> None:
        widget.setAccessibleName(self.variable.label or self.variable.name)
        widget.setAccessibleDescription(self.variable.hint)
        self.setFocusProxy(widget)


class TextField(Field):
    """One line."""

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(variable, theme=theme, parent=parent)
        self.edit = LineEdit()
        self.edit.setMinimumHeight(theme.px(36))
        self.edit.setPlaceholderText(variable.hint)
        self.edit.textChanged.connect(self.changed)
        self.edit.submitted.connect(self.submitted)
        self.edit.cancelled.connect(self.cancelled)
        self._take(self.edit)

    @property
    def value(self) -> str:
        return self.edit.cleaned

    def set_value(self, value: str) -> None:
        self.edit.setText(value)


class NumberField(TextField):
    """A number in its range; empty is allowed unless required."""

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(variable, theme=theme, parent=parent)
        self.edit.setMaximumWidth(theme.px(140))
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        validator = QDoubleValidator(self.edit)
        validator.setNotation(QDoubleValidator.Notation.StandardNotation)
        self.edit.setValidator(validator)
        self.range = PlainLabel(self._range_text(), role="faint", theme=theme)
        self.row.addWidget(self.range)
        self.row.addStretch(1)

    def _range_text(self) -> str:
        low, high = self.variable.minimum, self.variable.maximum
        if low is None and high is None:
            return ""
        shown = [f"{bound:g}" if bound is not None else "…" for bound in (low, high)]
        return tr("scenario.form.range", low=shown[0], high=shown[1])

    @property
    def problem(self) -> str:
        if not self.value:
            return ""
        low, high = self.variable.minimum, self.variable.maximum
        try:
            number = float(self.value)
        except ValueError:
            return tr("scenario.form.not_a_number")
        inside = (low is None or number >= low) and (high is None or number <= high)
        return "" if inside else self._range_text()


class LongField(Field):
    """Several lines; a text file can be dropped in."""

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(variable, theme=theme, parent=parent)
        self.edit = LongEdit(theme=theme, height=120)
        self.edit.setPlaceholderText(variable.hint)
        self.note = CapNote(self.edit, theme=theme)
        self.edit.textChanged.connect(self.changed)
        self._describe(self.edit)
        column = QVBoxLayout()
        column.addWidget(self.edit)
        column.addWidget(self.note)
        self.row.addLayout(column)

    @property
    def value(self) -> str:
        return self.edit.text.strip("\n")

    def set_value(self, value: str) -> None:
        self.edit.replace_text(value)


class SegmentField(Field):
    """A few short choices side by side."""

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(variable, theme=theme, parent=parent)
        # A label is shown as it is: an id that is no text of the catalogue shows itself.
        self.segments = Segmented(list(variable.choices), theme=theme)
        self._value = variable.choices[0][0]
        self.segments.chosen.connect(self._chose)
        self._take(self.segments, stretch=0)
        self.setFocusProxy(self.segments.button(self._value))
        self.row.addStretch(1)

    def _chose(self, value: str) -> None:
        self._value = value
        self.changed.emit()

    @property
    def value(self) -> str:
        return self._value

    def set_value(self, value: str) -> None:
        known = [choice for choice, _ in self.variable.choices]
        self._value = value if value in known else known[0]
        self.segments.set_value(self._value)


class ChoiceField(Field):
    """Many or long choices."""

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(variable, theme=theme, parent=parent)
        self.combo = Combo(theme=theme)
        self.combo.setMinimumHeight(theme.px(36))
        for value, label in variable.choices:
            self.combo.addItem(label or value, value)
        self.combo.currentIndexChanged.connect(self.changed)
        self._take(self.combo)

    @property
    def value(self) -> str:
        return str(self.combo.currentData() or "")

    def set_value(self, value: str) -> None:
        self.combo.setCurrentIndex(max(self.combo.findData(value), 0))


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(variable, theme=theme, parent=parent)
        self.box = Toggle(variable.hint, theme=theme)
        self.box.toggled.connect(self.changed)
        self._take(self.box)

    @property
    def value(self) -> str:
        return "true" if self.box.isChecked() else "false"

    def set_value(self, value: str) -> None:
        self.box.setChecked(value.strip().lower() == "true")


class FileField(Field):
    """A text file, chosen or dropped; its text is the value."""

    def __init__(self, variable: Variable, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(variable, theme=theme, parent=parent)
        self._text = ""
        self._problem_id = ""
        self._name = ""
        self.setAcceptDrops(True)
        self.button = Button("scenario.file.choose")
        self.clear_button = Button("scenario.file.clear", kind="quiet")
        self.note = PlainLabel(role="muted", theme=theme)
        column = QVBoxLayout()
        column.addWidget(self.note)
        self._take(self.button, stretch=0)
        self.row.addLayout(column, 1)
        self.row.addWidget(self.clear_button)
        self.button.clicked.connect(self._choose)
        self.clear_button.clicked.connect(lambda: self.set_value(""))
        self._tell()

    @property
    def value(self) -> str:
        return self._text

    @property
    def problem(self) -> str:
        return tr(self._problem_id) if self._problem_id else ""

    def set_value(self, value: str) -> None:
        self._text, self._problem_id, self._name = value, "", ""
        self._tell()

    def take(self, path: Path) -> None:
        """Read a file; one that cannot be used leaves what was there before."""
        try:
            text = read_text_file(path)
        except TextFileProblem as problem:
            self._problem_id = problem.text_id
        else:
            self._text, self._name, self._problem_id = text, path.name, ""
        self._tell()

    def _choose(self) -> None:
        ask_for_file(self, tr("scenario.file.choose"), self.take)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            self.take(Path(local[0]))
            event.acceptProposedAction()

    def _tell(self) -> None:
        count = locale().toString(len(self._text))
        note = tr("scenario.file.taken", name=self._name, count=count) if self._text else tr("scenario.file.none")
        self.note.setText(note)
        self.clear_button.setVisible(bool(self._text))
        self.changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()


_KINDS: dict[VariableKind, type[Field]] = {
    VariableKind.TEXT: TextField,
    VariableKind.LONG: LongField,
    VariableKind.NUMBER: NumberField,
    VariableKind.SWITCH: SwitchField,
    VariableKind.FILE: FileField,
}


def field_for(variable: Variable, *, theme: ThemeManager) -> Field:
    """The field of a variable, with its default put in."""
    kind = _KINDS.get(variable.kind) or _choice_kind(variable)
    field = kind(variable, theme=theme)
    field.set_value(variable.default)
    return field


def _choice_kind(variable: Variable) -> type[Field]:
    short = sum(len(label) for _, label in variable.choices) <= _SEGMENT_TEXT
    return SegmentField if 1 <= len(variable.choices) <= _SEGMENTS and short else ChoiceField
