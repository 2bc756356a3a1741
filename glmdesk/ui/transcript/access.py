"""What assistive technology is told: the messages as children of the view, and that an answer is finished."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from glmdesk.domain.message import Role
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.button_access import ButtonAccess, ButtonsAccess, PaintedAccess
from glmdesk.ui.widgets.announce import announce

if TYPE_CHECKING:
    from glmdesk.ui.transcript.row import RowItem
    from glmdesk.ui.transcript.view import TranscriptView


def describe(view: QWidget, title: str, *, count: int) -> None:
    """Say what is shown, in the language of now, and how many messages there are now."""
    view.setAccessibleName(title or tr("transcript.name"))
    view.setAccessibleDescription(tr("transcript.described", count=count))
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(view, QAccessible.Event.ObjectReorder))


class MessageAccess(PaintedAccess):
    """One message; its children are the buttons painted in it."""

    def __init__(self, view: TranscriptView, row_id: str) -> None:
        super().__init__(view)
        self.row_id = row_id
        self._buttons = ButtonsAccess(self, view)

    @property
    def _item(self) -> RowItem | None:
        return None if self.gone else self._view.stack.item(self.row_id)

    def isValid(self) -> bool:
        return self._item is not None

    def parent(self) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None if self.gone else QAccessible.queryAccessibleInterface(self._view))

    def buttons(self) -> list[ButtonAccess]:
        """Those that are there now."""
        return self._buttons.all(self._item)

    def child(self, index: int) -> QAccessibleInterface:
        buttons = self.buttons()
        return cast(QAccessibleInterface, buttons[index] if 0 <= index < len(buttons) else None)

    def childCount(self) -> int:
        return len(self.buttons())

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        return cast(QAccessibleInterface, next((b for b in self.buttons() if b.rect().contains(x, y)), None))

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((i for i, button in enumerate(self.buttons()) if button is child), -1)

    def focusChild(self) -> QAccessibleInterface:
        return cast(QAccessibleInterface, next((b for b in self.buttons() if b.focused), None))

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

    def rect(self) -> QRect:
        item = self._item
        if item is None:
            return QRect()
        view = self._view
        corner = view.viewport().mapToGlobal(QPoint(view.column_left, view.stack.top(item) - view.origin))
        return QRect(corner.x(), corner.y(), view.context.width, item.height)

    def forget(self) -> None:
        """It is not there any more."""
        self.gone = True
        self._buttons.forget()


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

    def focusChild(self) -> QAccessibleInterface:
        return self.focused_button() or super().focusChild()

    def state(self) -> QAccessible.State:
        state = super().state()
        if self.focused_button() is not None:
            state.focused = False  # pyright: ignore[reportAttributeAccessIssue]  (it is on the button)
        return state

    def focused_button(self) -> ButtonAccess | None:
        """The painted button that Tab is on."""
        view, focus = self._view, self._view.context.focus
        if focus is None or not view.hasFocus():
            return None
        seen = view.stack.pieces_in(view.origin, view.origin + view.viewport().height())
        rows = (placed.item.id for placed in seen if placed.piece is focus[0])
        return next((b for row_id in rows for b in self._message(row_id).buttons() if b.focused), None)

    def forget(self) -> None:
        """Another conversation is shown, or the view goes away: its messages are not there any more."""
        old, self._messages = self._messages, {}
        for number, message in old.values():
            message.forget()
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


def tell_focus(view: QWidget, tip: str) -> None:
    """Tab is on something painted: a button is focused, a link is said."""
    if not QAccessible.isActive():
        return
    access = _access_of(view)
    button = access.focused_button() if access is not None else None
    if button is None:
        announce(view, tip)
    else:
        QAccessible.updateAccessibility(QAccessibleEvent(button, QAccessible.Event.Focus))


def _access_of(view: QWidget) -> TranscriptAccess | None:
    QAccessible.queryAccessibleInterface(view)  # made when it is asked for
    return _views.get(view)
