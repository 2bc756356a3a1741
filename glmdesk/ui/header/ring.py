"""How full the model's window is, as a ring and two numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_WARN_FROM = 0.8
_BAD_FROM = 0.95


def short_count(tokens: int) -> str:
    """950, 28.4K, 128K, 1M: a window is named as its makers do (131,072 is 128K)."""
    if tokens < 1000:
        return str(tokens)
    if tokens >= 1_000_000:
        return f"{tokens / 1_000_000:.1f}".rstrip("0").rstrip(".") + "M"
    if tokens % 8192 == 0 and tokens % 1000:
        return f"{tokens // 1024}K"
    return f"{tokens / 1000:.1f}".rstrip("0").rstrip(".") + "K"


class WindowUse(QWidget):
    """Hidden until something is known. A click or Enter asks what fills the window."""

    opened = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._used = 0
        self._window = 0
        self.compact = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.updateGeometry)
        self.hide()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    @property
    def text(self) -> str:
        return f"{short_count(self._used)} / {short_count(self._window)}"

    @property
    def share(self) -> float:
        return min(self._used / self._window, 1.0) if self._window else 0.0

    def set_usage(self, used: int, window: int) -> None:
        """Tokens used by the conversation and the model's window; a window of 0 hides the ring."""
        self._used, self._window = used, window
        self.setVisible(window > 0 and used > 0)
        self.retranslate()
        self.updateGeometry()
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Only the ring, for a narrow window."""
        if compact != self.compact:
            self.compact = compact
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.px
        width = 0 if self.compact else QFontMetrics(self._theme.ui_font(13)).horizontalAdvance(self.text) + px(8)
        return QSize(px(12 + 18 + 12) + width, px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent), 2) if self.hasFocus() else QPen(QColor(tokens.line)))
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        ring = QRect(px(12), (self.height() - px(16)) // 2, px(16), px(16)).toRectF()
        painter.setPen(QPen(QColor(tokens.line), px(3)))
        painter.drawEllipse(ring)
        painter.setPen(QPen(QColor(self._color()), px(3), c=Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, 90 * 16, -round(360 * 16 * self.share))
        if not self.compact:
            painter.setFont(self._theme.ui_font(13))
            painter.setPen(QColor(tokens.muted))
            text = self.rect().adjusted(px(38), 0, -px(8), 0)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text)
        painter.end()

    def _color(self) -> str:
        tokens = self._theme.tokens
        if self.share >= _BAD_FROM:
            return tokens.bad
        return tokens.warn if self.share >= _WARN_FROM else tokens.accent

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        told = tr("header.usage", used=f"{self._used:,}", window=f"{self._window:,}", percent=f"{self.share:.0%}")
        set_tooltip(self, told)
        self.setAccessibleName(told)
