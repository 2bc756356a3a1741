"""The bin: deleted conversations, to be restored or deleted for good after a second word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.conversation import Conversation
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.conversations import local_now, title_of
from glmdesk.ui.sidebar.conversation_list import ConversationList
from glmdesk.ui.sidebar.empty import EmptyNote
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.strip import ConfirmStrip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class BinView(QWidget):
    """Header, rows, question."""

    restore = Signal(str)
    restore_open = Signal(str)
    purge = Signal(str)
    empty_bin = Signal()
    back = Signal()

    def __init__(
        self, *, theme: ThemeManager, parent: QWidget | None = None, clock: Callable[[], datetime] = local_now
    ) -> None:
        super().__init__(parent)
        self.list = ConversationList(theme=theme, grouped=False, clock=clock)
        self.note = PlainLabel(role="faint", theme=theme)
        self.title = PlainLabel(role="title", theme=theme)
        self.back_button = IconButton("back", "sidebar.bin.back", theme=theme)
        self.empty_button = Button("sidebar.bin.empty", kind="quiet")
        self.confirm = ConfirmStrip(
            theme=theme, cancel_id="sidebar.bin.cancel", confirm_id="sidebar.bin.purge", stacked=True
        )
        self.offer = ConfirmStrip(
            theme=theme,
            cancel_id="sidebar.bin.cancel",
            confirm_id="sidebar.bin.restore_open",
            kind="primary",
            stacked=True,
        )
        self.empty_note = EmptyNote(theme=theme)
        self._conversations: Sequence[Conversation] = ()
        self._offered = ""
        self._agreed: Callable[[], None] = self.empty_bin.emit
        self._build()
        self.list.restore.connect(self.restore)
        self.list.opened.connect(self._offer)
        self.list.delete.connect(self._ask_purge)
        self.back_button.clicked.connect(self.back)
        self.empty_button.clicked.connect(self._ask_empty)
        self.confirm.confirmed.connect(self._do_agreed)
        self.offer.confirmed.connect(lambda: self.restore_open.emit(self._offered))
        self.retranslate()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.back_button)
        top.addWidget(self.title, 1)
        top.addWidget(self.empty_button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty_note)
        self._stack.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.note)
        layout.addWidget(self.confirm)
        layout.addWidget(self.offer)
        layout.addWidget(self._stack, 1)

    def set_conversations(self, conversations: Sequence[Conversation]) -> None:
        """What is in the bin, newest deletion first."""
        self._conversations = conversations
        self.list.set_conversations(conversations)
        self._stack.setCurrentIndex(1 if conversations else 0)
        self.empty_button.setEnabled(bool(conversations))
        self.note.setVisible(bool(conversations))
        self._take_back()

    def _take_back(self) -> None:
        """No question is asked any more."""
        self.confirm.hide()
        self.offer.hide()

    def _chosen(self, conversation_id: str) -> Conversation | None:
        return next((c for c in self._conversations if c.id == conversation_id), None)

    def _offer(self, conversation_id: str) -> None:
        """What is in the bin cannot be read there: it can be taken out and opened."""
        chosen = self._chosen(conversation_id)
        if chosen is not None:
            self._take_back()
            self._offered = conversation_id
            self.offer.ask(tr("sidebar.bin.offer", title=title_of(chosen)))

    def _ask_purge(self, conversation_id: str) -> None:
        chosen = self._chosen(conversation_id)
        if chosen is not None:
            self._take_back()
            self._agreed = lambda: self.purge.emit(conversation_id)
            self.confirm.ask(tr("sidebar.bin.confirm_purge", title=title_of(chosen)))

    def _ask_empty(self) -> None:
        self._take_back()
        self._agreed = self.empty_bin.emit
        self.confirm.ask(tr("sidebar.bin.confirm_empty", count=len(self._conversations)))

    def _do_agreed(self) -> None:
        self._agreed()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr("sidebar.bin.title"))
        self.note.setText(tr("sidebar.bin.note"))
        self._take_back()
        self.empty_note.show_texts(tr("sidebar.empty.bin"), tr("sidebar.empty.bin_hint"))
        self.list.retranslate()
