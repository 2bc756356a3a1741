"""The list that `/` opens above the composer: templates, and what servers offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from glmdesk.domain.template import Template
from glmdesk.ui.composer.shadow import paint_card
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.option import option_has, option_rect
from glmdesk.ui.models.rows import RowsModel
from glmdesk.ui.theme.tokens import RADIUS_CARD
from glmdesk.ui.widgets.chosen import paint_chosen

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_Index = QModelIndex | QPersistentModelIndex
_MOST_ROWS = 7
_ROW = 44


def matching(templates: Sequence[Template], query: str) -> list[Template]:
    """Templates whose title, description or family holds all words of the query; title hits first."""
    words = query.lower().split()

    def text(template: Template) -> str:
        family = tr(f"scenario.family.{template.family.value}.title")
        return f"{template.title} {template.description} {family} {template.id}".lower()

    found = [t for t in templates if all(word in text(t) for word in words)]
    return sorted(found, key=lambda t: not all(word in t.title.lower() for word in words))


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One row. `family` stands on the right; texts may be a server's and are painted as they are. `words` are found."""

    id: str
    title: str
    description: str
    family: str
    words: str = ""

    def holds(self, words: Sequence[str]) -> bool:
        text = f"{self.title} {self.description} {self.family} {self.words}".lower()
        return all(word in text for word in words)


class _Entries(RowsModel[MenuEntry]):
    def title(self, row: MenuEntry) -> str:
        return row.title

    def details(self, row: MenuEntry) -> Sequence[str]:
        return row.description, row.family


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: ThemeManager, model: _Entries, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, self._theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens, px, entry = self._theme.tokens, self._theme.px, self._model.rows[index.row()]
        rect = option_rect(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = option_has(option, QStyle.StateFlag.State_Selected)
        if selected:
            paint_chosen(painter, rect, self._theme)
        inner = rect.adjusted(px(10), px(4), -px(10), -px(4))
        upper, lower = QRect(inner), QRect(inner)
        upper.setHeight(inner.height() // 2)
        lower.setTop(upper.bottom() + 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._theme.ui_font(12))
        painter.setPen(QColor(tokens.faint))
        painter.drawText(upper, right, entry.family)
        room = upper.width() - painter.fontMetrics().horizontalAdvance(entry.family) - px(12)
        self._line(painter, lower, entry.description)
        painter.setFont(self._theme.ui_font(14, bold=selected))
        painter.setPen(QColor(tokens.accent if selected else tokens.text))
        self._line(painter, QRect(upper.topLeft(), QSize(room, upper.height())), entry.title)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, rect: QRect, text: str) -> None:
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)


def _template_entry(template: Template) -> MenuEntry:
    family = tr(f"scenario.family.{template.family.value}.title")
    return MenuEntry(template.id, template.title, template.description, family)


class MenuPopup(QFrame):
    """A card over the window that never takes the focus: keys stay in the editor, which hands them on."""

    chosen = Signal(str)

    def __init__(self, *, theme: ThemeManager, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._templates: Callable[[], Sequence[Template]] = tuple
        self._extras: Sequence[MenuEntry] = ()
        self._model = _Entries(self)
        self.view = QListView(self)
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Delegate(theme, self._model, self.view))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.viewport().setAutoFillBackground(False)
        self.view.setMouseTracking(True)
        self.view.entered.connect(self.view.setCurrentIndex)
        self.view.clicked.connect(self._clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.view)
        self.hide()
        self.retranslate()

    def set_templates(self, templates: Callable[[], Sequence[Template]]) -> None:
        """They are read when the list is opened."""
        self._templates = templates

    def set_extras(self, entries: Sequence[MenuEntry]) -> None:
        """Rows after the templates."""
        self._extras = entries

    def count(self) -> int:
        return len(self._model.rows)

    def filter(self, query: str) -> bool:
        """Show what matches; False (and hidden) when nothing does."""
        words = query.lower().split()
        rows = [_template_entry(template) for template in matching(self._templates(), query)]
        rows += [entry for entry in self._extras if entry.holds(words)]
        if rows != self._model.rows:
            self._model.show_rows(rows)
        if rows and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self._model.index(0, 0))
        self.setVisible(bool(rows))
        return bool(rows)

    def place(self, anchor: QWidget, rect: QRect) -> None:
        """Above `rect` of `anchor`, as high as its rows and the window allow."""
        window = anchor.window()
        if self.parentWidget() is not window:
            shown = self.isVisibleTo(window)
            self.setParent(window)
            self.setVisible(shown)
        top_left = anchor.mapTo(window, rect.topLeft()) if anchor is not window else rect.topLeft()
        px = self._theme.px
        height = min(self.count(), _MOST_ROWS) * px(_ROW) + 14
        height = max(min(height, top_left.y() - px(16)), px(_ROW) + 14)
        self.setGeometry(QRect(QPoint(top_left.x(), top_left.y() - height - px(6)), QSize(rect.width(), height)))
        self.raise_()

    def take_key(self, key: int) -> bool:
        """Handle a key of the editor; False when it is none of ours. Key 0 only asks whether the list is open."""
        if self.isHidden():
            return False
        match key:
            case Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_Down:
                self._step(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Tab:
                self._choose(self.view.currentIndex().row())
            case Qt.Key.Key_Escape:
                self.hide()
            case 0:
                pass
            case _:
                return False
        return True

    def _step(self, by: int) -> None:
        row = (self.view.currentIndex().row() + by) % self.count()
        self.view.setCurrentIndex(self._model.index(row, 0))

    def _clicked(self, index: QModelIndex) -> None:
        self._choose(index.row())

    def _choose(self, row: int) -> None:
        if 0 <= row < self.count():
            self.hide()
            self.chosen.emit(self._model.rows[row].id)

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        paint_card(
            painter,
            self.rect().toRectF(),
            radius=self._theme.px(RADIUS_CARD),
            ground=tokens.background,
            line=tokens.line,
        )
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.view.setAccessibleName(tr("composer.templates"))
