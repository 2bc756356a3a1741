"""Paragraphs, headings, lists; quotes with a line at their left; rules."""

from __future__ import annotations

import re
from typing import cast

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QTextBlockFormat, QTextCursor, QTextDocument, QTextList, QTextListFormat

from glmdesk.domain.blocks import ProseBlock
from glmdesk.ui.transcript.blocks.base import Span
from glmdesk.ui.transcript.blocks.text import DocumentPiece, words_of_html
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.estimate import estimate_lines

_PARAGRAPH = re.compile(r"<(?:p|li|h\d|pre)\b")
_TASKS = ("☐", "☑")
_QUOTE = "<blockquote>"
_CLOSING = re.compile(r"(?<=[^\s>])(?:</(?:p|li|ul|ol|h\d|blockquote)>)+\Z")
_WORDS = re.compile(r"(?:[^\s<&\ufffc]| (?=[^\s<&]))+")
_NEAR = 80  # characters at the end of a text in which its closing tags stand


class ProsePiece(DocumentPiece):
    kind = "prose"

    def __init__(self, block: ProseBlock) -> None:
        super().__init__()
        self.block = block
        self._bullets: list[tuple[QPointF, int]] = []  # where the dots of lists stand, and how deep
        self._shape()

    def _shape(self) -> None:
        html = self.block.html
        self._quote = html.startswith(_QUOTE) and html.endswith("</blockquote>")
        self._rule = html == "<hr>"
        self.heading = html[:2] if html[:2] in ("<h",) and html != "<hr>" else ""

    def set_block(self, context: Context, block: ProseBlock) -> None:
        """Show another text in the same place."""
        if block.html == self.block.html:
            self.block = block
            return
        before, self.block = self.block.html, block
        self._shape()
        added = _added(before, block.html)
        if added and self.can_append(context):
            self.changed(self.append_words(context, added))
        else:
            self.refill(context)
            self.changed(self._first_change(context, before))

    def _first_change(self, context: Context, before: str) -> int:
        """The y from which the new text can differ: the line before the paragraph in which it does."""
        html = self.block.html
        start = _common(before, html)
        paragraph = len(_PARAGRAPH.findall(html, 0, start)) - 2
        if paragraph <= 0 or not context.documents.has(self):
            return 0
        document = self.document(context)
        top = document.documentLayout().blockBoundingRect(document.findBlockByNumber(paragraph)).top()
        return int(top)

    def body_html(self, context: Context) -> str:
        html = self.block.html
        return html[len(_QUOTE) : -len("</blockquote>")] if self._quote else html

    def shape_document(self, context: Context, document: QTextDocument) -> None:
        if "<li>" in self.block.html and "<li><p>" not in self.block.html:
            _even_lists(document, context.style.px(4), context.style.paragraph_gap)
        super().shape_document(context, document)

    def offset(self, context: Context) -> QPointF:
        return QPointF(context.style.px(16) if self._quote else 0, 0)

    def text_width(self, context: Context) -> int:
        return self.room(context) - round(self.offset(context).x())

    def raw_estimate(self, context: Context) -> float:
        style = context.style
        lines = estimate_lines(self.block.source, self.text_width(context) / style.char)
        return lines * style.line

    def measure(self, context: Context) -> int:
        if self._rule:
            return context.style.px(13)
        document = self.document(context)
        self._bullets = _bullets(context, document) if "<ul>" in self.block.html else []
        return round(document.size().height())

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        if self._rule:
            painter.fillRect(0, style.px(6), self.room(context), 1, style.color("line"))
            return
        if self._quote:
            painter.fillRect(0, 0, style.px(3), self.height, style.color("line"))
        self.paint_document(context, painter, clip, selected)
        self._paint_bullets(context, painter)

    def _paint_bullets(self, context: Context, painter: QPainter) -> None:
        if not self._bullets:
            return
        at, radius = self.offset(context), context.style.px(5) / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(context.style.color("muted"))
        for centre, depth in self._bullets:
            painter.setBrush(context.style.color("muted") if depth % 2 else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre + at, radius, radius)
        painter.restore()

    def markdown(self, context: Context, span: Span) -> str:
        made = super().markdown(context, span)
        return "\n".join(f"> {line}".rstrip() for line in made.split("\n")) if self._quote else made

    def html(self, context: Context, span: Span) -> str:
        made = super().html(context, span)
        return f"{_QUOTE}{made}</blockquote>" if self._quote else made

    def words(self) -> str:
        return words_of_html(self.block.html)

    def accessible_text(self) -> str:
        return self.block.source


def _added(before: str, after: str) -> str:
    """The plain words that `after` has behind the last ones of `before`; '' when it differs in anything else."""
    closing = _CLOSING.search(before, max(0, len(before) - _NEAR))
    if closing is None or not after.endswith(closing[0]) or not after.startswith(before[: closing.start()]):
        return ""
    added = after[closing.start() : len(after) - len(closing[0])]
    return added if _WORDS.fullmatch(added) else ""


def _even_lists(document: QTextDocument, item: int, end: int) -> None:
    """The same gap below all items of tight lists and `end` below a whole list: Qt adds up those of nested ones."""
    block = document.begin()
    while block.isValid():
        following = block.next()
        if cast("QTextList | None", block.textList()) is not None:
            inside = following.isValid() and cast("QTextList | None", following.textList()) is not None
            style = QTextBlockFormat()
            style.setBottomMargin(item if inside else end)
            QTextCursor(block).mergeBlockFormat(style)
        block = following


def _common(a: str, b: str) -> int:
    """How long the common beginning of two texts is."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a.startswith(b[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low


def _bullets(context: Context, document: QTextDocument) -> list[tuple[QPointF, int]]:
    """The centre of each list dot; items that begin with a task box have none."""
    made: list[tuple[QPointF, int]] = []
    layout = document.documentLayout()
    block = document.begin()
    while block.isValid():
        items = cast("QTextList | None", block.textList())  # None outside lists, whatever the stubs say
        style = items.format() if items is not None else None
        plain = style is not None and style.style() is QTextListFormat.Style.ListStyleUndefined
        if style is not None and plain and not block.text().startswith(_TASKS):
            depth = style.indent()
            line = block.layout().lineAt(0)
            top = layout.blockBoundingRect(block).top()
            x = depth * document.indentWidth() - context.style.px(12)
            y = top + line.y() + line.ascent() - 0.36 * context.style.text_font.pixelSize()
            made.append((QPointF(x, y), depth))
        block = block.next()
    return made
