"""Creates and edits a template of the user's own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from glmdesk.domain.errors import UserError
from glmdesk.domain.template import Family, Template, slots
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import language, tr
from glmdesk.ui.scenarios.column import ColumnPage
from glmdesk.ui.scenarios.inputs import CapNote, Combo, LongEdit
from glmdesk.ui.scenarios.notes import reason_text
from glmdesk.ui.scenarios.variable_rows import VariableRows
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.keys import keep_escape
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from glmdesk.services.tasks import TaskOwner
    from glmdesk.services.templates import TemplateService
    from glmdesk.ui.theme.theme import ThemeManager

_THINKING = {"unset": None, "on": True, "off": False}
_PAUSE_MS = 400


def blank_template(family: Family = Family.WRITING) -> Template:
    """What a new template starts from; the service gives the id."""
    return Template("", family, "", "", "", language=language().value, built_in=False)


class TemplateEditor(ColumnPage):
    """`saved` carries the stored template. A template the service refuses stays here, with the reason."""

    saved = Signal(object)
    cancelled = Signal()

    def __init__(
        self,
        *,
        theme: ThemeManager,
        template: Template,
        templates: TemplateService,
        tasks: TaskOwner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme=theme, width=720, parent=parent)
        self._theme = theme
        self._template = template
        self._templates = templates
        self._tasks = tasks
        self._problem_id = ""
        self._notes: dict[QWidget, CapNote] = {}
        self.page_title = PlainLabel(role="page_title", theme=theme)
        self.title = LineEdit(template.title)
        self.family = Combo(theme=theme)
        self.description = LineEdit(template.description)
        self.system = self._long(template.system, height=90)
        self.prompt = self._long(template.prompt, height=160)
        self.variables = VariableRows(theme=theme)
        self.variables_hint = PlainLabel(role="faint", theme=theme)
        self.model = LineEdit(template.model)
        self.thinking = Segmented([(key, f"scenario.thinking.{key}") for key in _THINKING], theme=theme)
        self.temperature = LineEdit("" if (t := template.parameters.temperature) is None else f"{t:g}")
        self.problem = PlainLabel(role="error", theme=theme)
        self.cancel_button = Button("scenario.editor.cancel")
        self.save_button = Button("scenario.editor.save", kind="primary")
        self._captions: dict[str, PlainLabel] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._fill()
        self._build()
        self._connect()
        self.retranslate()

    def _long(self, text: str, *, height: int) -> LongEdit:
        edit = LongEdit(theme=self._theme, height=height)
        self._notes[edit] = CapNote(edit, theme=self._theme)
        edit.replace_text(text)
        return edit

    def _fill(self) -> None:
        for family in Family:
            self.family.addItem("", family)
        self.family.setCurrentIndex(list(Family).index(self._template.family))
        self.thinking.set_value(next(key for key, value in _THINKING.items() if value is self._template.thinking))
        for variable in self._template.variables:
            self.variables.add(variable)

    def _build(self) -> None:
        self.column.setSpacing(self._theme.px(6))
        self.column.addWidget(self.page_title)
        for key in ("title", "family", "description", "system", "prompt"):
            self._add(key, getattr(self, key))
        self._add("variables", self.variables_hint)
        self.column.addWidget(self.variables)
        self._add("model", self.model)
        self._add("thinking", self.thinking)
        self.column.setAlignment(self.thinking, Qt.AlignmentFlag.AlignLeft)
        self._add("temperature", self.temperature)
        self.temperature.setMaximumWidth(self._theme.px(200))
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.column.addSpacing(self._theme.px(8))
        self.column.addWidget(self.problem)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        self.column.addLayout(row)
        self.column.addStretch(1)

    def _add(self, key: str, widget: QWidget) -> None:
        caption = PlainLabel(role="muted", theme=self._theme)
        caption.setBuddy(widget)
        self._captions[key] = caption
        self.column.addSpacing(self._theme.px(8))
        self.column.addWidget(caption)
        self.column.addWidget(widget)
        if widget in self._notes:
            self.column.addWidget(self._notes[widget])

    def _connect(self) -> None:
        self.prompt.textChanged.connect(self._pause.start)
        self.system.textChanged.connect(self._pause.start)
        self._pause.timeout.connect(self.find_variables)
        self.variables.changed.connect(self._show_hint)
        self.cancel_button.clicked.connect(self.cancelled)
        self.save_button.clicked.connect(self.save)
        for field in (self.title, self.description, self.model, self.temperature):
            field.submitted.connect(self.save)

    # --- what is written --------------------------------------------------------------------------------------------

    def find_variables(self) -> None:
        """A row for each name that the prompts use."""
        self.variables.add_missing(slots(self.system.text + "\n" + self.prompt.text))

    @property
    def template(self) -> Template:
        """What would be saved. Raises ValueError when the temperature is no number."""
        heat = self.temperature.cleaned
        number = float(heat) if heat else None
        if number is not None and not 0 <= number <= 1:
            raise ValueError(heat)
        return replace(
            self._template,
            title=self.title.cleaned,
            family=Family(self.family.currentData()),
            description=self.description.cleaned,
            system=self.system.text.strip("\n"),
            prompt=self.prompt.text.strip("\n"),
            variables=self.variables.variables,
            model=self.model.cleaned,
            thinking=_THINKING[self.thinking.value],
            parameters=replace(self._template.parameters, temperature=number),
        )

    def save(self) -> None:
        """Check what can be seen at once, then hand it to the service."""
        self.find_variables()
        problem, field = self._find_problem()
        self._tell(tr(problem) if problem else "")
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.save_button.setEnabled(False)
        self._tasks.start("template.save", self._save(self.template))

    def _find_problem(self) -> tuple[str, QWidget | None]:
        if not self.title.cleaned:
            return "scenario.editor.need_title", self.title
        if not self.prompt.text.strip():
            return "scenario.editor.need_prompt", self.prompt
        try:
            _ = self.template
        except ValueError:
            return "scenario.editor.bad_temperature", self.temperature
        return "", None

    async def _save(self, template: Template) -> None:
        try:
            stored = await self._templates.save(template)
        except UserError as error:
            self._tell(reason_text(error.info))
        else:
            self.saved.emit(stored)
        finally:
            self.save_button.setEnabled(True)

    def _tell(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    # --- looks ------------------------------------------------------------------------------------------------------

    def _show_hint(self) -> None:
        self.variables_hint.setVisible(not self.variables.rows)

    def event(self, event: QEvent) -> bool:
        return keep_escape(event) or super().event(event)  # only the buttons leave

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        title = tr("scenario.editor.edit" if self._template.id else "scenario.editor.new")
        self.page_title.setText(title)
        self.setAccessibleName(title)
        for key, caption in self._captions.items():
            caption.setText(tr(f"scenario.editor.{key}"))
            widget: QWidget = getattr(self, key)
            widget.setAccessibleName(caption.text())
        for at, family in enumerate(Family):
            self.family.setItemText(at, tr(f"scenario.family.{family.value}.title"))
        self.prompt.setPlaceholderText(tr("scenario.editor.prompt_hint"))
        self.model.setPlaceholderText(tr("scenario.editor.model_hint"))
        self.temperature.setPlaceholderText(tr("scenario.editor.temperature_hint"))
        self.variables_hint.setText(tr("scenario.editor.variables_hint"))
        self._show_hint()
