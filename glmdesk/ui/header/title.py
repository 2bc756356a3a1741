"""The conversation's title: one elided line; a click or F2 edits it in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class _TitleButton(QAbstractButton):
    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        px = self._theme.px
        metrics = QFontMetrics(self._theme.ui_font(14, bold=True))
        return QSize(metrics.horizontalAdvance(self.text()) + px(14), px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(60), self._theme.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QColor(tokens.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.side))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), px(8), px(8))
        font = self._theme.ui_font(14, bold=True)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        rect = self.rect().adjusted(px(6), 0, -px(6), 0)
        text = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()


class TitleField(QWidget):
    """`renamed` carries the new title; Esc and an empty title change nothing, leaving the field keeps the text."""

    renamed = Signal(str)

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = ""
        self.can_rename = False
        self.button = _TitleButton(theme=theme)
        self.field = LineEdit()
        self.field.setMaxLength(200)
        self.field.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(self.field)
        self.button.clicked.connect(self.start)
        self.field.submitted.connect(self._submit)
        self.field.cancelled.connect(self._close)
        self.field.editingFinished.connect(self._left)
        self.retranslate()

    def set_title(self, title: str, *, can_rename: bool) -> None:
        """'' shows the words for a conversation without a title."""
        self._title = title.replace("\n", " ").strip()
        self.can_rename = can_rename
        self.retranslate()

    def start(self) -> None:
        """Edit in place."""
        if not self.can_rename:
            return
        self.button.hide()
        self.field.setText(self._title)
        self.field.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def _submit(self, title: str) -> None:
        self._close()
        if title and title != self._title:
            self.renamed.emit(title)

    def _left(self) -> None:
        if not self.field.isHidden() and not self.field.hasFocus():
            self._submit(self.field.cleaned)

    def _close(self) -> None:
        focused = self.field.hasFocus()
        self.field.hide()
        self.button.show()
        if focused:
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.start()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        shown = self._title or tr("header.untitled")
        self.button.setText(shown)
        self.button.setAccessibleName(shown)
        self.button.setAccessibleDescription(tr("header.rename"))
        set_tooltip(self.button, tr("header.rename") if self.can_rename else "")
        self.field.setAccessibleName(tr("header.rename"))
        self.button.updateGeometry()
        self.button.update()
