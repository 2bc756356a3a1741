"""The numbers behind a chart as a table, for keys and screen readers and for export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from glmdesk.domain.spending import Sums
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.option import NOWHERE
from glmdesk.ui.usage.bars import Bar, money, spent_words

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_Index = QModelIndex | QPersistentModelIndex
_ROW = 30
_NAMES = 120  # the least room for names


def _share(sums: Sums) -> str:
    return "" if sums.cached_share is None else f"{sums.cached_share:.0%}"


COLUMNS: tuple[tuple[str, Callable[[Sums], str]], ...] = (
    ("usage.part.answers", lambda sums: f"{sums.answers:,}"),
    ("usage.column.input", lambda sums: f"{sums.prompt:,}"),
    ("usage.column.share", _share),
    ("usage.part.output", lambda sums: f"{sums.completion:,}"),
    ("usage.part.spent", spent_words),
    ("usage.part.saved", lambda sums: money(sums.saved)),
)


class _Rows(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.bars: Sequence[Bar] = ()
        self.name_id = "usage.by.day"

    def show_bars(self, bars: Sequence[Bar], name_id: str) -> None:
        self.beginResetModel()
        self.bars, self.name_id = bars, name_id
        self.endResetModel()

    def rowCount(self, parent: _Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.bars)

    def columnCount(self, parent: _Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS) + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        bar = self.bars[index.row()]
        return COLUMNS[index.column() - 1][1](bar.sums) if index.column() else bar.name

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return tr(COLUMNS[section - 1][0] if section else self.name_id)


class NumbersTable(QTableView):
    """As high as its rows, up to a screenful; scrolls then."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows = _Rows(self)
        self.setModel(self.rows)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setAlternatingRowColors(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        theme.changed.connect(self._fit)
        self._fit()

    def show_bars(self, bars: Sequence[Bar], name_id: str) -> None:
        """Replace the rows; `name_id` heads the first column."""
        self.rows.show_bars(bars, name_id)
        self._fit()

    def _fit(self) -> None:
        px = self._theme.px
        self.verticalHeader().setDefaultSectionSize(px(_ROW))
        self.horizontalHeader().setMinimumSectionSize(px(56))
        self.setStyleSheet(
            f"QTableView::item {{ padding: 0 {px(8)}px; }} QAbstractScrollArea::corner {{ background: transparent; }}"
        )
        self._fit_names()

    def _fit_names(self) -> None:
        """Names have the room that is left; where that is too little, all of it scrolls sideways."""
        px, head = self._theme.px, self.horizontalHeader()
        others = sum(self._content_width(column) for column in range(1, head.count()))
        narrow = self.viewport().width() - others < px(_NAMES)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed if narrow else QHeaderView.ResizeMode.Stretch)
        if narrow:
            head.resizeSection(0, px(_NAMES))
        bar = self.horizontalScrollBar().sizeHint().height() if narrow else 0
        self.setFixedHeight(px(_ROW) * min(max(len(self.rows.bars), 3) + 1, 13) + px(14) + bar)

    def _content_width(self, column: int) -> int:
        return max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_names()
