"""The gallery of templates: by family, with search, and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.template import Family, Template
from glmdesk.ui.composer.popup import matching
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.cards import CardGrid, ChoiceCard
from glmdesk.ui.scenarios.column import ColumnPage
from glmdesk.ui.scenarios.filters import FilterRow
from glmdesk.ui.scenarios.notes import BadFiles
from glmdesk.ui.sidebar.empty import EmptyNote
from glmdesk.ui.sidebar.search_field import SearchField
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.strip import ConfirmStrip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

ALL, MINE = "", "mine"
_SEARCH_PAUSE_MS = 120


class Section(QWidget):
    """A family's name and its cards."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = PlainLabel(role="muted", theme=theme)
        self.grid = CardGrid(theme=theme, least_width=210, most=3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.setSpacing(8)
        layout.addWidget(self.heading)
        layout.addWidget(self.grid)


class Gallery(ColumnPage):
    """Shows templates; every action leaves as a signal with the template's id."""

    use = Signal(str)
    edit = Signal(str)
    duplicate = Signal(str)
    export = Signal(str)
    delete = Signal(str)
    new_template = Signal()
    import_file = Signal()
    closed = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, width=860, parent=parent)
        self._theme = theme
        self._templates: Sequence[Template] = ()
        self._doomed = ""
        self.title = PlainLabel(role="page_title", theme=theme)
        self.new_button = Button("scenario.gallery.new", kind="primary")
        self.import_button = Button("scenario.gallery.import")
        self.close_button = IconButton("x", "scenario.gallery.close", theme=theme)
        self.field = SearchField("scenario.gallery.clear", theme=theme)
        self.filters = FilterRow(theme=theme)
        self.bad = BadFiles(theme=theme)
        self.confirm = ConfirmStrip(
            theme=theme, cancel_id="scenario.gallery.cancel", confirm_id="scenario.gallery.delete"
        )
        self.note = EmptyNote(theme=theme)
        self.sections = {family: Section(theme=theme) for family in Family}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_SEARCH_PAUSE_MS)
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.title, 1)
        top.addWidget(self.import_button)
        top.addWidget(self.new_button)
        top.addWidget(self.close_button)
        self.column.setSpacing(12)
        self.column.addLayout(top)
        for widget in (self.field, self.filters, self.bad, self.confirm, self.note, *self.sections.values()):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.new_template)
        self.import_button.clicked.connect(self.import_file)
        self.close_button.clicked.connect(self.closed)
        self.filters.chosen.connect(self.refresh)
        self.field.textChanged.connect(self._pause.start)
        self.field.submitted.connect(self._use_first)
        self._pause.timeout.connect(self.refresh)
        self.confirm.confirmed.connect(self._delete_doomed)

    # --- content ----------------------------------------------------------------------------------------------------

    def set_templates(self, templates: Sequence[Template], bad: Sequence[ErrorInfo]) -> None:
        """All templates of the language, and the files that could not be read."""
        self._templates = templates
        self.bad.show_files(bad)
        self.refresh()

    def show_filter(self, name: str) -> None:
        """A family's value, `MINE` or `ALL`."""
        self.filters.set_value(name)
        self.field.clear()
        self._pause.stop()
        self.refresh()
        self.verticalScrollBar().setValue(0)

    def visible_templates(self) -> list[Template]:
        """What search and filter leave, in the order of the page."""
        chosen = self.filters.value
        found = matching(self._templates, self.field.cleaned)
        found = [t for t in found if chosen in (ALL, t.family.value) or (chosen == MINE and not t.built_in)]
        order = list(Family)
        return sorted(found, key=lambda t: (order.index(t.family), t.built_in))

    def refresh(self) -> None:
        """Cards for what is visible."""
        shown = self.visible_templates()
        for family, section in self.sections.items():
            mine = [t for t in shown if t.family is family]
            section.heading.setText(tr(f"scenario.family.{family.value}.title"))
            section.grid.set_cards([self._card(template) for template in mine])
            section.setVisible(bool(mine))
        key = "empty_mine" if self.filters.value == MINE else "empty_family"
        key = "empty_search" if self.field.cleaned else key
        self.note.show_texts(
            tr(f"scenario.gallery.{key}", query=self.field.cleaned), tr(f"scenario.gallery.{key}_hint")
        )
        self.note.setVisible(not shown)

    def _card(self, template: Template) -> ChoiceCard:
        card = ChoiceCard(theme=self._theme, has_menu=True)
        card.set_texts(template.title, template.description, self._meta(template))
        card.clicked.connect(lambda: self.use.emit(template.id))
        card.menu_wanted.connect(partial(self._open_menu, template))
        return card

    def _meta(self, template: Template) -> str:
        pieces = [] if template.built_in else [tr("scenario.gallery.own")]
        if template.variables:
            pieces.append(tr("scenario.gallery.variables", count=len(template.variables)))
        if template.thinking is not None:
            pieces.append(tr(f"scenario.thinking.{'on' if template.thinking else 'off'}"))
        return " · ".join(pieces)

    def _use_first(self) -> None:
        self._pause.stop()
        self.refresh()
        if shown := self.visible_templates():
            self.use.emit(shown[0].id)

    # --- actions ----------------------------------------------------------------------------------------------------

    def menu_for(self, template: Template) -> QMenu:
        """Built-in templates are edited as a copy and not deleted."""
        menu, key = QMenu(self), template.id
        self._add(menu, "use", lambda: self.use.emit(key))
        self._add(menu, "edit_copy" if template.built_in else "edit", lambda: self.edit.emit(key))
        self._add(menu, "duplicate", lambda: self.duplicate.emit(key))
        self._add(menu, "export", lambda: self.export.emit(key))
        if not template.built_in:
            menu.addSeparator()
            self._add(menu, "delete", lambda: self._ask_delete(template))
        return menu

    @staticmethod
    def _add(menu: QMenu, name: str, run: Callable[[], None]) -> None:
        menu.addAction(tr(f"scenario.action.{name}")).triggered.connect(lambda: run())

    def _open_menu(self, template: Template, at: QPoint) -> None:
        menu = self.menu_for(template)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _ask_delete(self, template: Template) -> None:
        self._doomed = template.id
        self.confirm.ask(tr("scenario.gallery.confirm_delete", title=template.title))
        self.ensureWidgetVisible(self.confirm)

    def _delete_doomed(self) -> None:
        self.delete.emit(self._doomed)

    # --- looks ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(self._theme.tokens.background))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr("scenario.gallery.title"))
        self.setAccessibleName(tr("scenario.gallery.title"))
        self.field.setPlaceholderText(tr("scenario.gallery.search"))
        self.field.setAccessibleName(tr("scenario.gallery.search"))
        self.refresh()
