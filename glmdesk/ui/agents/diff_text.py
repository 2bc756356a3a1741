"""A unified diff as exact text, with its added and removed lines in colour."""

from __future__ import annotations

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QWidget

from glmdesk.ui.servers.exact import ExactText
from glmdesk.ui.theme.theme import ThemeManager


class DiffText(ExactText):
    """The signs at the beginning of the lines say it too, for those who see no colours."""

    def __init__(self, *, theme: ThemeManager, most: int, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, most=most, parent=parent)
        self._colours = _Colours(self, theme)


class _Colours(QSyntaxHighlighter):
    def __init__(self, text: ExactText, theme: ThemeManager) -> None:
        super().__init__(text.document())
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        tokens = self._theme.tokens
        colour = {"+": tokens.good, "-": tokens.bad, "@": tokens.faint}.get(text[:1])
        if colour is not None:
            format_ = QTextCharFormat()
            format_.setForeground(QColor(colour))
            self.setFormat(0, len(text), format_)
