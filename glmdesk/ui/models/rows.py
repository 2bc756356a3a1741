"""A list whose rows are replaced as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from glmdesk.ui.models.option import NOWHERE

_Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")


class RowsModel(QAbstractListModel, Generic[Row]):
    """Delegates read `rows`; Qt's roles serve screen readers and typing ahead."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()

    def title(self, row: Row) -> str:
        """The name of a row."""
        raise NotImplementedError

    def details(self, row: Row) -> Sequence[str]:
        """What is read out after the name; empty texts are left out."""
        raise NotImplementedError

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (self.title(row), *self.details(row)) if part)
        return self.title(row) if role == Qt.ItemDataRole.DisplayRole else None
