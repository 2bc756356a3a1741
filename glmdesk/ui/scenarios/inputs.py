"""Inputs of forms: a combo box with an arrow, a toggle, a field of several lines and what it says when it is full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS, PlainEdit
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class Combo(QComboBox):
    """Scrolling a form must not change what was chosen, so the wheel goes on to the page."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Toggle(QCheckBox):
    """A check box painted as a switch; space, click and screen readers see a check box."""

    def __init__(self, text: str = "", *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.set_plain_text(text)

    def set_plain_text(self, text: str) -> None:
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        px = self._theme.px
        words = self.text().replace("&&", "&")
        room = px(44) + self.fontMetrics().horizontalAdvance(words) + px(4) if words else px(36)
        return QSize(room, px(30))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(44 if self.text() else 36), self._theme.px(30))

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, width = px(18), px(32)
        track = QRectF(1.5, (self.height() - height) / 2, width, height)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1.5))
            painter.drawRoundedRect(track.adjusted(-1, -2, 2, 2), height / 2 + 2, height / 2 + 2)
        # `faint` and not `line`: the off state has to be seen, too (3 : 1 against the ground).
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent if self.isChecked() else tokens.faint))
        painter.drawRoundedRect(track, height / 2, height / 2)
        knob = height - px(6)
        left = track.right() - knob - px(3) if self.isChecked() else track.left() + px(3)
        painter.setBrush(QColor(tokens.on_accent if self.isChecked() else tokens.background))
        painter.drawEllipse(QRectF(left, track.center().y() - knob / 2, knob, knob))
        painter.setPen(QColor(tokens.text))
        words = self.rect().adjusted(px(42), 0, 0, 0)
        shown = self.fontMetrics().elidedText(
            self.text().replace("&&", "&"), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()


class LongEdit(PlainEdit):
    """Several lines with a frame, `height` logical pixels high before zoom; in the code font for `code`."""

    def __init__(self, *, theme: ThemeManager, height: int, code: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wanted = height
        self._code = code
        self.setProperty("kind", "field")
        theme.changed.connect(self._fit)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()  # the style sheet has set its own font and least height meanwhile

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.px(self._wanted))
        if self._code:
            self.show_in(self._theme.code_font(12))


class CapNote(PlainLabel):
    """Stands below a field and says that a text was too long for it, until the text is changed again."""

    def __init__(self, edit: PlainEdit, *, theme: ThemeManager) -> None:
        super().__init__(theme=theme, role="error", parent=edit)  # a layout takes it; it is never a window of its own
        self._cut = False
        self.setWordWrap(True)
        self.hide()
        edit.capped.connect(self._was_cut)
        edit.textChanged.connect(self._edited)

    def _was_cut(self) -> None:
        self._cut = True  # the change itself comes after this

    def _edited(self) -> None:
        self.setText(tr("composer.capped", limit=locale().toString(MAX_CHARACTERS)) if self._cut else "")
        self.setVisible(self._cut)
        self._cut = False
