"""Search hits as rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from glmdesk.domain.conversation import SearchHit
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.option import NOWHERE

_Index = QModelIndex | QPersistentModelIndex
_LEAD = 14  # characters before the hit that stay in view


def shown_snippet(hit: SearchHit) -> tuple[str, int, int]:
    """(one line of text, start, end): the hit is near the beginning, so that a narrow row still shows it."""
    cut = max(0, hit.start - _LEAD)
    lead = "…" if cut else ""
    text = lead + hit.snippet[cut:].replace("\n", " ").replace("\t", " ")
    return text, hit.start - cut + len(lead), hit.end - cut + len(lead)


class HitsModel(QAbstractListModel):
    """One row per message that contains the query."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: Sequence[SearchHit] = ()

    def set_hits(self, hits: Sequence[SearchHit]) -> None:
        self.beginResetModel()
        self._hits = hits
        self.endResetModel()

    def hit(self, index: _Index) -> SearchHit:
        return self._hits[index.row()]

    def rowCount(self, parent: _Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        title = hit.conversation_title or tr("sidebar.untitled")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{title}: {hit.snippet}"
        return title if role == Qt.ItemDataRole.DisplayRole else None
