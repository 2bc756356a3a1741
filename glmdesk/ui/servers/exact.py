"""Text that must be seen as it is: a command, a change, a log; it wraps anywhere and can be selected."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from glmdesk.ui.composer.plain_edit import PlainEdit
from glmdesk.ui.theme.theme import ThemeManager

_TALLEST = 1.3  # of a line with Chinese in it, against the code font's own


class ExactText(PlainEdit):
    """Read-only, in the code font. As high as its text, at most `most` lines; `follow` keeps the end in sight."""

    def __init__(self, *, theme: ThemeManager, most: int, follow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._follow = follow
        self._theme = theme
        self._most = most
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setProperty("kind", "field")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_text(self, text: str) -> None:
        """Show another text."""
        if text == self.toPlainText():
            return
        bar = self.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        self.setPlainText(text)
        self._fit()
        if at_end and self._follow:
            bar.setValue(bar.maximum())

    def _restyle(self) -> None:
        self.show_in(self._theme.code_font(12))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.tokens.code_ground)
        self.setPalette(palette)
        self._fit()

    def _fit(self) -> None:
        edge = 2 * self.document().documentMargin() + 2 * self._theme.px(5) + 2 * self.frameWidth()
        self.setFixedHeight(ceil(self._text_height() + edge))

    def _text_height(self) -> float:
        """Of the lines that are to be seen at once; Chinese ones are higher than the font says."""
        height, lines = 0.0, 0
        block = self.document().firstBlock()
        while block.isValid() and lines < self._most:
            height += self.blockBoundingRect(block).height()
            lines += max(block.layout().lineCount(), 1)
            block = block.next()
        return min(height, self._most * self.fontMetrics().lineSpacing() * _TALLEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(80), self.height())
