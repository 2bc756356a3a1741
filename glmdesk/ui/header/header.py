"""The line above the transcript: sidebar toggle, title, model, window use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from glmdesk.domain.catalogue import Model
from glmdesk.ui.header.model_pill import ModelPill
from glmdesk.ui.header.ring import WindowUse
from glmdesk.ui.header.title import TitleField
from glmdesk.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_HEIGHT = 52
_NARROW = 520
_TITLE, _MODEL = 64, 72  # logical pixels that the title and the model have at least


class Header(QWidget):
    """Signals say what the user wants; the owner changes the conversation and sets the new state."""

    model_chosen = Signal(str)
    rename = Signal(str)
    toggle_sidebar = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.sidebar_button = IconButton("sidebar", "header.show_sidebar", theme=theme)
        self.title = TitleField(theme=theme)
        self.model = ModelPill(theme=theme)
        self.usage = WindowUse(theme=theme)
        self.sidebar_button.hide()
        self._right: list[QWidget] = []
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.sidebar_button)
        self._row.addWidget(self.title)
        self._row.addWidget(self.model)
        self._row.addStretch(1)
        self._row.addWidget(self.usage)
        self.title.renamed.connect(self.rename)
        self.model.chosen.connect(self.model_chosen)
        self.sidebar_button.clicked.connect(self.toggle_sidebar)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_title(self, title: str, *, can_rename: bool = True) -> None:
        """'' is a conversation without a title; without a conversation nothing can be renamed."""
        self.title.set_title(title, can_rename=can_rename)

    def set_models(self, models: Sequence[Model], current: str) -> None:
        self.model.set_models(models, current)

    def set_usage(self, used: int, window: int) -> None:
        """Tokens; `used` 0 hides the ring."""
        self.usage.set_usage(used, window)
        self.fit()

    def set_sidebar_shown(self, shown: bool) -> None:
        """The toggle is here while the sidebar is not."""
        self.sidebar_button.setVisible(not shown)
        self.fit()

    def add_right(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget)
        self._right.append(widget)

    def _restyle(self) -> None:
        px = self._theme.px
        self.setFixedHeight(px(_HEIGHT))
        self._row.setContentsMargins(px(12), 0, px(16), px(1))
        self._row.setSpacing(px(8))
        self.fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """The title shrinks first, then the model's name."""
        self.usage.set_compact(self.width() < self._theme.px(_NARROW))
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self._theme.px(_TITLE)
        for widget in (self.sidebar_button, self.usage, *self._right):
            if not widget.isHidden():
                room -= widget.sizeHint().width() + self._row.spacing()
        self.model.set_most(max(room - 2 * self._row.spacing(), self._theme.px(_MODEL)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.background))
        painter.setPen(QColor(self._theme.tokens.line))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        painter.end()
