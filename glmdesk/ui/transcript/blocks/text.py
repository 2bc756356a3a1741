"""Renderers that stand on a text document: prose and tables share this."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFragment,
)

from glmdesk.markup.links import link_allowed
from glmdesk.ui.transcript import part, part_text
from glmdesk.ui.transcript.blocks.base import Link, Piece, Span
from glmdesk.ui.transcript.blocks.inline_math import InlineMath
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.part import Line

_BREAK = re.compile(r"<br>|</?(?:p|h\d|ul|ol|li|blockquote|pre|table|tr|td|th)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


class DocumentPiece(Piece):
    """A piece shown by one QTextDocument that exists only while it is near the viewport."""

    def __init__(self) -> None:
        super().__init__()
        self._length = 0
        self._math = InlineMath(self)
        self._math_width = -1.0  # the width for which the formulas have been painted

    def body_html(self, context: Context) -> str:
        raise NotImplementedError

    def offset(self, context: Context) -> QPointF:
        """Where the document's top left stands in the piece."""
        return QPointF(0, 0)

    def text_width(self, context: Context) -> int:
        return self.room(context)

    def document(self, context: Context) -> QTextDocument:
        """The laid out document."""
        document = context.documents.get(self, lambda new: self._fill(context, new))
        width = self.text_width(context)
        if document.textWidth() != width:
            document.setTextWidth(width)
        if self._math_width != width:
            self._math_width = width
            self._math.paint_pictures(context, document)
        return document

    def refill(self, context: Context) -> None:
        """Put new HTML into the document, if there is one."""
        context.documents.change(self, lambda old: self._set_html(context, old))

    def _fill(self, context: Context, document: QTextDocument) -> None:
        document.setDefaultFont(context.style.text_font)
        document.setIndentWidth(context.style.indent)
        document.setDefaultStyleSheet(context.style.css)
        self._set_html(context, document)

    def _set_html(self, context: Context, document: QTextDocument) -> None:
        html = self._math.put_pictures(context, self.body_html(context))
        document.setHtml(html)
        self.shape_document(context, document)
        self._math_width = -1.0
        self._length = max(0, document.characterCount() - 1)

    def can_append(self, context: Context) -> bool:
        """Whether words can be put behind the last ones; letters beside a formula may move its baseline."""
        return context.documents.has(self) and not self._math.shown

    def append_words(self, context: Context, words: str) -> int:
        """Put words behind the last ones and in their look. The y of the line from which all may differ."""
        document = self.document(context)
        top = self.y_of(context, self._length)
        cursor = QTextCursor(document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(words)
        self._length = max(0, document.characterCount() - 1)
        return top

    def shape_document(self, context: Context, document: QTextDocument) -> None:
        """What HTML cannot say."""
        _trim_margins(document)

    def formula_came(self, context: Context) -> None:
        self.refill(context)
        self.changed()

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
        style = context.style
        grounds = [_ground(document, mark, style.found_now if mark[2] else style.found) for mark in context.marks(self)]
        if selected is not None and selected[0] < selected[1]:
            chosen = _ground(document, selected, style.selection)
            # Qt writes the numbers of a list with it: without one they are not seen.
            chosen.format.setForeground(style.color("text"))  # pyright: ignore[reportAttributeAccessIssue]
            grounds.append(chosen)
        grounds += [_focused(context, document, link) for link in self._focused_links(context)]
        paint.selections = grounds
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

    def text(self, context: Context) -> str:
        raw = self.document(context).toRawText()
        return raw if raw.isascii() or max(raw) < "\U00010000" else _by_units(raw)

    def found(self, context: Context, pattern: re.Pattern[str]) -> list[Span]:
        return self._math.found(pattern, self.text(context))

    def y_of(self, context: Context, position: int) -> int:
        document = self.document(context)
        block = document.findBlock(min(position, self._length))
        top = document.documentLayout().blockBoundingRect(block).top()
        line = block.layout().lineForTextPosition(position - block.position())
        return round(self.offset(context).y() + top + (line.y() if line.isValid() else 0))

    def x_of(self, context: Context, position: int) -> int:
        document = self.document(context)
        block = document.findBlock(min(position, self._length))
        before = position - block.position()
        line = block.layout().lineForTextPosition(before)
        # The stubs know a float; Qt hands back the place it took as well.
        x = cast("tuple[float, int]", line.cursorToX(before))[0] if line.isValid() else 0
        left = document.documentLayout().blockBoundingRect(block).left()
        return round(self.offset(context).x() + left + x)

    def _lines(self, context: Context, span: Span) -> list[Line]:
        document = self.document(context)
        return list(part.lines(document, min(span[0], self._length), min(span[1], self._length), self._math))

    def plain(self, context: Context, span: Span) -> str:
        return part_text.to_plain(self._lines(context, span))

    def markdown(self, context: Context, span: Span) -> str:
        return part_text.to_markdown(self._lines(context, span))

    def html(self, context: Context, span: Span) -> str:
        return part_text.to_html(self._lines(context, span))

    def _focused_links(self, context: Context) -> Iterator[Link]:
        focus = context.focus
        if focus is not None and focus[0] is self:
            yield from (link for link in self.links(context) if link.key == focus[1])

    def links(self, context: Context) -> list[Link]:
        found: list[Link] = []
        block = self.document(context).begin()
        while block.isValid():
            for fragment in _fragments(block):
                start, address = fragment.position(), fragment.charFormat().anchorHref()
                if not address or not link_allowed(address):
                    continue
                joined = found and found[-1].address == address and found[-1].end == start
                before = found.pop() if joined else Link(start, start, address, "")
                text = before.text + fragment.text()
                found.append(Link(before.start, start + fragment.length(), address, text))
            block = block.next()
        return found

    def link_at(self, context: Context, x: int, y: int) -> str:
        at = QPointF(x, y) - self.offset(context)
        return self.document(context).documentLayout().anchorAt(at)

    def link_text_at(self, context: Context, x: int, y: int) -> str:
        cursor = QTextCursor(self.document(context))
        cursor.setPosition(min(self.position_at(context, x, y), self._length))
        link = self.link_at(context, x, y)
        block = cursor.block()
        runs = [(f.charFormat().anchorHref() == link, f.text()) for f in _fragments(block)]
        return "".join(text for linked, text in runs if linked) if link else ""


def _fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    at = block.begin()
    while not at.atEnd():
        yield at.fragment()
        at += 1  # pyright: ignore


def _focused(context: Context, document: QTextDocument, link: Link) -> QAbstractTextDocumentLayout.Selection:
    """A link that the keyboard has come to: the other way round."""
    tokens = context.style.tokens
    made = _ground(document, (link.start, link.end), QColor(tokens.accent))
    made.format.setForeground(QColor(tokens.on_accent))  # pyright: ignore[reportAttributeAccessIssue]
    return made


def _ground(document: QTextDocument, span: Sequence[int], color: QColor) -> QAbstractTextDocumentLayout.Selection:
    """A span of the document on a ground of its own."""
    last = max(0, document.characterCount() - 1)
    selection = QAbstractTextDocumentLayout.Selection()
    cursor = QTextCursor(document)
    cursor.setPosition(min(span[0], last))
    cursor.setPosition(min(span[1], last), QTextCursor.MoveMode.KeepAnchor)
    style = QTextCharFormat()
    style.setBackground(color)
    selection.cursor, selection.format = cursor, style  # pyright: ignore[reportAttributeAccessIssue]
    return selection


def _by_units(text: str) -> str:
    """A text whose index is Qt's position, which counts UTF-16 units: a wide character is followed by a NUL."""
    return "".join(ch if ch < "\U00010000" else f"{ch}\0" for ch in text)


@lru_cache(maxsize=128)
def words_of_html(html: str) -> str:
    """The words of our own HTML (domain/blocks.py), one line per paragraph, item or cell."""
    return unescape(_TAG.sub("", _BREAK.sub("\n", html))).strip("\n")


def _trim_margins(document: QTextDocument) -> None:
    """No space above the first and below the last line: the view sets the gaps."""
    for cursor, edge in ((QTextCursor(document.firstBlock()), "top"), (QTextCursor(document.lastBlock()), "bottom")):
        style = QTextBlockFormat()
        if edge == "top":
            style.setTopMargin(0)
        else:
            style.setBottomMargin(0)
        cursor.mergeBlockFormat(style)
