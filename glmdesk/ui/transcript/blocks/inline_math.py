"""Formulas inside a paragraph: pictures in the text document that stand on its baseline."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from html import unescape

from PySide6.QtCore import QRectF, QUrl
from PySide6.QtGui import QFontMetrics, QTextDocument

from glmdesk.domain.formula import FormulaDrawing
from glmdesk.ui.transcript.blocks.base import Piece, Span
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.formulas import Look

_MATH = re.compile(r'<code class="math">(.*?)</code>', re.DOTALL)
_NAME = "formula:"
_OBJECT = "\ufffc"  # what a text document has in the place of a picture


class InlineMath:
    """The formulas of one document, in order."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self._shown: list[tuple[str, FormulaDrawing]] = []
        self._undrawn: set[str] = set()

    @property
    def shown(self) -> bool:
        """True when there are pictures in the document."""
        return bool(self._shown)

    def put_pictures(self, context: Context, html: str) -> str:
        """The HTML with room for a picture in the place of each formula that has been drawn."""
        self._shown, self._undrawn = [], set()
        if "math" not in html:
            return html
        return _MATH.sub(lambda match: self._picture(context, match), html)

    def _picture(self, context: Context, match: re.Match[str]) -> str:
        tex = unescape(match[1])
        drawing = context.formulas.get(self._piece, tex, display=False) if context.formulas is not None else None
        if drawing is None:
            self._undrawn.add(tex)
            return match[0]
        self._shown.append((tex, drawing))
        width, height = _size(context, drawing)
        return f'<img src="{_NAME}{len(self._shown) - 1}" width="{width}" height="{height}" align="middle">'

    def paint_pictures(self, context: Context, document: QTextDocument) -> None:
        """Give the document its pictures; call it when its lines have been laid out.

        Qt centres such a picture on its line, so where the baseline crosses it depends on what else stands there.
        """
        for number, baseline in enumerate(_baselines(context, document, self._shown)):
            self._give(context, document, number, baseline)

    def _give(self, context: Context, document: QTextDocument, number: int, baseline: float) -> None:
        if context.formulas is None:
            return
        tex, drawing = self._shown[number]
        width, height = _size(context, drawing)
        em = context.style.text_font.pixelSize()
        look = Look(em, context.style.color("text").name(), context.dpr)
        top = round((baseline - drawing.ascent * em) * context.dpr) / context.dpr
        picture = context.formulas.pixmap(tex, drawing, look, QRectF(0, top, width, height))
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"{_NAME}{number}"), picture)

    def found(self, pattern: re.Pattern[str], text: str) -> list[Span]:
        """Where a pattern stands in the document's text; what stands in a formula is at its picture."""
        if not self._shown:
            return [match.span() for match in pattern.finditer(text)]
        formulas = (tex for tex, _ in self._shown)
        parts = [next(formulas, char) if char == _OBJECT else char for char in text]
        places = [at for at, part in enumerate(parts) for _ in part]
        spans = (match.span() for match in pattern.finditer("".join(parts)))
        return [(places[start], places[end - 1] + 1) for start, end in spans]

    def undrawn(self, words: str) -> bool:
        """Whether words in the look of code are a formula that has no picture."""
        return words in self._undrawn

    def sources(self, picture: str) -> str:
        """The formula that a picture of the document stands for, by its name."""
        return f"${self._shown[int(picture.removeprefix(_NAME))][0]}$"


def _size(context: Context, drawing: FormulaDrawing) -> tuple[int, int]:
    """Width and height of the least picture that holds the drawing wherever the baseline crosses it."""
    em = context.style.text_font.pixelSize()
    above, below = drawing.ascent * em, drawing.descent * em
    height = math.ceil(above + below)
    # Alone on the line (0, 0), where a larger picture makes the line, or beside letters.
    lines = ((0.0, 0.0), *context.style.line_metrics)
    while not all(_fits(height, above, below, line, context) for line in lines):
        height += 1
    return math.ceil(drawing.width * em), height


def _fits(height: int, above: float, below: float, line: tuple[float, float], context: Context) -> bool:
    """Whether the drawing stays inside its picture on a line whose letters have this ascent and descent."""
    half = QFontMetrics(context.style.text_font).xHeight() / 2
    ascent, descent = max(line[0], (height + half) / 2), max(line[1], (height - half) / 2)
    baseline = ascent - (ascent + descent - height) / 2
    return baseline >= above and height - baseline >= below


def _baselines(context: Context, document: QTextDocument, shown: list[tuple[str, FormulaDrawing]]) -> Iterator[float]:
    """How far below its top the baseline crosses each picture."""
    document.documentLayout().documentSize()  # Qt lays out what is asked for; lines of other blocks are not there
    cursor = document.find(_OBJECT)
    for _, drawing in shown:
        if cursor.isNull():
            return
        block = cursor.block()
        line = block.layout().lineForTextPosition(cursor.selectionStart() - block.position())
        yield line.ascent() - (line.height() - _size(context, drawing)[1]) / 2
        cursor = document.find(_OBJECT, cursor)
