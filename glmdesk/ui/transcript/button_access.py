"""The painted buttons of a message for assistive technology: its children, which can be focused and pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from weakref import ref

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QPushButton
from shiboken6 import Shiboken

if TYPE_CHECKING:
    from glmdesk.ui.transcript.blocks.base import PaintedButton, Piece
    from glmdesk.ui.transcript.row import RowItem
    from glmdesk.ui.transcript.view import TranscriptView


class PaintedAccess(QAccessibleInterface):
    """Something painted in a view. Asks the view whenever it is asked: nothing is kept that could grow old."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__()
        self._view = view
        self.gone = False

    def object(self) -> QObject:
        return cast(QObject, None)  # it is painted, there is no widget

    def window(self) -> QWindow:
        return cast(QWindow, None if self.gone else self._view.window().windowHandle())

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

    def setText(self, which: QAccessible.Text, text: str) -> None:
        """Messages are read, not written."""


class _Press(QPushButton):
    """Never shown. It lends its action "Press": one written in Python cannot be asked for (its names end the program).

    `aim` is the button whose action was asked for last; it is pressed in the same call.
    """

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self.setWindowFlag(Qt.WindowType.Window)  # no child of the view for those who list them
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.aim: ButtonAccess | None = None

    def action(self) -> int:
        """The address of the action."""
        lent = QAccessible.queryAccessibleInterface(self)
        return lent.interface_cast(QAccessible.InterfaceType.ActionInterface)


class ButtonAccess(PaintedAccess):
    """One painted button, named by its piece and its key."""

    def __init__(self, owner: ButtonsAccess, view: TranscriptView, item: RowItem, name: tuple[Piece, str]) -> None:
        super().__init__(view)
        self._owner = owner
        self._row_id = item.id
        self._piece = ref(name[0])
        self.key = name[1]

    @property
    def piece(self) -> Piece | None:
        return self._piece()

    def _found(self) -> tuple[RowItem, Piece, PaintedButton] | None:
        """The button as it is now, while it is there."""
        piece, item = self.piece, None if self.gone else self._view.stack.item(self._row_id)
        if piece is None or item is None or piece not in item.pieces:
            return None
        buttons = (button for button in piece.buttons(self._view.context) if button.key == self.key)
        return next(((item, piece, button) for button in buttons), None)

    def isValid(self) -> bool:
        return self._found() is not None

    def parent(self) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None if self.gone else self._owner.message)

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Button

    @property
    def focused(self) -> bool:
        return not self.gone and self._view.hasFocus() and self._view.context.focus == (self.piece, self.key)

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if not self.isValid():
            state.invalid = True  # pyright: ignore[reportAttributeAccessIssue]  (fields of one bit)
            return state
        port = self._view.viewport()
        seen = self.rect().intersects(QRect(port.mapToGlobal(QPoint()), port.size()))
        state.focusable = True  # pyright: ignore[reportAttributeAccessIssue]
        state.offscreen = not seen  # pyright: ignore[reportAttributeAccessIssue]
        state.focused = self.focused  # pyright: ignore[reportAttributeAccessIssue]
        return state

    def text(self, which: QAccessible.Text) -> str:
        found = self._found()
        return found[2].tip if found is not None and which is QAccessible.Text.Name else ""

    def rect(self) -> QRect:
        found = self._found()
        if found is None:
            return QRect()
        item, piece, button = found
        view = self._view
        top = view.stack.piece_top(item, piece) or 0
        corner = QPoint(view.column_left + piece.left(view.context), top - view.origin)
        return button.rect.translated(view.viewport().mapToGlobal(corner))

    def interface_cast(self, arg__1: QAccessible.InterfaceType) -> int:
        acts = arg__1 is QAccessible.InterfaceType.ActionInterface and not self.gone
        return self._owner.action(self) if acts else cast(int, Shiboken.VoidPtr(0))

    def press(self) -> None:
        """Do what the button says."""
        found = self._found()
        if found is not None:
            self._view.commands.run(found[0], found[1], self.key)


class ButtonsAccess:
    """The buttons of one message: made when they are asked for, kept while they are there."""

    def __init__(self, message: QAccessibleInterface, view: TranscriptView) -> None:
        self.message = message
        self._view = view
        self._press: _Press | None = None
        self._known: dict[tuple[int, str], tuple[int, ButtonAccess]] = {}
        self._left: list[tuple[int, ButtonAccess]] = []  # gone, but perhaps in use by the question that found it out

    def all(self, item: RowItem | None) -> list[ButtonAccess]:
        """Those of a message that is laid out, in the order of Tab; one far away has none yet."""
        pieces = item.pieces if item is not None else ()
        names = [(piece, button.key) for piece in pieces for button in piece.buttons(self._view.context)]
        old, self._known = self._known, {}
        if item is not None:
            for piece, key in names:
                kept = old.get((id(piece), key))
                again = kept is not None and kept[1].piece is piece
                self._known[id(piece), key] = kept if kept is not None and again else self._make(item, piece, key)
        self._part_with([pair for pair in old.values() if self._known.get((id(pair[1].piece), pair[1].key)) != pair])
        return [button for _, button in self._known.values()]

    def _make(self, item: RowItem, piece: Piece, key: str) -> tuple[int, ButtonAccess]:
        made = ButtonAccess(self, self._view, item, (piece, key))
        return QAccessible.registerAccessibleInterface(made), made

    def action(self, button: ButtonAccess) -> int:
        """The address of what presses a button."""
        if self._press is None:
            self._press = _Press(self._view)
            self._press.pressed.connect(self._pressed)
        self._press.aim = button
        return self._press.action()

    def _pressed(self) -> None:
        press, self._press = self._press, None  # it stays down for a while; the next one is free at once
        if press is not None and press.aim is not None:
            press.deleteLater()
            # Not inside the question: what is done may take the button away.
            QTimer.singleShot(0, self._view, press.aim.press)

    def _part_with(self, gone: list[tuple[int, ButtonAccess]]) -> None:
        for _, button in gone:
            button.gone = True
        if gone and not self._left:
            QTimer.singleShot(0, self._view, self._clear)
        self._left += gone

    def _clear(self) -> None:
        left, self._left = self._left, []
        for number, _ in left:
            QAccessible.deleteAccessibleInterface(number)

    def forget(self) -> None:
        """The message is not there any more."""
        known, self._known = self._known, {}
        for _, button in known.values():
            button.gone = True
        self._left += known.values()
        self._clear()
        if self._press is not None and Shiboken.isValid(self._press):
            self._press.deleteLater()
        self._press = None
