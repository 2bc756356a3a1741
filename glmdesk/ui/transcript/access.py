"""What assistive technology is told: the messages as children of the view, and that an answer is finished."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAccessibleInterface,
    QColor,
    QWindow,
)
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from glmdesk.domain.message import Role
from glmdesk.ui.i18n import tr

if TYPE_CHECKING:
    from glmdesk.ui.transcript.row import RowItem
    from glmdesk.ui.transcript.view import TranscriptView


def describe(view: QWidget, count: int) -> None:
    """Say how many messages there are."""
    view.setAccessibleDescription(tr("transcript.described", count=count))


class MessageAccess(QAccessibleInterface):
    """One message. Asks the view whenever it is asked: nothing is kept that could grow old."""

    def __init__(self, view: TranscriptView, row_id: str) -> None:
        super().__init__()
        self._view = view
        self.row_id = row_id
        self.gone = False

    @property
    def _item(self) -> RowItem | None:
        return None if self.gone else self._view.stack.item(self.row_id)

    def isValid(self) -> bool:
        return self._item is not None

    def object(self) -> QObject:
        return cast(QObject, None)  # it is painted, there is no widget

    def window(self) -> QWindow:
        return cast(QWindow, None if self.gone else self._view.window().windowHandle())

    def parent(self) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None if self.gone else QAccessible.queryAccessibleInterface(self._view))

    def child(self, index: int) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None)

    def childCount(self) -> int:
        return 0

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def focusChild(self) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None)

    def relations(self, match: QAccessible.RelationFlag) -> list[object]:  # pyright: ignore
        return []

    def backgroundColor(self) -> QColor:
        return QColor()

    def foregroundColor(self) -> QColor:
        return QColor()

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.readOnly = True  # pyright: ignore[reportAttributeAccessIssue]  (a field of one bit)
        item, view = self._item, self._view
        if item is not None:
            top = view.stack.top(item) - view.origin
            state.offscreen = not -item.height < top < view.viewport().height()  # pyright: ignore
        return state

    def text(self, which: QAccessible.Text) -> str:
        item = self._item
        if item is None or which is not QAccessible.Text.Name:
            return ""
        message = item.row.message
        who = "transcript.access.user" if message.role is Role.USER else "transcript.access.answer"
        return tr(who, text=message.text)

    def setText(self, which: QAccessible.Text, text: str) -> None:
        """Messages are read, not written."""

    def rect(self) -> QRect:
        item = self._item
        if item is None:
            return QRect()
        view = self._view
        corner = view.viewport().mapToGlobal(QPoint(view.column_left, view.stack.top(item) - view.origin))
        return QRect(corner.x(), corner.y(), view.context.width, item.height)


class TranscriptAccess(QAccessibleWidget):
    """The view: its messages in order, then its widgets."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view, QAccessible.Role.List)
        self._view = view
        self._messages: dict[str, tuple[int, MessageAccess]] = {}
        view.destroyed.connect(self.forget)

    def childCount(self) -> int:
        return len(self._view.stack.items) + super().childCount()

    def child(self, index: int) -> QAccessibleInterface:
        items = self._view.stack.items
        if not 0 <= index < len(items):
            return super().child(index - len(items))
        return self._message(items[index].id)

    def _message(self, row_id: str) -> MessageAccess:
        if row_id not in self._messages:
            made = MessageAccess(self._view, row_id)
            # Registered by us, and kept as long as it is registered: Qt must never hold what Python has let go.
            self._messages[row_id] = (QAccessible.registerAccessibleInterface(made), made)
        return self._messages[row_id][1]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, MessageAccess):
            place = self._view.stack.index(child.row_id)
            return -1 if place is None else place
        at = super().indexOfChild(child)
        return at if at < 0 else at + len(self._view.stack.items)

    def forget(self) -> None:
        """Another conversation is shown, or the view goes away: its messages are not there any more."""
        old, self._messages = self._messages, {}
        for number, message in old.values():
            message.gone = True
            QAccessible.deleteAccessibleInterface(number)


_views: WeakKeyDictionary[QObject, TranscriptAccess] = WeakKeyDictionary()


def _factory(_name: str, thing: QObject | None) -> QAccessibleInterface | None:
    from glmdesk.ui.transcript.view import TranscriptView

    if not isinstance(thing, TranscriptView):
        return None
    made = _views[thing] = TranscriptAccess(thing)
    return made


@cache
def install() -> None:
    """Let assistive technology see into every message view; costs nothing while there is none."""
    QAccessible.installFactory(_factory)


def forget(view: QWidget) -> None:
    """Another conversation is shown."""
    if view in _views:
        _views[view].forget()


def renew(view: QWidget) -> None:
    """There are other messages."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(view, QAccessible.Event.ObjectReorder))
