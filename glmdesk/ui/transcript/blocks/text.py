"""Renderers that stand on a text document: prose and tables share this."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
)

from glmdesk.ui.transcript.blocks.base import Piece, Span
from glmdesk.ui.transcript.context import Context


class DocumentPiece(Piece):
    """A piece shown by one QTextDocument that exists only while it is near the viewport."""

    def __init__(self) -> None:
        super().__init__()
        self._length = 0
        self._filled_width = 0

    def body_html(self, context: Context) -> str:
        raise NotImplementedError

    def offset(self, context: Context) -> QPointF:
        """Where the document's top left stands in the piece."""
        return QPointF(0, 0)

    def text_width(self, context: Context) -> int:
        return context.width

    def document(self, context: Context) -> QTextDocument:
        """The laid out document."""
        document = context.documents.get(self, lambda new: self._fill(context, new))
        width = self.text_width(context)
        if document.textWidth() != width:
            document.setTextWidth(width)
        return document

    def refill(self, context: Context) -> None:
        """Put new HTML into the document, if there is one."""
        context.documents.change(self, lambda old: self._set_html(context, old))

    def _fill(self, context: Context, document: QTextDocument) -> None:
        document.setDefaultFont(context.style.text_font)
        document.setIndentWidth(context.style.px(22))
        document.setDefaultStyleSheet(context.style.css)
        self._set_html(context, document)

    def _set_html(self, context: Context, document: QTextDocument) -> None:
        document.setHtml(self.body_html(context))
        _trim_margins(document)
        self._length = max(0, document.characterCount() - 1)

    @property
    def length(self) -> int:
        return self._length

    def paint_document(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        """Paint the document at its offset."""
        document = self.document(context)
        at = self.offset(context)
        paint = QAbstractTextDocumentLayout.PaintContext()
        paint.palette.setColor(paint.palette.ColorRole.Text, context.style.color("text"))
        paint.clip = QRectF(clip).translated(-at)
        if selected is not None and selected[0] < selected[1]:
            paint.selections = [_selection(context, document, selected)]
        painter.save()
        painter.translate(at)
        document.documentLayout().draw(painter, paint)
        painter.restore()

    def position_at(self, context: Context, x: int, y: int) -> int:
        at = QPointF(x, y) - self.offset(context)
        hit = self.document(context).documentLayout().hitTest(at, Qt.HitTestAccuracy.FuzzyHit)
        return max(0, hit)

    def word_at(self, context: Context, position: int) -> Span:
        cursor = QTextCursor(self.document(context))
        cursor.setPosition(min(position, self._length))
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        return cursor.selectionStart(), cursor.selectionEnd()

    def y_of(self, context: Context, position: int) -> int:
        document = self.document(context)
        block = document.findBlock(min(position, self._length))
        top = document.documentLayout().blockBoundingRect(block).top()
        line = block.layout().lineForTextPosition(position - block.position())
        return round(self.offset(context).y() + top + (line.y() if line.isValid() else 0))

    def _fragment(self, context: Context, span: Span) -> QTextDocumentFragment:
        cursor = QTextCursor(self.document(context))
        cursor.setPosition(min(span[0], self._length))
        cursor.setPosition(min(span[1], self._length), QTextCursor.MoveMode.KeepAnchor)
        return cursor.selection()

    def plain(self, context: Context, span: Span) -> str:
        return self._fragment(context, span).toPlainText()

    def html(self, context: Context, span: Span) -> str:
        return self._fragment(context, span).toHtml()

    def link_at(self, context: Context, x: int, y: int) -> str:
        at = QPointF(x, y) - self.offset(context)
        return self.document(context).documentLayout().anchorAt(at)


def _selection(context: Context, document: QTextDocument, span: Span) -> QAbstractTextDocumentLayout.Selection:
    last = max(0, document.characterCount() - 1)
    selection = QAbstractTextDocumentLayout.Selection()
    cursor = QTextCursor(document)
    cursor.setPosition(min(span[0], last))
    cursor.setPosition(min(span[1], last), QTextCursor.MoveMode.KeepAnchor)
    style = QTextCharFormat()
    style.setBackground(context.style.selection)
    selection.cursor, selection.format = cursor, style  # pyright: ignore[reportAttributeAccessIssue]
    return selection


def _trim_margins(document: QTextDocument) -> None:
    """No space above the first and below the last line: the view sets the gaps."""
    for cursor, edge in ((QTextCursor(document.firstBlock()), "top"), (QTextCursor(document.lastBlock()), "bottom")):
        style = QTextBlockFormat()
        if edge == "top":
            style.setTopMargin(0)
        else:
            style.setBottomMargin(0)
        cursor.mergeBlockFormat(style)
