"""A card over the window: what is behind waits, Esc or a click beside it closes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.card import Card


class Sheet(QWidget):
    """Covers its parent and centres `card`; put the content into `card.column`."""

    closed = Signal()

    def __init__(self, parent: QWidget, *, theme: ThemeManager, width: int = 480) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self._width = width
        self._before: QWidget | None = parent.window().focusWidget()
        self.card = Card(theme=theme, parent=self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.card, 0, Qt.AlignmentFlag.AlignCenter)
        parent.installEventFilter(self)
        theme.changed.connect(self._fit)
        self._fit()

    def close_sheet(self) -> None:
        """Go away and give the focus back."""
        self.hide()
        self._over.removeEventFilter(self)
        if self._before is not None and isValid(self._before):  # what was behind may be gone by now
            self._before.setFocus()
        self.closed.emit()
        self.deleteLater()

    def _fit(self) -> None:
        self.setGeometry(self._over.rect())
        margin = self._theme.px(24)
        self.card.setFixedWidth(min(self._theme.px(self._width), max(self.width() - 2 * margin, 1)))
        self.card.setMaximumHeight(max(self.height() - 2 * margin, 1))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.raise_()
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside the card."""
        widgets = [
            w for w in self.card.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()
        ]
        if not widgets:
            return True
        now = self.window().focusWidget()
        place = widgets.index(now) if now in widgets else -1
        widgets[(place + (1 if forward else -1)) % len(widgets)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def event(self, event: QEvent) -> bool:
        # All keys are the card's: a shortcut of the window would act on what waits behind.
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_sheet()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shade = QColor("#000000")
        shade.setAlpha(110 if self._theme.tokens.dark else 60)
        painter.fillRect(event.rect(), shade)
        painter.end()
