"""The chat page: header, transcript or start page, composer; layout only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from glmdesk.ui.composer.composer import Composer
from glmdesk.ui.composer.editor import local_files
from glmdesk.ui.header.header import Header
from glmdesk.ui.scenarios.start_page import StartPage
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.theme.tokens import READING_WIDTH
from glmdesk.ui.transcript.view import TranscriptView
from glmdesk.ui.turns.editing import EditingStrip
from glmdesk.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from glmdesk.ui.tools.approval_card import ApprovalCard
    from glmdesk.ui.turns.compare_page import ComparePage

_MARGIN = 12
_LIST_FROM = 360  # logical pixels of the page


class ChatPage(QWidget):
    """Owns the widgets of a chat; the presenter fills them. Files can be dropped anywhere on it."""

    files_dropped = Signal(list)
    decided = Signal(str, object)  # about a call: the id of its request, a `Decision`
    edited = Signal(str, str)  # arguments of a call: the id of its request, the text
    fitted = Signal()  # the room that the messages have may be another one

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.header = Header(theme=theme, parent=self)
        self.start = StartPage(theme=theme, parent=self)
        self.transcript = TranscriptView(theme=theme, parent=self)
        self.composer = Composer(theme=theme, parent=self)
        self.editing = EditingStrip(theme=theme, parent=self)
        self._approval: ApprovalCard | None = None
        self.comparison: ComparePage | None = None
        self._empty = True
        self.questions = IconButton("list", "action.questions", theme=theme)
        self.header.add_right(self.questions)
        self._stack = QStackedLayout()
        for page in (self.start, self.transcript):
            page.setMinimumHeight(1)  # in a low window it gives way to the composer
            self._stack.addWidget(page)
        self._strip = QHBoxLayout()
        self._strip.addWidget(self.editing, 0, Qt.AlignmentFlag.AlignHCenter)
        self._asking = QHBoxLayout()
        self._column = QHBoxLayout()
        self._column.addStretch(1)
        self._column.addWidget(self.composer)
        self._column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(self._stack, 1)
        layout.addLayout(self._asking)
        layout.addLayout(self._strip)
        layout.addLayout(self._column)
        theme.changed.connect(self._fit_composer)
        self.editing.hide()
        self.setAcceptDrops(True)
        self._fit_composer()

    @property
    def reading_room(self) -> QRect:
        """Where the messages are, between the header and what is asked or written below."""
        return (self.comparison or (self.start if self._empty else self.transcript)).geometry()

    @property
    def approval(self) -> ApprovalCard:
        """Asks about a call; made when it is first needed."""
        if self._approval is None:
            from glmdesk.ui.tools.approval_card import ApprovalCard

            self._approval = ApprovalCard(theme=self._theme, parent=self)
            self._asking.addWidget(self._approval, 0, Qt.AlignmentFlag.AlignHCenter)
            self._approval.shown.connect(self._fit_approval)
            self._approval.stop.clicked.connect(self.composer.stop)
            self._approval.decided.connect(self.decided)
            self._approval.edited.connect(self.edited)
            self._approval.hide()
        return self._approval

    @property
    def asks(self) -> bool:
        """True while a call is asked about."""
        return self._approval is not None and self._approval.request is not None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files_dropped.emit(local_files(event.mimeData()))
        event.acceptProposedAction()

    def show_start(self, empty: bool) -> None:
        """The scenario cards for an empty conversation, else the transcript; a comparison lies over both."""
        self._empty = empty
        self._stack.setCurrentWidget(self.comparison or (self.start if empty else self.transcript))
        self._fit_questions()

    def _fit_questions(self) -> None:
        """The way to the questions gives its room to the title where there is little; its keys stay."""
        room = self.width() >= self._theme.px(_LIST_FROM)
        self.questions.setVisible(room and not self._empty and self.comparison is None)
        self.header.fit()

    def show_editing(self, editing: bool) -> None:
        """Say that the composer holds an old question."""
        self.editing.setVisible(editing)
        self._fit_composer()

    def show_comparison(self, page: ComparePage | None) -> None:
        """Two answers in the place of the transcript and the composer, or no more."""
        old, self.comparison = self.comparison, page
        if page is not None:
            self._stack.addWidget(page)
        self._fit_approval()
        self.show_start(self._empty)
        if page is not None:
            page.columns[0].view.setFocus()
        if old is not None:
            old.close_page()
            self._stack.removeWidget(old)
            old.deleteLater()

    def views(self) -> list[TranscriptView]:
        """The views in which messages are shown."""
        columns = self.comparison.columns if self.comparison is not None else []
        return [*(column.view for column in columns), self.transcript]

    def find_words(self, by: int = 0) -> None:
        """Open the bar that finds words in the chat, or go to its next (1) or previous (-1) hit."""
        view = self._view_in_front()
        if not view.isVisible():
            return
        if by:
            view.find_bar.step(by)
        else:
            view.find_bar.open()

    def _view_in_front(self) -> TranscriptView:
        """The transcript; of two answers the one that has the focus, or the first."""
        views = self.views()
        return next((v for v in views if v.hasFocus() or v.find_bar.field.hasFocus()), views[0])

    def leave_find(self) -> bool:
        """Close a bar that finds words. False when there is none."""
        opened = [view.find_bar for view in self.views() if view.find_bar.isVisible()]
        for bar in opened:
            bar.close_bar()
        return bool(opened)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.fitted.emit()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_composer()
        self._fit_questions()

    def _fit_approval(self) -> None:
        """A call is asked about below some of the answer; where that is too tight, in the composer's place."""
        rest = self.height() - self.header.sizeHint().height() - self._theme.px(90)
        beside = rest - self.composer.sizeHint().height()
        margin, card = self._theme.px(_MARGIN), self._approval
        tight = card is not None and self.asks and beside < card.least
        if card is not None:
            card.show_stop(tight)
            card.set_most(rest - margin if tight else beside)
            card.setFixedWidth(min(self._theme.px(READING_WIDTH), self.width() - 4 * margin))
        above = margin // 2 if self.asks else 0
        self._asking.setContentsMargins(margin, above, margin, margin if tight else 0)
        if tight and self.composer.isAncestorOf(self.window().focusWidget() or self):
            self.transcript.setFocus()  # what is typed must not go into the arguments
        self.composer.setVisible(not tight and self.comparison is None)

    def _fit_composer(self) -> None:
        margin = self._theme.px(_MARGIN)
        beside = margin if self.width() >= self._theme.px(_LIST_FROM) else 0
        self._column.setContentsMargins(beside, 0, beside, margin)
        above = 0 if self.editing.isHidden() else margin // 2
        self._strip.setContentsMargins(margin, above, margin, 0)
        strip = self.editing.sizeHint().height() + above if above else 0
        self.composer.set_most(self.height() - self.header.height() - strip - margin - 1)
        self._fit_approval()
        self.editing.setFixedWidth(min(self._theme.px(READING_WIDTH), self.width() - 4 * margin))
        self.composer.setFixedWidth(min(self._theme.px(READING_WIDTH + 2 * _MARGIN), self.width() - 2 * beside))
        self._column.setAlignment(self.composer, Qt.AlignmentFlag.AlignHCenter)
