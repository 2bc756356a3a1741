"""The strip above the composer while a question is edited in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.icons import pixmap
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel

_ICON = 16


class EditingStrip(QWidget):
    """Says that the composer holds an old question, and leaves that."""

    cancelled = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.label = PlainLabel(theme=theme)
        self.label.setWordWrap(True)
        self.cancel = Button("turns.edit.cancel", kind="quiet")
        self.cancel.clicked.connect(self.cancelled)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.label, 1)
        self._row.addWidget(self.cancel)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def _restyle(self) -> None:
        px = self._theme.px
        self._row.setContentsMargins(px(14 + _ICON + 8), px(4), px(6), px(4))
        self._row.setSpacing(px(8))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.tokens.line))
        painter.setBrush(QColor(self._theme.tokens.accent_ground))
        radius = self._theme.px(10)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        size = self._theme.px(_ICON)
        drawing = pixmap("edit", self._theme.tokens.accent, size, dpr=self.devicePixelRatioF())
        painter.drawPixmap(self._theme.px(14), (self.height() - size) // 2, drawing)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.label.setText(tr("turns.edit.strip"))
        self.setAccessibleName(tr("turns.edit.name"))
