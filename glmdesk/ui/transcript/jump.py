"""The floating button that leads back to the newest words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.glyphs import paint_glyph
from glmdesk.ui.transcript.style import Style


class JumpButton(QAbstractButton):
    """Shown while the view does not follow; says how many characters are new."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_new(0)
        self.hide()

    def set_style(self, style: Style) -> None:
        self._style = style
        self.resize(self.sizeHint())
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.show_new(self._count)

    def show_new(self, count: int) -> None:
        """Say how much has come since the view stopped following."""
        self._count = count
        text = tr("transcript.jump.new", count=f"{count:,}") if count else tr("transcript.jump.latest")
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.resize(self.sizeHint())
            self.update()

    def sizeHint(self) -> QSize:
        px = self._style.px
        return QSize(QFontMetrics(self._style.meta_font).horizontalAdvance(self.text()) + px(46), px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        style, px = self._style, self._style.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        border = "accent" if self.hasFocus() else "line"
        painter.setPen(QPen(style.color(border), 2 if self.hasFocus() else 1))
        painter.setBrush(style.color("accent_ground" if self.underMouse() else "background"))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), rect.height() / 2, rect.height() / 2)
        size = px(15)
        glyph = QRectF(px(13), rect.center().y() - size / 2, size, size)
        paint_glyph(painter, "down", glyph, style.color("accent"))
        painter.setFont(style.meta_font)
        painter.setPen(style.color("text"))
        painter.drawText(rect.adjusted(px(33), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()
