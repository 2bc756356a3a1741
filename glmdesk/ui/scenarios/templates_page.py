"""Templates: the gallery, the form of one template, and the editor, one at a time."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.errors import UserError
from glmdesk.domain.template import Family, Template
from glmdesk.ui.i18n import language, tr
from glmdesk.ui.scenarios.editor import TemplateEditor, blank_template
from glmdesk.ui.scenarios.form import TemplateForm
from glmdesk.ui.scenarios.gallery import ALL, MINE, Gallery
from glmdesk.ui.scenarios.notes import reason_text
from glmdesk.ui.widgets.file_dialog import ask_for_file, ask_where_to_save

_KIND = "TOML (*.toml)"

if TYPE_CHECKING:
    from glmdesk.services.tasks import TaskOwner
    from glmdesk.services.templates import TemplateService
    from glmdesk.ui.theme.theme import ThemeManager


class TemplatesPage(QWidget):
    """`start` and `to_composer` carry what the conversation starts with and the prompt; `told` a plain sentence."""

    start = Signal(object, str)
    to_composer = Signal(object, str)
    told = Signal(str)
    closed = Signal()

    def __init__(
        self, *, theme: ThemeManager, templates: TemplateService, tasks: TaskOwner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._templates = templates
        self._tasks = tasks
        self.gallery = Gallery(theme=theme)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.gallery)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self.gallery.use.connect(self.open_form)
        self.gallery.edit.connect(self._edit)
        self.gallery.new_template.connect(self._create)
        self.gallery.duplicate.connect(self._duplicate)
        self.gallery.delete.connect(self._delete)
        self.gallery.export.connect(self._choose_export)
        self.gallery.import_file.connect(self._choose_import)
        self.gallery.closed.connect(self.closed)
        self.refresh()

    # --- what the owner calls ---------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the templates again (news of the service, another language)."""
        chosen = language().value
        self.gallery.set_templates(self._templates.list(chosen), self._templates.problems)

    def show_family(self, family: str) -> None:
        """The gallery with one family, '' for all."""
        self._to_gallery()
        self.gallery.show_filter(family or ALL)

    def show_mine(self) -> None:
        """The gallery with the user's own."""
        self._to_gallery()
        self.gallery.show_filter(MINE)

    def open_form(self, template_id: str) -> None:
        """The form of a template."""
        template = self._templates.get(template_id)
        if template is None:  # deleted meanwhile
            self.refresh()
            return
        form = TemplateForm(theme=self._theme, template=template)
        form.start.connect(self._start)
        form.to_composer.connect(self._fill)
        form.cancelled.connect(self._to_gallery)
        self._show(form)
        form.focus_first()

    def open_editor(self, template: Template) -> None:
        """Edit a template; one without an id is new."""
        editor = TemplateEditor(theme=self._theme, template=template, templates=self._templates, tasks=self._tasks)
        editor.saved.connect(self._saved)
        editor.cancelled.connect(self._to_gallery)
        self._show(editor)
        editor.title.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- pages ------------------------------------------------------------------------------------------------------

    def _show(self, page: QWidget) -> None:
        self._drop_page()
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)

    def _to_gallery(self) -> None:
        self.stack.setCurrentWidget(self.gallery)
        self._drop_page()

    def _drop_page(self) -> None:
        page = self.stack.widget(1)
        if page is not None:
            self.stack.removeWidget(page)
            page.deleteLater()

    def _start(self, setup: object, prompt: str) -> None:
        self._to_gallery()
        self.start.emit(setup, prompt)

    def _fill(self, setup: object, prompt: str) -> None:
        self._to_gallery()
        self.to_composer.emit(setup, prompt)

    def _saved(self) -> None:
        self.refresh()
        self._to_gallery()

    # --- actions ----------------------------------------------------------------------------------------------------

    def _create(self) -> None:
        chosen = self.gallery.filters.value
        known = [family.value for family in Family]
        self.open_editor(blank_template(Family(chosen)) if chosen in known else blank_template())

    def _edit(self, template_id: str) -> None:
        template = self._templates.get(template_id)
        if template is None:
            self.refresh()
        elif template.built_in:
            self._tasks.start("template.copy", self._edit_copy(template_id))
        else:
            self.open_editor(template)

    async def _edit_copy(self, template_id: str) -> None:
        try:
            copy = await self._templates.duplicate(template_id)
        except UserError as error:
            self.told.emit(reason_text(error.info))
            return
        self.refresh()
        self.open_editor(copy)

    def _duplicate(self, template_id: str) -> None:
        self._run(self._templates.duplicate(template_id))

    def _delete(self, template_id: str) -> None:
        self._run(self._templates.delete(template_id))

    def _run(self, work: Awaitable[object]) -> None:
        self._tasks.start("template.change", self._change(work))

    async def _change(self, work: Awaitable[object], done: str = "") -> None:
        try:
            await work
        except UserError as error:
            self.told.emit(reason_text(error.info))
            return
        self.refresh()
        if done:
            self.told.emit(done)

    def import_path(self, path: Path) -> None:
        """Take a template file in."""
        self._run(self._templates.import_file(path))

    def export_path(self, template_id: str, path: Path) -> None:
        """Write a template to a file."""
        work = self._templates.export_file(template_id, path)
        self._tasks.start("template.export", self._change(work, tr("scenario.gallery.exported", path=str(path))))

    def _choose_import(self) -> None:
        ask_for_file(self, tr("scenario.gallery.import"), self.import_path, kinds=[_KIND])

    def _choose_export(self, template_id: str) -> None:
        name = template_id.rpartition("/")[2] + ".toml"
        chosen = partial(self.export_path, template_id)
        ask_where_to_save(self, tr("scenario.action.export"), chosen, name=name, kinds=[_KIND])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
