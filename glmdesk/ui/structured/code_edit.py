"""A field for JSON: monospace, line numbers, the line of a mistake tinted."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextEdit, QWidget

from glmdesk.ui.composer.plain_edit import PlainEdit
from glmdesk.ui.theme.theme import ThemeManager


class _Numbers(QWidget):
    def __init__(self, edit: CodeEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def sizeHint(self) -> QSize:
        return QSize(self._edit.numbers_width, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._edit.paint_numbers(event)


class CodeEdit(PlainEdit):
    """`height` logical pixels before zoom; it may grow with its layout."""

    def __init__(self, *, theme: ThemeManager, height: int, read_only: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._height = height
        self._wrong = 0  # a line, from 1
        self.setProperty("kind", "field")
        self.setReadOnly(read_only)
        if read_only:  # its text is still reached and selected by keys
            flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            self.setTextInteractionFlags(flags)
        self._numbers = _Numbers(self)
        self.blockCountChanged.connect(self._fit)
        self.updateRequest.connect(self._scrolled)
        self.textChanged.connect(lambda: self.mark_line(0))
        theme.changed.connect(self._restyle)
        self._restyle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._restyle()  # the style sheet has set its own font and least height meanwhile

    def _restyle(self) -> None:
        self.show_in(self._theme.code_font())
        self.setMinimumHeight(self._theme.px(self._height))
        self.mark_line(self._wrong)
        self._fit()

    # Mistakes

    def mark_line(self, line: int) -> None:
        """Tint a line, from 1; 0 for none."""
        self._wrong = line
        selections: list[QTextEdit.ExtraSelection] = []
        block = self.document().findBlockByNumber(line - 1)
        if line and block.isValid():
            selection = QTextEdit.ExtraSelection()
            ground = QColor(self._theme.tokens.bad)
            ground.setAlpha(36)
            selection.format.setBackground(ground)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
            selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # pyright: ignore
            selection.cursor = QTextCursor(block)  # pyright: ignore[reportAttributeAccessIssue]
            selections.append(selection)
        self.setExtraSelections(selections)

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor there and take the focus."""
        block = self.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block if block.isValid() else self.document().lastBlock())
        cursor.movePosition(QTextCursor.MoveOperation.Right, n=min(max(column - 1, 0), max(block.length() - 1, 0)))
        self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # Line numbers

    @property
    def numbers_width(self) -> int:
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9" * digits) + self._theme.px(16)

    def _fit(self) -> None:
        self.setViewportMargins(self.numbers_width, 0, 0, 0)
        inner = self.contentsRect()
        self._numbers.setGeometry(QRect(inner.left(), inner.top(), self.numbers_width, inner.height()))

    def _scrolled(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paint_numbers(self, event: QPaintEvent) -> None:
        """The numbers of the lines that are seen, for the strip beside the text."""
        painter = QPainter(self._numbers)
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        width, height = self._numbers.width() - self._theme.px(8), self.fontMetrics().height()
        while block.isValid():
            top = round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())
            if top > event.rect().bottom():
                break
            number = block.blockNumber() + 1
            painter.setPen(QColor(self._theme.tokens.bad if number == self._wrong else self._theme.tokens.faint))
            painter.drawText(0, top, width, height, Qt.AlignmentFlag.AlignRight, str(number))
            block = block.next()
        painter.end()
