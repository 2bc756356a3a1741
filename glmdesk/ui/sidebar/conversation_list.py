"""The list of conversations: mouse, keyboard, menu, renaming in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QFrame, QListView, QMenu, QWidget

from glmdesk.domain.conversation import Conversation
from glmdesk.ui.composer.line_edit import ENTER_KEYS
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.conversations import ConversationsModel, local_now
from glmdesk.ui.sidebar.delegate import ConversationDelegate

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


def prepare_list(view: QListView) -> None:
    """What all lists of the sidebar share."""
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setMouseTracking(True)
    view.viewport().setAutoFillBackground(False)


class ConversationList(QListView):
    """`grouped` True is the list itself, False the bin: other actions, no renaming."""

    opened = Signal(str)
    rename = Signal(str, str)
    pin = Signal(str, bool)
    duplicate = Signal(str)
    export = Signal(str)
    delete = Signal(str)
    restore = Signal(str)

    def __init__(
        self,
        *,
        theme: ThemeManager,
        grouped: bool = True,
        clock: Callable[[], datetime] = local_now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._in_bin = not grouped
        self.rows = ConversationsModel(self, clock=clock, grouped=grouped)
        self.delegate = ConversationDelegate(theme=theme, model=self.rows, parent=self)
        self.delegate.renamed.connect(self.rename)
        self._waiting: Sequence[Conversation] | None = None
        self.setModel(self.rows)
        self.setItemDelegate(self.delegate)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        prepare_list(self)
        theme.changed.connect(self._relayout)

    # --- content ----------------------------------------------------------------------------------------------------

    def set_conversations(self, conversations: Sequence[Conversation]) -> None:
        """Replace the rows; scroll position and keyboard row stay. While a title is edited this waits."""
        if self.state() == QAbstractItemView.State.EditingState:
            self._waiting = conversations
            return
        self._waiting = None
        focused = self.rows.conversation(self.currentIndex())
        at = self.verticalScrollBar().value()
        self.rows.set_conversations(conversations)
        if focused is not None:
            self.setCurrentIndex(self.rows.index_of(focused.id))
        self.doItemsLayout()
        self.verticalScrollBar().setValue(at)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._waiting is not None:
            self.set_conversations(self._waiting)

    def show_current(self, conversation_id: str) -> None:
        """Mark the open conversation and bring it into view."""
        self.rows.set_current(conversation_id)
        index = self.rows.index_of(conversation_id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def _relayout(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def _conversation(self) -> Conversation | None:
        return self.rows.conversation(self.currentIndex())

    # --- keyboard ---------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen, key = self._conversation(), event.key()
        self._show_focus(True)
        if chosen is None or key not in (*ENTER_KEYS, Qt.Key.Key_F2, Qt.Key.Key_Delete):
            super().keyPressEvent(event)
        elif key in ENTER_KEYS:
            self.opened.emit(chosen.id)
        elif key == Qt.Key.Key_Delete:
            self.delete.emit(chosen.id)
        elif not self._in_bin:
            self.edit(self.currentIndex())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus(event.reason() in _KEYBOARD)
        if not self.currentIndex().isValid():
            first = next((i for i in range(self.rows.rowCount()) if self.rows.conversation(self.rows.index(i, 0))), 0)
            self.setCurrentIndex(self.rows.index(first, 0))

    def _show_focus(self, visible: bool) -> None:
        self.delegate.focus_visible = visible
        self.viewport().update()

    def rename_row(self, conversation_id: str) -> None:
        """Start editing a title in place."""
        index = self.rows.index_of(conversation_id)
        if index.isValid() and not self._in_bin:
            self.setCurrentIndex(index)
            self.edit(index)

    # --- mouse and menu ---------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._show_focus(False)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and self._on_more(index, event.position().toPoint()):
            self.setCurrentIndex(index)
            self._open_menu(self.viewport().mapToGlobal(self.delegate.more_rect(self.visualRect(index)).bottomLeft()))
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        pressed_here = index.isValid() and index == self.currentIndex() and not self._on_more(index, at)
        chosen = self.rows.conversation(index) if pressed_here else None
        if chosen is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(chosen.id)

    def _on_more(self, index: QModelIndex, at: QPoint) -> bool:
        if self.rows.conversation(index) is None:
            return False
        return self.delegate.more_rect(self.visualRect(index)).contains(at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            self._open_menu(self.viewport().mapToGlobal(rect.bottomLeft()))
            return
        index = self.indexAt(event.pos())
        if self.rows.conversation(index) is not None:
            self.setCurrentIndex(index)
            self._open_menu(event.globalPos())

    def _open_menu(self, at: QPoint) -> None:
        chosen = self._conversation()
        if chosen is not None:
            menu = self.menu_for(chosen)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(at)

    def menu_for(self, chosen: Conversation) -> QMenu:
        """The actions on one row."""
        menu = QMenu(self)
        key = chosen.id
        if self._in_bin:
            self._add(menu, "restore", lambda: self.restore.emit(key))
            menu.addSeparator()
            self._add(menu, "purge", lambda: self.delete.emit(key), shortcut="Del")
            return menu
        self._add(menu, "rename", lambda: self.rename_row(key), shortcut="F2")
        self._add(menu, "unpin" if chosen.pinned else "pin", lambda: self.pin.emit(key, not chosen.pinned))
        self._add(menu, "duplicate", lambda: self.duplicate.emit(key))
        self._add(menu, "export", lambda: self.export.emit(key))
        menu.addSeparator()
        self._add(menu, "delete", lambda: self.delete.emit(key), shortcut="Del")
        return menu

    @staticmethod
    def _add(menu: QMenu, name: str, run: Callable[[], None], *, shortcut: str = "") -> None:
        text = tr(f"sidebar.action.{name}")
        # The key is shown, not bound: the list itself handles it.
        action = menu.addAction(f"{text}\t{shortcut}" if shortcut else text)
        action.triggered.connect(lambda: run())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("sidebar.bin.title" if self._in_bin else "sidebar.list"))
        self.rows.regroup()
