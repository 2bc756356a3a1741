"""The model of the conversation: a pill with a menu, and a field for any other id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from glmdesk.domain.catalogue import Model
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.header.pill import style_pill
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.icons import icon
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_LONGEST = 28
_ANY_WIDTH = 16_777_215  # Qt's own "no limit"


def series_of(model: Model) -> str:
    """`GLM-4.5` for glm-4.5-air; the menu goes from the newest series to the oldest."""
    return "-".join(model.id.split("-")[:2]).upper()


def generation_of(model: Model) -> str:
    """`GLM-4` for glm-4.5-air; a line stands between generations in the menu."""
    return series_of(model).partition(".")[0]


def label_of(model: Model, price: str = "") -> str:
    """The line in the menu: the name, and its notes in a second column."""
    known = tr(model.retired_note) if model.retired_note else (tr("header.model.free") if model.free else "")
    note = " · ".join(words for words in (price, known) if words)
    # & would become a mnemonic, a tab starts the menu's second column.
    name = model.name.replace("&", "&&").replace("\t", " ")
    return f"{name}\t{note}" if note else name


class ModelPill(QWidget):
    """`chosen` carries a model id."""

    chosen = Signal(str)

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._models: Sequence[Model] = ()
        self._current = ""
        self._most = _ANY_WIDTH
        self._warning: Callable[[], str] = str
        self._price: Callable[[str], str] = lambda model: ""
        self.button = QPushButton()
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the name
        self.field = LineEdit()
        self.field.setMaxLength(120)
        self.field.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(self.field)
        self.button.clicked.connect(self._open_menu)
        self.field.submitted.connect(self._typed)
        self.field.cancelled.connect(self._leave_field)
        self.field.editingFinished.connect(self._leave_field)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def set_models(self, models: Sequence[Model], current: str) -> None:
        """The catalogue and the id in use (which the catalogue may not know)."""
        self._models, self._current = models, current
        self.retranslate()

    def tell_costs(self, warning: Callable[[], str], price: Callable[[str], str]) -> None:
        """A line over the menu and a note beside a model id: what a switch costs; '' where it costs nothing."""
        self._warning, self._price = warning, price

    @property
    def name(self) -> str:
        """What to call the current model."""
        return next((m.name for m in self._models if m.id == self._current), self._current)

    def menu(self) -> QMenu:
        """Series by series; models that retire say when, and what comes after them."""
        menu = QMenu(self)
        group = QActionGroup(menu)
        if warning := self._warning():
            menu.addAction(warning).setEnabled(False)
            menu.addSeparator()
        for _, models in groupby(sorted(self._models, key=series_of, reverse=True), key=generation_of):
            for model in models:
                self._add(menu, group, model)
            menu.addSeparator()
        menu.addAction(tr("header.model.other")).triggered.connect(self.ask_id)
        return menu

    def _add(self, menu: QMenu, group: QActionGroup, model: Model) -> None:
        action = menu.addAction(label_of(model, self._price(model.id)))
        action.setCheckable(True)
        action.setChecked(model.id == self._current)
        action.setActionGroup(group)
        action.triggered.connect(lambda: self.chosen.emit(model.id))

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    # --- any other id -----------------------------------------------------------------------------------------------

    def ask_id(self) -> None:
        """Turn the pill into a field for a model id."""
        self.button.hide()
        self.field.setText(self._current)
        self.field.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def _typed(self, model_id: str) -> None:
        self._leave_field()
        if model_id and model_id != self._current:
            self.chosen.emit(model_id)

    def _leave_field(self) -> None:
        if not self.field.isHidden():
            focused = self.field.hasFocus()
            self.field.hide()
            self.button.show()
            if focused:
                self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- looks ------------------------------------------------------------------------------------------------------

    def _restyle(self) -> None:
        px = self._theme.px
        self.button.setIcon(icon("chevron-down", self._theme.tokens.muted, px(14)))
        self.button.setIconSize(QSize(px(14), px(14)))
        style_pill(self.button, self._theme)
        self.field.setFixedWidth(px(200))
        self._fit()

    def _shown(self) -> str:
        name = self.name or tr("header.model.none")
        return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"

    def _around(self) -> int:
        """The room beside the words: the round ends and the arrow."""
        return self._theme.px(2 * 12 + 14 + 8)

    def set_most(self, width: int) -> None:
        """At most this wide, in pixels; a name that has less room ends in dots."""
        if width != self._most:
            self._most = width
            self._fit()

    def sizeHint(self) -> QSize:
        if self.button.isHidden():
            return super().sizeHint()
        words = self.button.fontMetrics().horizontalAdvance(self._shown()) + 1  # a part of a pixel is rounded away
        return QSize(min(words + self._around(), self._most), self.button.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _fit(self) -> None:
        room = self.sizeHint().width() - self._around()
        words = self.button.fontMetrics().elidedText(self._shown(), Qt.TextElideMode.ElideRight, room)
        self.button.setText(words.replace("&", "&&"))
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        name = self.name or tr("header.model.none")
        self._fit()
        self.button.setAccessibleName(tr("header.model.name", model=name))
        set_tooltip(self.button, tr("header.model.choose"))
        self.field.setAccessibleName(tr("header.model.id"))
        self.field.setPlaceholderText(tr("header.model.id"))
