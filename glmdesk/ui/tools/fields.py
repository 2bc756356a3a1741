"""The two fields of an approval: arguments that can be edited, and a difference in colours."""

from __future__ import annotations

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QWidget

from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS, PlainEdit
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.blocks.tool import diff_head, diff_tone


class CodeField(PlainEdit):
    """Text in the code font, as high as its lines from `least` up to `most`."""

    def __init__(self, *, theme: ThemeManager, most: int, least: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._most, self._least = most, least
        self.document().setDocumentMargin(theme.px(8))
        theme.changed.connect(self._restyle)
        self.textChanged.connect(self._fit)
        self._restyle()

    @property
    def fits(self) -> bool:
        """False when the text is longer than a field may hold; it is cut then and must not be sent back."""
        return not self.isReadOnly()

    def show_text(self, text: str, *, editable: bool) -> None:
        """Another text; what is too long can be read in part and not be edited."""
        self.setReadOnly(not editable or len(text) > MAX_CHARACTERS)
        self.setPlainText(text[:MAX_CHARACTERS])
        self.document().setModified(False)
        self._fit()

    def _restyle(self) -> None:
        self.show_in(self._theme.code_font(12))
        tokens, radius = self._theme.tokens, self._theme.px(8)
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {tokens.code_ground}; color: {tokens.text};"
            f" border: 1px solid {tokens.line}; border-radius: {radius}px; }}"
            f"QPlainTextEdit:focus {{ border: 2px solid {tokens.accent}; }}"
        )
        self._fit()

    def _fit(self) -> None:
        lines = min(self._most, max(self._least, self.document().blockCount()))
        line = max(self.fontMetrics().lineSpacing(), self._theme.px(18))  # Chinese lines are higher
        self.setFixedHeight(lines * line + self._theme.px(24))


class DiffColours(QSyntaxHighlighter):
    """Lines that go in the colour of bad, lines that come in that of good."""

    def __init__(self, document: QTextDocument, *, theme: ThemeManager) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        head = diff_head(self.document().firstBlock().text())
        name = diff_tone(text, head=self.currentBlock().blockNumber() < head)
        if name:
            made = QTextCharFormat()
            made.setForeground(QColor(str(getattr(self._theme.tokens, name))))
            self.setFormat(0, len(text), made)
