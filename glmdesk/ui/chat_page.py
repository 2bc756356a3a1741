"""The chat page: header, transcript or start page, composer; layout only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from glmdesk.ui.composer.composer import Composer
from glmdesk.ui.header.header import Header
from glmdesk.ui.scenarios.start_page import StartPage
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.theme.tokens import READING_WIDTH
from glmdesk.ui.transcript.view import TranscriptView

_MARGIN = 12


class ChatPage(QWidget):
    """Owns the widgets of a chat; the presenter fills them."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.header = Header(theme=theme, parent=self)
        self.start = StartPage(theme=theme, parent=self)
        self.transcript = TranscriptView(theme=theme, parent=self)
        self.composer = Composer(theme=theme, parent=self)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.start)
        self._stack.addWidget(self.transcript)
        self._column = QHBoxLayout()
        self._column.addStretch(1)
        self._column.addWidget(self.composer)
        self._column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(self._stack, 1)
        layout.addLayout(self._column)
        theme.changed.connect(self._fit_composer)
        self._fit_composer()

    def show_start(self, empty: bool) -> None:
        """The scenario cards for an empty conversation, else the transcript."""
        self._stack.setCurrentWidget(self.start if empty else self.transcript)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_composer()

    def _fit_composer(self) -> None:
        margin = self._theme.px(_MARGIN)
        self._column.setContentsMargins(margin, 0, margin, margin)
        self.composer.setFixedWidth(min(self._theme.px(READING_WIDTH + 2 * _MARGIN), self.width() - 2 * margin))
        self._column.setAlignment(self.composer, Qt.AlignmentFlag.AlignHCenter)
