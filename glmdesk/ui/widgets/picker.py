"""A list over the window that is filtered by typing: the command palette and the list of questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.option import option_has, option_rect
from glmdesk.ui.models.rows import RowsModel
from glmdesk.ui.theme.icons import pixmap
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.announce import announce
from glmdesk.ui.widgets.chosen import paint_chosen
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet

_Index = QModelIndex | QPersistentModelIndex
_ROW, _MOST_ROWS, _WIDTH, _ICON = 38, 9, 600, 17
_MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: its name, what stands at its right end, and what it does. `words` are found too."""

    title: str
    run: Callable[[], object]
    detail: str = ""
    icon: str = ""
    words: str = ""

    def holds(self, wanted: Sequence[str]) -> bool:
        text = f"{self.title}\n{self.detail}\n{self.words}".casefold()
        return all(word in text for word in wanted)


def matching(choices: Sequence[Choice], query: str) -> list[Choice]:
    """What holds all words of a query, the names that begin with it first; at most a few hundred."""
    wanted = query.casefold().split()
    found = [choice for choice in choices if choice.holds(wanted)]
    if wanted:
        found.sort(key=lambda choice: _rank(choice.title.casefold(), wanted))
    return found[:_MOST_FOUND]


def _rank(title: str, wanted: Sequence[str]) -> int:
    if title.startswith(wanted[0]):
        return 0
    return 1 if all(word in title for word in wanted) else 2


class _Rows(RowsModel[Choice]):
    def title(self, row: Choice) -> str:
        return row.title

    def details(self, row: Choice) -> Sequence[str]:
        return (row.detail,)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: ThemeManager, model: _Rows, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, self._theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, choice = self._theme, self._model.rows[index.row()]
        tokens, px, rect = theme.tokens, theme.px, option_rect(option)
        selected = option_has(option, QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            paint_chosen(painter, rect, theme)
        inner = rect.adjusted(px(12), 0, -px(12), 0)
        if choice.icon:
            side = px(_ICON)
            box = QRect(inner.left(), rect.center().y() - side // 2, side, side)
            colour = tokens.accent if selected else tokens.muted
            painter.drawPixmap(box, pixmap(choice.icon, colour, side, dpr=painter.device().devicePixelRatioF()))
        inner.setLeft(inner.left() + px(28))  # names stand below each other, with an icon or without
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(tokens.faint))
        detail = painter.fontMetrics().elidedText(choice.detail, Qt.TextElideMode.ElideRight, inner.width() // 2)
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, detail)
        inner.setRight(inner.right() - painter.fontMetrics().horizontalAdvance(detail) - px(12))
        painter.setFont(theme.ui_font(14))
        painter.setPen(QColor(tokens.accent if selected else tokens.text))
        title = painter.fontMetrics().elidedText(choice.title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()


class Picker(Sheet):
    """The keys stay in the field: arrows move in the list, Enter chooses, Esc closes. `at` is the row to begin with."""

    def __init__(
        self, window: QWidget, choices: Sequence[Choice], *, hint_id: str, theme: ThemeManager, at: int = 0
    ) -> None:
        super().__init__(window, theme=theme, width=_WIDTH)
        self.choices = choices
        self.field = LineEdit()
        self.field.setPlaceholderText(tr(hint_id))
        self.field.setAccessibleName(tr(hint_id))
        self.none = PlainLabel(tr("action.palette_none"), role="muted", theme=theme)
        self._model = _Rows(self)
        self.list = self._make_list(theme, tr(hint_id))
        for widget in (self.field, self.list, self.none):
            self.card.column.addWidget(widget)
        self.field.textChanged.connect(self._filter)
        self.field.submitted.connect(self._choose)
        self.field.stepped.connect(self._step)
        self.field.cancelled.connect(self.close_sheet)
        self._filter("")
        self.show()
        self._go(at)
        self.field.setFocus()

    def _make_list(self, theme: ThemeManager, name: str) -> QListView:
        made = QListView()
        made.setModel(self._model)
        made.setItemDelegate(_Delegate(theme, self._model, made))
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setUniformItemSizes(True)
        made.setFixedHeight(self._list_height())
        made.setAccessibleName(name)
        made.clicked.connect(lambda: self._choose())
        return made

    def _list_height(self) -> int:
        """As many rows as there are when nothing is typed, and as the window has room for: it stays while one types."""
        px = self._theme.px
        room = (self._over.height() - px(150)) // px(_ROW)
        return px(_ROW) * max(2, min(_MOST_ROWS, len(self.choices), room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.setFixedHeight(self._list_height())

    @property
    def titles(self) -> list[str]:
        """The names that are shown, from the top."""
        return [choice.title for choice in self._model.rows]

    def _filter(self, query: str) -> None:
        rows = matching(self.choices, query)
        self._model.show_rows(rows)
        self.none.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self._go(0)

    def _step(self, by: int) -> None:
        self._go(self.list.currentIndex().row() + by)

    def _go(self, row: int) -> None:
        """To a row, around the ends. The focus stays in the field: what is chosen is said."""
        if not self._model.rows:
            announce(self.field, self.none.text())
            return
        index = self._model.index(row % len(self._model.rows), 0)
        self.list.setCurrentIndex(index)
        announce(self.field, str(index.data(Qt.ItemDataRole.AccessibleTextRole)))

    def _choose(self, _text: str = "") -> None:
        row = self.list.currentIndex().row()
        if 0 <= row < len(self._model.rows):
            choice = self._model.rows[row]
            self.close_sheet()
            choice.run()
