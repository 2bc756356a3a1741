"""The tables in a result: one at a time, chosen by name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from glmdesk.domain.table import Table, cell_text
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.tooltip import plain_tooltip

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_EMPTY = Table("", (), ())
_WIDEST = 260


class _Model(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.table = _EMPTY

    def show_table(self, table: Table) -> None:
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.table.columns[section] if orientation is Qt.Orientation.Horizontal else section + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        value = self.table.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(cell_text(value).split())
        if role == Qt.ItemDataRole.ToolTipRole and value not in (None, ""):
            return plain_tooltip(cell_text(value)[:2000])
        if role == Qt.ItemDataRole.TextAlignmentRole and isinstance(value, int | float) and not isinstance(value, bool):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class _View(QTableView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._copied())
            return
        super().keyPressEvent(event)

    def _copied(self) -> str:
        """The selected cells, rows as lines and tabs between columns."""
        rows: dict[int, list[str]] = {}
        for index in sorted(self.selectedIndexes(), key=lambda i: (i.row(), i.column())):
            rows.setdefault(index.row(), []).append(str(index.data()))
        return "\n".join("\t".join(cells) for cells in rows.values())


class TablePane(QWidget):
    """`show_tables` takes what `tables_of` gives."""

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self.tables: Sequence[Table] = ()
        self.names = Combo(theme=theme)
        self.rows = _Model(self)
        self.view = _View()
        self.view.setModel(self.rows)
        self.view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.view.setWordWrap(False)
        self.view.setShowGrid(True)
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.note = PlainLabel(theme=theme, role="faint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        column.addWidget(self.names)
        column.addWidget(self.view, 1)
        column.addWidget(self.note)
        self.names.currentIndexChanged.connect(self._show)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    @property
    def table(self) -> Table:
        """The one that is shown."""
        return self.rows.table

    def show_tables(self, tables: Sequence[Table]) -> None:
        if tables == self.tables and self.rows.table is not _EMPTY:
            return
        self.tables = tables
        self.names.blockSignals(True)
        self.names.clear()
        for table in tables:
            self.names.addItem(self._name(table))
        self.names.blockSignals(False)
        self.names.setVisible(len(tables) > 1)
        self._show(0)

    def _name(self, table: Table) -> str:
        name = table.name or tr("structured.table.rest")
        return tr("structured.table.name", name=name, count=len(table.rows))

    def _show(self, place: int) -> None:
        table = self.tables[place] if 0 <= place < len(self.tables) else _EMPTY
        self.rows.show_table(table)
        self.note.setText(tr("structured.table.cut") if table.cut else "")
        self.note.setVisible(table.cut)
        self._fit_columns()

    def _fit_columns(self) -> None:
        px = self._theme.px
        self.view.resizeColumnsToContents()
        for column in range(self.rows.columnCount()):
            self.view.setColumnWidth(column, min(max(self.view.columnWidth(column) + px(8), px(72)), px(_WIDEST)))

    def _restyle(self) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        self.view.setStyleSheet(
            f"QTableView {{ border: 1px solid {tokens.line}; gridline-color: {tokens.line};"
            f" selection-background-color: {tokens.accent_ground}; selection-color: {tokens.text}; }}"
            f"QTableView::item {{ padding: 0 {px(8)}px; }}"
            f"QTableView:focus {{ border: 1px solid {tokens.accent}; }}"
            f"QTableCornerButton::section {{ background: {tokens.side}; border: none; }}"
        )
        self.view.verticalHeader().setDefaultSectionSize(px(32))
        self._fit_columns()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.names.setAccessibleName(tr("structured.table.choose"))
        self.view.setAccessibleName(tr("structured.view.table"))
        for place, table in enumerate(self.tables):
            self.names.setItemText(place, self._name(table))
