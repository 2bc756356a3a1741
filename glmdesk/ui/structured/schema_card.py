"""Where a schema comes from: written, read off an example, or put together in a form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.json_schema import (
    Problem,
    SchemaUnusable,
    parse_json,
    read_schema,
    schema_from_example,
    schema_text,
)
from glmdesk.domain.schema_form import Form, form_of, schema_from_form
from glmdesk.ui.i18n import tr
from glmdesk.ui.structured.code_edit import CodeEdit
from glmdesk.ui.structured.form_rows import FormRows
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.cut_label import CutLabel
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented

_WAYS = ("edit", "example", "form")
_HEIGHT = 220


def problem_text(problem: Problem) -> str:
    """第 3 行第 5 列：这里缺一个逗号"""
    why = tr(problem.text_id, **dict(problem.args))
    return tr("structured.place", line=problem.line, column=problem.column, why=why)


def go_to_problem(edit: CodeEdit, problem: Problem) -> None:
    """Put the cursor where a mistake is."""
    edit.go_to(problem.line, problem.column)


class _Problems(QWidget):
    """The first mistakes; a click on one goes there."""

    chosen = Signal(object)

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self._problems: Sequence[Problem] = ()
        self.label = PlainLabel(role="error", theme=theme)
        self.label.setWordWrap(True)
        self.button = Button("structured.go_there", kind="quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(lambda: self.chosen.emit(self._problems[0]))
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        self._problems = problems
        self.label.setText("\n".join(problem_text(p) for p in problems[:3]))
        self.setVisible(bool(problems))

    def retranslate(self) -> None:
        self.show_problems(self._problems)


class SchemaCard(QWidget):
    """`changed` when the schema's text has changed."""

    changed = Signal()

    def __init__(self, *, theme: ThemeManager, many: bool = True, title_id: str = "structured.schema_title") -> None:
        super().__init__()
        self._theme = theme
        self._many = many
        self._read: str | None = None  # the text that the form was filled from or has made
        self._title_id = title_id
        self.title = CutLabel(theme=theme, role="muted", least=80)
        self.ways = Segmented([(way, f"structured.way.{way}") for way in _WAYS], theme=theme)
        self.ways.set_value("edit")
        self.editor = CodeEdit(theme=theme, height=_HEIGHT)
        self.example = CodeEdit(theme=theme, height=_HEIGHT)
        self.form = FormRows(theme=theme, with_many=many)
        self.problems = _Problems(theme=theme)
        self.example_problems = _Problems(theme=theme)
        self.format_button = Button("structured.format", kind="quiet")
        self.from_example = Button("structured.make")
        self.from_form = Button("structured.make")
        self.example_hint = PlainLabel(theme=theme, role="faint")
        self.example_hint.setWordWrap(True)
        self.form_hint = PlainLabel(theme=theme, role="muted")
        self.form_hint.setWordWrap(True)
        self.form_hint.hide()
        self.stack = QStackedWidget()
        self._build()
        self.ways.chosen.connect(self._show_way)
        self._show_way("edit")
        self.editor.textChanged.connect(self._edited)
        self.format_button.clicked.connect(self.tidy)
        self.from_example.clicked.connect(self._take_example)
        self.from_form.clicked.connect(self._take_form)
        self.problems.chosen.connect(partial(go_to_problem, self.editor))
        self.example_problems.chosen.connect(partial(go_to_problem, self.example))
        self.retranslate()

    def _build(self) -> None:
        px = self._theme.px
        head = QWidget()
        flow = FlowLayout(head, gap=px(8))
        flow.addWidget(self.title)
        flow.addWidget(self.ways)
        self._pages: dict[str, QWidget] = {
            "edit": self._page(self.editor, self.problems, foot=self.format_button),
            "example": self._page(self.example_hint, self.example, self.example_problems, foot=self.from_example),
            "form": self._page(self.form_hint, self.form, foot=self.from_form),
        }
        for page in self._pages.values():
            self.stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(head)
        column.addWidget(self.stack)

    def _page(self, *widgets: QWidget, foot: QWidget) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.px(6))
        for widget in widgets:
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(foot)
        column.addLayout(row)
        return page

    # What is written

    @property
    def text(self) -> str:
        return self.editor.text

    def set_text(self, text: str) -> None:
        """Show a schema; can be undone."""
        self.editor.replace_text(text)
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)
        self._go("edit")

    def _go(self, way: str) -> None:
        self.ways.set_value(way)
        self._show_way(way)

    def _show_way(self, way: str) -> None:
        if way == "form":
            self._fill_form()
        self.stack.setCurrentWidget(self._pages[way])
        for name, page in self._pages.items():  # the stack is as high as what it shows
            ignored, wanted = QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
            page.setSizePolicy(wanted, wanted if name == way else ignored)
        self.stack.updateGeometry()

    def _fill_form(self) -> None:
        """What is written as rows; a form that is being filled in stays while the text does."""
        if self.text == self._read:
            return
        self._read = self.text
        form = None
        with suppress(SchemaUnusable):
            form = form_of(read_schema(self.text), with_many=self._many)
        written = bool(self.text.strip())
        self.form_hint.setVisible(form is None and written)
        if form is not None or written:
            self.form.show_form(form or Form((), many=self._many))

    def _edited(self) -> None:
        self.show_problems(())
        self.changed.emit()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """What is wrong with the schema; the first line of it is tinted."""
        self.problems.show_problems(problems)
        self.editor.mark_line(problems[0].line if problems else 0)
        if problems:
            self._go("edit")

    def tidy(self) -> None:
        """Write the schema anew with its lines indented, or say what is wrong with it."""
        try:
            self.editor.replace_text(schema_text(read_schema(self.text)))
        except SchemaUnusable as error:
            self.show_problems(error.problems)

    def _take_example(self) -> None:
        try:
            value = parse_json(self.example.text)
        except SchemaUnusable as error:
            self.example_problems.show_problems(error.problems)
            self.example.mark_line(error.problems[0].line)
            return
        self.example_problems.show_problems(())
        self.set_text(schema_text(schema_from_example(value)))

    def _take_form(self) -> None:
        made = schema_text(schema_from_form(self.form.form))
        self._read = None
        self.set_text(made)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr(self._title_id))
        self.editor.setAccessibleName(tr(self._title_id))
        self.editor.setPlaceholderText(tr("structured.schema_hint"))
        self.example.setAccessibleName(tr("structured.example_hint"))
        self.example_hint.setText(tr("structured.example_hint"))
        self.example.setPlaceholderText(json.dumps({"name": "GLM", "year": 2025}, indent=2))
        self.form_hint.setText(tr("structured.form.none"))
        self.ways.setAccessibleName(tr("structured.ways"))
        self.problems.retranslate()
        self.example_problems.retranslate()
