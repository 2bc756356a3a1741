"""All rows one below the other: where each piece stands, and laying out only what is seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glmdesk.services.transcript import Row
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.estimate import Estimate
from glmdesk.ui.transcript.heights import Heights
from glmdesk.ui.transcript.row import RowItem

KEPT_ROWS = 60  # rows that keep their pieces after they were seen


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece and the y of its top in the whole transcript."""

    item: RowItem
    index: int
    piece: Piece
    top: int

    @property
    def bottom(self) -> int:
        return self.top + self.piece.height


class Stack:
    """The rows of the view. All y are pixels from the top of the first row's margin."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.items: list[RowItem] = []
        self._place: dict[str, int] = {}
        self._heights = Heights()
        self._seen: OrderedDict[str, None] = OrderedDict()  # built rows, the last seen one last

    @property
    def margin(self) -> int:
        return self.context.style.margin

    @property
    def total(self) -> int:
        return self._heights.total + 2 * self.margin if self.items else 0

    def index(self, row_id: str) -> int | None:
        return self._place.get(row_id)

    def item(self, row_id: str) -> RowItem | None:
        place = self._place.get(row_id)
        return None if place is None else self.items[place]

    def reset(self, rows: Sequence[Row]) -> None:
        """Show other rows; what was shown under the same id keeps its pieces."""
        kept = {item.id: item for item in self.items}
        self.items = []
        for i, row in enumerate(rows):
            last = i == len(rows) - 1
            item = kept.get(row.id)
            if item is None:
                item = RowItem(row, last=last)
            else:
                item.set_row(self.context, row, last=last)
            self.items.append(item)
        self._place = {item.id: i for i, item in enumerate(self.items)}
        self.measure_again()

    def append(self, rows: Sequence[Row]) -> None:
        if self.items and rows:
            before = self.items[-1]
            before.set_row(self.context, before.row, last=False)
            self.sync(before)
        estimate = Estimate(self.context)
        for i, row in enumerate(rows):
            item = RowItem(row, last=i == len(rows) - 1)
            item.guess(self.context, estimate)
            self._place[item.id] = len(self.items)
            self.items.append(item)
            self._heights.append(item.height)

    def update(self, row: Row) -> None:
        item = self.item(row.id)
        if item is not None:
            item.set_row(self.context, row, last=item.last)
            if not item.built:
                item.guess(self.context, Estimate(self.context))
            self.sync(item)

    def sync(self, item: RowItem) -> None:
        """Take over the height of an item."""
        self._heights.set(self._place[item.id], item.height)

    def measure_again(self) -> None:
        """All heights from estimates and what is known."""
        estimate = Estimate(self.context)
        for item in self.items:
            item.guess(self.context, estimate)
        self._heights = Heights([item.height for item in self.items])

    def resized(self) -> None:
        for item in self.items:
            item.resized()
        self.measure_again()

    def restyle(self) -> None:
        for item in self.items:
            item.restyle(self.context)
        self.measure_again()

    def top(self, item: RowItem) -> int:
        return self._heights.top(self._place[item.id]) + self.margin

    def piece_top(self, item: RowItem, piece: Piece) -> int | None:
        """The y of a piece, None when the row does not have it any more."""
        if item.id not in self._place or self.items[self._place[item.id]] is not item:
            return None
        for i, other in enumerate(item.pieces):
            if other is piece:
                return self.top(item) + item.tops[i]
        return None

    def rows_in(self, top: int, bottom: int) -> Iterator[RowItem]:
        """The rows that touch a range of y."""
        if not self.items:
            return
        index = self._heights.find(top - self.margin)
        y = self._heights.top(index) + self.margin
        while index < len(self.items) and y < bottom:
            item = self.items[index]
            yield item
            y += item.height
            index += 1

    def pieces_in(self, top: int, bottom: int) -> Iterator[Placed]:
        """The pieces that touch a range of y, from the top; rows never built are left out."""
        for item in self.rows_in(top, bottom):
            start = self.top(item)
            for i in range(item.first_at(top - start), len(item.pieces)):
                piece, y = item.pieces[i], start + item.tops[i]
                if y >= bottom:
                    break
                if y + piece.height > top:
                    yield Placed(item, i, piece, y)

    def settle(self, top: int, bottom: int) -> bool:
        """Build and measure what touches a range of y. True when any height changed."""
        changed = False
        seen = list(self.rows_in(top, bottom))
        for item in seen:
            if not item.built:
                item.build(self.context)
                self.sync(item)
                changed = True
            changed |= self._settle_item(item, top, bottom)
            self._seen[item.id] = None
            self._seen.move_to_end(item.id)
        self._release(len(seen))
        return changed

    def _release(self, in_view: int) -> None:
        """Let the pieces of rows go that were not seen for the longest time."""
        for row_id in list(self._seen)[: max(0, len(self._seen) - max(KEPT_ROWS, in_view))]:
            item = self.item(row_id)
            if item is None or not item.in_use:
                del self._seen[row_id]
            if item is not None and item.built and row_id not in self._seen:
                item.release(self.context)

    def _settle_item(self, item: RowItem, top: int, bottom: int) -> bool:
        start = self.top(item)
        first = item.first_at(top - start)
        y = start + item.tops[first] - item.pieces[first].gap if item.pieces else start
        stale = False
        for piece in item.pieces[first:]:
            y += piece.gap
            if y >= bottom:
                break
            if y + piece.height > top and piece.settle(self.context):
                stale = True
            y += piece.height
        if stale:
            item.relayout(self.context, first)
            item.learn(self.context)
            self.sync(item)
        return stale
