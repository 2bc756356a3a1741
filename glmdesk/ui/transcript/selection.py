"""A selection from one place to another, across blocks and messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glmdesk.domain.message import Role
from glmdesk.domain.rounds import rounds_of
from glmdesk.ui.transcript import rich
from glmdesk.ui.transcript.blocks.base import Piece, Span
from glmdesk.ui.transcript.blocks.bubble import BubblePiece
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.formula import FormulaPiece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.table import TablePiece
from glmdesk.ui.transcript.clipboard import Copy
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.refind import again
from glmdesk.ui.transcript.row import RowItem
from glmdesk.ui.transcript.stack import Stack

END = 1 << 60


@dataclass(frozen=True, slots=True)
class Place:
    """A character: message, number of the piece in it, position in the piece."""

    row_id: str
    piece: int
    position: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An end of the selection ("anchor" or "cursor") with the texts of its piece and of the one before."""

    name: str
    place: Place
    piece: Piece
    texts: tuple[str, ...]


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

    def remember(self, item: RowItem) -> list[Kept]:
        """The words around the ends that stand in a row, before the row changes."""
        kept: list[Kept] = []
        for name, place in (("anchor", self.anchor), ("cursor", self.cursor)):
            if place is None or place.row_id != item.id or not item.built or place.piece >= len(item.pieces):
                continue
            first = max(0, place.piece - 1)
            texts = [piece.text(self._stack.context) for piece in item.pieces[first : place.piece + 1]]
            kept.append(Kept(name, place, item.pieces[place.piece], tuple(texts)))
        return kept

    def restore(self, item: RowItem, kept: list[Kept]) -> None:
        """Put the ends back between the same words: parsing a growing answer again may move them."""
        for end in kept:
            if end.place.position < END:
                setattr(self, end.name, self._moved(item, end))

    def _moved(self, item: RowItem, kept: Kept) -> Place:
        place, context = kept.place, self._stack.context
        same = item.pieces[place.piece : place.piece + 1] == [kept.piece]
        if same and kept.piece.text(context).startswith(kept.texts[-1][: place.position]):
            return place
        first = max(0, place.piece - 1)
        found = again([*kept.texts], place.position, [piece.text(context) for piece in item.pieces[first:]])
        return place if found is None else Place(item.id, first + found[0], found[1])

    def select_all(self) -> None:
        items = self._stack.items
        if items:
            self.set(Place(items[0].id, 0, 0), Place(items[-1].id, END, END))

    def order(self, place: Place) -> tuple[int, int, int]:
        """Sorts places as they are read."""
        index = self._stack.index(place.row_id)
        return (-1 if index is None else index, place.piece, place.position)

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
            for number, piece in enumerate(self._pieces(item)):
                span = self.span(item, number, piece)
                if span is not None:
                    yield item, piece, span

    def _pieces(self, item: RowItem) -> list[Piece]:
        """The pieces of a row; those of a row that is not shown are not kept."""
        if item.built:
            return item.pieces
        made = RowItem(item.row, last=item.last)
        made.fold_choice = item.fold_choice
        made.build(self._stack.context)
        return made.pieces

    def copy(self) -> Copy:
        """The selected words. Only a block that is not wholly selected is laid out for it."""
        parts = [self._part(item, piece, span) for item, piece, span in self._selected()]
        parts = [part for part in parts if part.plain]
        return Copy(
            "\n\n".join(part.plain for part in parts),
            "\n\n".join(part.markdown for part in parts),
            rich.document(part.html for part in parts),
        )

    def _part(self, item: RowItem, piece: Piece, span: Span) -> Copy:
        context = self._stack.context
        if span[0] > 0 or span[1] < END:
            piece.settle(context)
        if span[0] <= 0 and span[1] >= (piece.length if span[1] < END else 0):
            return whole(item, piece, context)
        span = (span[0], min(span[1], piece.length))
        return Copy(piece.plain(context, span), piece.markdown(context, span), piece.html(context, span))


def whole(item: RowItem, piece: Piece, context: Context) -> Copy:
    """A block as it was written."""
    if isinstance(piece, ProsePiece | CodePiece | TablePiece | FormulaPiece):
        block = piece.block
        return Copy(rich.block_plain(block), block.source.strip("\n"), rich.block_html(block))
    if isinstance(piece, BubblePiece):
        text = item.row.message.text.strip("\n")
        return Copy(text, text, rich.paragraphs(text))
    span = (0, piece.length)
    return Copy(piece.plain(context, span), piece.markdown(context, span), piece.html(context, span))


def copy_of(item: RowItem) -> Copy:
    """A whole message as it was written."""
    from glmdesk.markup.document import parse

    rounds = rounds_of(item.row.message.parts)
    text = "\n\n".join(part.text.strip("\n") for part in rounds if part.text.strip())
    if item.row.message.role is Role.USER:
        return Copy(text, text, rich.document([rich.paragraphs(text)]))
    blocks = parse(text)
    plain = "\n\n".join(rich.block_plain(block) for block in blocks)
    return Copy(plain, text, rich.document(map(rich.block_html, blocks)))
