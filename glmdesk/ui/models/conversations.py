"""The conversation list as rows: headers of groups and conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from glmdesk.domain.conversation import Conversation
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.dates import Group, group_of, short_time
from glmdesk.ui.models.option import NOWHERE

_Index = QModelIndex | QPersistentModelIndex


def local_now() -> datetime:
    """The wall clock in the local zone."""
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: a header when `conversation` is None."""

    group: Group
    conversation: Conversation | None = None
    time: str = ""


_DRAFT = 80  # characters of a draft that can name a conversation


def title_of(conversation: Conversation) -> str:
    """The title, or what waits in the composer of a conversation that has none yet."""
    if title := conversation.title.replace("\n", " ").strip():
        return title
    words = " ".join(conversation.draft[:_DRAFT].split())
    return tr("sidebar.draft", words=words) if words else tr("sidebar.untitled")


def entries_of(conversations: Sequence[Conversation], now: datetime) -> list[Entry]:
    """Rows in the order of the groups; within a group as given. Empty groups have no header."""
    groups: dict[Group, list[Entry]] = {group: [] for group in Group}
    for conversation in conversations:
        group = Group.PINNED if conversation.pinned else group_of(conversation.updated_at, now)
        groups[group].append(
            Entry(group, conversation, short_time(conversation.deleted_at or conversation.updated_at, now))
        )
    return [row for group, rows in groups.items() if rows for row in (Entry(group), *rows)]


class ConversationsModel(QAbstractListModel):
    """Rows for the delegate, which reads `entry()`; Qt's roles serve screen readers and the inline editor.

    `grouped` False (the bin) leaves the headers out.
    """

    def __init__(
        self, parent: QObject | None = None, *, clock: Callable[[], datetime] = local_now, grouped: bool = True
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._grouped = grouped
        self._conversations: Sequence[Conversation] = ()
        self._rows: list[Entry] = []
        self._row_of: dict[str, int] = {}
        self.busy: frozenset[str] = frozenset()
        self.waiting: frozenset[str] = frozenset()  # a call asks the user
        self.current_id = ""

    # --- what is set ------------------------------------------------------------------------------------------------

    def set_conversations(self, conversations: Sequence[Conversation]) -> None:
        """Replace the list. When the rows are the same ones in the same order only their looks are told to change."""
        self._conversations = conversations
        rows = entries_of(conversations, self._clock())
        rows = rows if self._grouped else [row for row in rows if row.conversation]
        if [_key(row) for row in rows] == [_key(row) for row in self._rows]:
            self._rows = rows
            self._repaint()
            return
        self.beginResetModel()
        self._rows = rows
        self._row_of = {row.conversation.id: at for at, row in enumerate(rows) if row.conversation}
        self.endResetModel()

    def regroup(self) -> None:
        """After midnight, or in another language."""
        self.set_conversations(self._conversations)

    def set_busy(self, ids: frozenset[str], waiting: frozenset[str] = frozenset()) -> None:
        """Which generate, and which of them wait for the user."""
        self.busy, self.waiting = ids, waiting
        self._repaint()

    def set_current(self, conversation_id: str) -> None:
        self.current_id = conversation_id
        self._repaint()

    def _repaint(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    # --- what is read -----------------------------------------------------------------------------------------------

    def entry(self, index: _Index) -> Entry:
        return self._rows[index.row()]

    def conversation(self, index: _Index) -> Conversation | None:
        return self._rows[index.row()].conversation if index.isValid() else None

    def index_of(self, conversation_id: str) -> QModelIndex:
        """Invalid when the conversation is not in the list."""
        row = self._row_of.get(conversation_id)
        return QModelIndex() if row is None else self.index(row, 0)

    def rowCount(self, parent: _Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid() or self._rows[index.row()].conversation is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self._grouped else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._rows[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(entry)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        return title_of(entry.conversation) if entry.conversation else tr(f"sidebar.group.{entry.group.value}")

    def _spoken(self, entry: Entry) -> str:
        conversation = entry.conversation
        if conversation is None:
            return tr(f"sidebar.group.{entry.group.value}")
        busy = "sidebar.mark.waiting" if conversation.id in self.waiting else "sidebar.mark.busy"
        marks = [tr(busy)] if conversation.id in self.busy else []
        marks += [tr("sidebar.mark.unread")] if conversation.unread else []
        marks += [tr("sidebar.mark.pinned")] if conversation.pinned else []
        return ", ".join([title_of(conversation), *marks, entry.time])


def _key(row: Entry) -> tuple[str, str]:
    return row.group.value, row.conversation.id if row.conversation else ""
