"""The sidebar: search, the conversation list, search results, the bin, and the way to templates and settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.conversation import Conversation, SearchHit
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.conversations import local_now
from glmdesk.ui.sidebar.bin import BinView
from glmdesk.ui.sidebar.conversation_list import ConversationList
from glmdesk.ui.sidebar.empty import EmptyNote
from glmdesk.ui.sidebar.hits import HitList
from glmdesk.ui.sidebar.search_field import SearchField
from glmdesk.ui.theme.icons import icon
from glmdesk.ui.theme.tokens import SIDEBAR_WIDTH
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_SEARCH_PAUSE_MS = 150
_ANY_WIDTH = 16_777_215  # Qt's own "no limit"
_REGROUP_MS = 10 * 60 * 1000  # 今天 becomes 昨天 without a change of the list


class Shown(IntEnum):
    """What stands in the middle."""

    LIST = 0
    HITS = 1
    BIN = 2
    EMPTY = 3


class Sidebar(QWidget):
    """Signals carry ids; the owner calls the services and sets the results."""

    opened = Signal(str, str)
    new_chat = Signal()
    search = Signal(str)
    rename = Signal(str, str)
    pin = Signal(str, bool)
    duplicate = Signal(str)
    export = Signal(str)
    delete = Signal(str)
    restore = Signal(str)
    restore_open = Signal(str)
    purge = Signal(str)
    empty_bin = Signal()
    open_bin = Signal()
    open_templates = Signal()
    open_settings = Signal()
    open_usage = Signal()
    open_structured = Signal()
    collapse = Signal()

    def __init__(
        self, *, theme: ThemeManager, parent: QWidget | None = None, clock: Callable[[], datetime] = local_now
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._no_hits = False
        self._in_bin = False
        self._has_rows = False
        self._alone = False
        self._search_keys = ""
        self.title = PlainLabel(role="title", theme=theme)
        self.collapse_button = IconButton("sidebar", "sidebar.collapse", theme=theme)
        self.field = SearchField("sidebar.clear_search", theme=theme)
        self.new_button = IconButton("plus", "sidebar.new_chat", theme=theme, accent=True)
        self.list = ConversationList(theme=theme, clock=clock)
        self.hits = HitList(theme=theme)
        self.bin = BinView(theme=theme, clock=clock)
        self.note = EmptyNote(theme=theme)
        self.templates_button = Button("sidebar.templates", kind="quiet")
        self.bin_button = IconButton("trash", "sidebar.open_bin", theme=theme)
        self.structured_button = IconButton("braces", "sidebar.structured", theme=theme)
        self.usage_button = IconButton("chart", "sidebar.usage", theme=theme)
        self.settings_button = IconButton("settings", "sidebar.settings", theme=theme)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_SEARCH_PAUSE_MS)
        self._day = QTimer(self)
        self._day.setInterval(_REGROUP_MS)
        self._build()
        self._connect()
        self._restyle()
        self.retranslate()

    def _build(self) -> None:
        self._top = QHBoxLayout()
        self._top.addWidget(self.title, 1)
        self._top.addWidget(self.collapse_button)
        self._find = QHBoxLayout()
        self._find.addWidget(self.field, 1)
        self._find.addWidget(self.new_button)
        self.stack = QStackedWidget()
        for widget in (self.list, self.hits, self.bin, self.note):
            self.stack.addWidget(widget)
        self._bottom = QHBoxLayout()
        self._bottom.addWidget(self.templates_button)
        self._bottom.addStretch(1)
        self._bottom.addWidget(self.bin_button)
        self._bottom.addWidget(self.structured_button)
        self._bottom.addWidget(self.usage_button)
        self._bottom.addWidget(self.settings_button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._top)
        self._column.addLayout(self._find)
        self._column.addWidget(self.stack, 1)
        self._column.addLayout(self._bottom)

    def _connect(self) -> None:
        for name in ("rename", "pin", "duplicate", "export", "delete"):
            getattr(self.list, name).connect(getattr(self, name))
        for name in ("restore", "purge", "empty_bin"):
            getattr(self.bin, name).connect(getattr(self, name))
        self.bin.restore_open.connect(self._restore_open)
        self.list.opened.connect(self._open)
        self.hits.opened.connect(self.opened)
        self.bin.back.connect(self._leave_bin)
        self.collapse_button.clicked.connect(self.collapse)
        self.new_button.clicked.connect(self.new_chat)
        self.templates_button.clicked.connect(self.open_templates)
        self.structured_button.clicked.connect(self.open_structured)
        self.usage_button.clicked.connect(self.open_usage)
        self.settings_button.clicked.connect(self.open_settings)
        self.bin_button.clicked.connect(self._enter_bin)
        self.field.textChanged.connect(self._typed)
        self.field.submitted.connect(self._open_first)
        self.field.stepped.connect(self._step_into)
        self._pause.timeout.connect(self._search)
        self._day.timeout.connect(self.list.rows.regroup)
        self._day.start()
        self._theme.changed.connect(self._restyle)

    # --- what the owner sets ----------------------------------------------------------------------------------------

    def set_conversations(self, conversations: Sequence[Conversation]) -> None:
        """All that are not in the bin, pinned first, then newest first."""
        self._has_rows = bool(conversations)
        self.list.set_conversations(conversations)
        self._show()

    def set_current(self, conversation_id: str) -> None:
        """The open conversation; '' for none."""
        self.list.show_current(conversation_id)

    def set_busy(self, ids: frozenset[str], waiting: frozenset[str] = frozenset()) -> None:
        self.list.rows.set_busy(ids, waiting)

    def set_hits(self, query: str, hits: Sequence[SearchHit]) -> None:
        """The results for `query`; late results of an older query are dropped."""
        if query != self.field.cleaned:
            return
        self.hits.found.show_rows(hits)
        self._no_hits = not hits
        self._show()

    def set_bin(self, conversations: Sequence[Conversation]) -> None:
        self.bin.set_conversations(conversations)

    def focus_search(self) -> None:
        """The keys of the search."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def set_search_keys(self, keys: str) -> None:
        """The shortcut to name in the search field, '' for none."""
        self._search_keys = keys
        self.retranslate()

    def set_alone(self, alone: bool) -> None:
        """Take the whole window where there is no room for a chat beside it."""
        self._alone = alone
        self._restyle()

    # --- search -----------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._in_bin = False
        if self.field.cleaned:
            self._pause.start()
        else:
            self._pause.stop()
            self._no_hits = False
            self.hits.found.show_rows(())
            self._show()

    def _search(self) -> None:
        self.search.emit(self.field.cleaned)

    def _open_first(self) -> None:
        if self.stack.currentIndex() == Shown.HITS:
            self.hits.open_index(self.hits.found.index(0, 0))
        elif self.field.cleaned:
            self._pause.stop()
            self._search()

    def _step_into(self, step: int) -> None:
        shown = self.stack.currentWidget()
        if step > 0 and shown in (self.list, self.hits):
            shown.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if shown is self.hits:
                self.hits.setCurrentIndex(self.hits.found.index(0, 0))

    # --- pages ------------------------------------------------------------------------------------------------------

    def _open(self, conversation_id: str) -> None:
        self.opened.emit(conversation_id, "")

    def _enter_bin(self) -> None:
        self.field.clear()
        self._in_bin = True
        self._show()
        self.open_bin.emit()

    def _restore_open(self, conversation_id: str) -> None:
        self._leave_bin()
        self.restore_open.emit(conversation_id)

    def _leave_bin(self) -> None:
        self._in_bin = False
        self._show()

    def _show(self) -> None:
        self.stack.setCurrentIndex(self._page())
        key = "results" if self._no_hits else "list"
        self.note.show_texts(tr(f"sidebar.empty.{key}", query=self.field.cleaned), tr(f"sidebar.empty.{key}_hint"))

    def _page(self) -> Shown:
        if self._in_bin:
            return Shown.BIN
        if self._no_hits:
            return Shown.EMPTY
        if self.field.cleaned and self.hits.found.rowCount():
            return Shown.HITS
        return Shown.LIST if self._has_rows else Shown.EMPTY

    # --- looks ------------------------------------------------------------------------------------------------------

    def _restyle(self) -> None:
        px, tokens = self._theme.px, self._theme.tokens
        self.setMinimumWidth(px(SIDEBAR_WIDTH))
        self.setMaximumWidth(_ANY_WIDTH if self._alone else px(SIDEBAR_WIDTH))
        self.title.setMinimumHeight(px(32))  # the row is as high as its button
        self._column.setContentsMargins(px(12), px(8), px(12), px(8))
        self._column.setSpacing(px(8))
        self._find.setSpacing(px(8))
        self._top.setContentsMargins(0, px(4), 0, 0)
        self._bottom.setContentsMargins(0, px(8), 0, 0)
        self._bottom.setSpacing(0)
        self.templates_button.setIcon(icon("templates", tokens.muted, px(18)))
        self.templates_button.setIconSize(QSize(px(26), px(18)))  # wider than the drawing: room before the text
        self.templates_button.setStyleSheet(
            f"padding-left: {px(6)}px; padding-right: {px(2)}px;"
        )  # its drawing stands where the titles begin
        for button in (self.bin_button, self.structured_button, self.usage_button, self.settings_button):
            button.setMaximumWidth(px(30))  # leaves room for the English word beside them
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.side))
        painter.setPen(QColor(tokens.line))
        painter.drawLine(self.rect().topRight(), self.rect().bottomRight())
        line = self.templates_button.y() - px(5)
        painter.drawLine(px(12), line, self.width() - px(13), line)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr("sidebar.name"))
        self.field.set_hint(tr("sidebar.search"), self._search_keys)
        self.field.setAccessibleName(tr("sidebar.search_name"))
        self.list.retranslate()
        self.hits.retranslate()
        self._show()
