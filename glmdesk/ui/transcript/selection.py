"""A selection from one place to another, across blocks and messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glmdesk.domain.message import Role
from glmdesk.ui.transcript.blocks.base import Piece, Span
from glmdesk.ui.transcript.clipboard import Copy
from glmdesk.ui.transcript.row import RowItem
from glmdesk.ui.transcript.stack import Stack

END = 1 << 60


@dataclass(frozen=True, slots=True)
class Place:
    """A character: message, number of the piece in it, position in the piece."""

    row_id: str
    piece: int
    position: int


class Selection:
    """Where a drag began and where it is now."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.anchor: Place | None = None
        self.cursor: Place | None = None

    def clear(self) -> None:
        self.anchor = self.cursor = None

    def set(self, anchor: Place, cursor: Place) -> None:
        self.anchor, self.cursor = anchor, cursor

    def select_all(self) -> None:
        items = self._stack.items
        if items:
            self.set(Place(items[0].id, 0, 0), Place(items[-1].id, END, END))

    def _ends(self) -> tuple[tuple[int, int, int], tuple[int, int, int]] | None:
        if self.anchor is None or self.cursor is None:
            return None
        keys: list[tuple[int, int, int]] = []
        for place in (self.anchor, self.cursor):
            index = self._stack.index(place.row_id)
            if index is None:
                return None
            keys.append((index, place.piece, place.position))
        low, high = sorted(keys)
        return None if low == high else (low, high)

    @property
    def empty(self) -> bool:
        return self._ends() is None

    def span(self, item: RowItem, number: int, piece: Piece) -> Span | None:
        """What is selected of a piece."""
        ends = self._ends()
        row = self._stack.index(item.id)
        if ends is None or row is None or not piece.reads_as_text:
            return None
        low, high = ends
        here = (row, number)
        if not low[:2] <= here <= high[:2]:
            return None
        start = low[2] if here == low[:2] else 0
        end = high[2] if here == high[:2] else END
        return (start, end) if start < end else None

    def _selected(self) -> Iterator[tuple[RowItem, Piece, Span]]:
        ends = self._ends()
        if ends is None:
            return
        for index in range(ends[0][0], ends[1][0] + 1):
            item = self._stack.items[index]
            item.build(self._stack.context)
            for number, piece in enumerate(item.pieces):
                span = self.span(item, number, piece)
                if span is not None and piece.reads_as_text:
                    piece.settle(self._stack.context)
                    yield item, piece, (span[0], min(span[1], piece.length))

    def copy(self) -> Copy:
        """The selected words; a heading line per message where more than one is touched."""
        context = self._stack.context
        plain: list[str] = []
        markdown: list[str] = []
        html: list[str] = []
        for _item, piece, span in self._selected():
            plain.append(piece.plain(context, span))
            markdown.append(piece.markdown(context, span))
            html.append(piece.html(context, span))
        return Copy("\n\n".join(plain), "\n\n".join(markdown), "".join(html))


def copy_of(item: RowItem) -> Copy:
    """A whole message as it was written."""
    from html import escape

    from glmdesk.domain.blocks import CodeBlock, ProseBlock, TableBlock
    from glmdesk.markup.document import parse

    text = item.row.message.text.strip("\n")
    if item.row.message.role is Role.USER:
        return Copy(text, text, "<p>" + escape(text).replace("\n", "<br>") + "</p>")
    html: list[str] = []
    for block in parse(text):
        match block:
            case ProseBlock():
                html.append(block.html)
            case CodeBlock():
                html.append(f"<pre>{escape(block.text)}</pre>")
            case TableBlock():
                rows = ["".join(f"<td>{c}</td>" for c in row) for row in (block.header, *block.rows)]
                html.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
            case _:
                html.append(f"<pre>{escape(block.source)}</pre>")
    return Copy(text, text, "".join(html))
