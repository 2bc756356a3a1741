"""Finding words in a chat: counts hits through text that was never laid out, a slice of a frame at a time."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from glmdesk.services.transcript import TranscriptChanges
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.row import RowItem

if TYPE_CHECKING:
    from glmdesk.domain.message import Message
    from glmdesk.ui.transcript.view import TranscriptView

SLICE = 0.006  # seconds of searching between two turns of the event loop
_AGAIN = 200  # milliseconds between two looks at an answer that grows


@dataclass(frozen=True, slots=True)
class Hit:
    """The `number`-th time (from 0) that the words stand in a piece of a message."""

    row_id: str
    piece: int
    number: int


def pattern_of(query: str) -> re.Pattern[str] | None:
    """The words as they are looked for: any case, any white space between them; None for nothing to find."""
    words = query.split()
    return re.compile(r"[^\S\n\u2028\u2029]+".join(map(re.escape, words)), re.IGNORECASE) if words else None


class Finder(QObject):
    """Belongs to one view. `changed`: the count, the current hit or whether all is searched."""

    changed = Signal()

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self._view = view
        self.query = ""
        self._pattern: re.Pattern[str] | None = None
        self._counts: dict[str, list[int]] = {}
        self._words: dict[str, tuple[Message, list[str]]] = {}  # of rows that are not built
        self._todo: deque[str] = deque()
        self._later: set[str] = set()
        self.current: Hit | None = None
        self._start = ""  # the row that was read when the search began
        self._wants_first = False
        self._slices = self._timer(0, self._slice)
        self._again = self._timer(_AGAIN, self._look_again)

    def _timer(self, wait: int, run: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(wait)
        timer.timeout.connect(run)
        return timer

    # What the bar uses.

    @property
    def searching(self) -> bool:
        """True while there is text that has not been looked at."""
        return bool(self._todo)

    @property
    def total(self) -> int:
        return sum(sum(counts) for counts in self._counts.values())

    @property
    def place(self) -> int:
        """The number of the current hit among all, from 1; 0 without one."""
        hit = self.current
        if hit is None:
            return 0
        before = 0
        for item in self._view.stack.items:
            counts = self._counts.get(item.id, [])
            if item.id == hit.row_id:
                return before + sum(counts[: hit.piece]) + hit.number + 1
            before += sum(counts)
        return 0

    def begin(self, row_id: str = "") -> None:
        """The first hit is looked for from a message, or from where the user reads."""
        self._start = row_id or self._reading()

    def _reading(self) -> str:
        rows = list(self._view.stack.rows_in(self._view.origin, self._view.origin + 1))
        return rows[0].id if rows else ""

    def find(self, query: str) -> None:
        """Look for other words; the first hit from where the user reads becomes the current one."""
        pattern = pattern_of(query)
        if pattern == self._pattern:
            return
        self.query, self._pattern = query, pattern
        self._search_all()
        self._wants_first = pattern is not None
        self._slice()

    def close(self) -> None:
        """Forget all of it."""
        self.query, self._pattern = "", None
        self._search_all()
        self._words.clear()
        self._wants_first = False
        self._tell()

    def step(self, by: int) -> None:
        """Go to the next (1) or the previous (-1) hit, around the ends."""
        hits = self._hits()
        if not hits:
            return
        at = hits.index(self.current) + by if self.current in hits else (0 if by > 0 else -1)
        self._go(hits[at % len(hits)])

    def _hits(self) -> list[Hit]:
        return [hit for item in self._view.stack.items for hit in self._hits_of(item.id)]

    def _hits_of(self, row_id: str) -> list[Hit]:
        counts = self._counts.get(row_id, [])
        return [Hit(row_id, piece, number) for piece, count in enumerate(counts) for number in range(count)]

    # Searching.

    def _search_all(self) -> None:
        self._counts.clear()
        self._later.clear()
        self.current = None
        ids = [item.id for item in self._view.stack.items] if self._pattern is not None else []
        start = ids.index(self._start) if self._start in ids else 0
        self._todo = deque(ids[start:] + ids[:start])

    def rows_changed(self, changes: TranscriptChanges) -> None:
        """The transcript differs: look at what is new, and a few times a second at what grows."""
        if self._pattern is None:
            return
        items = self._view.stack.items
        if changes.reset:
            known = {item.id for item in items}
            self._counts = {id_: counts for id_, counts in self._counts.items() if id_ in known}
            self._later |= known
        self._later |= changes.updated | {item.id for item in items[len(items) - changes.appended :]}
        if not self._again.isActive():
            self._again.start()

    def _look_again(self) -> None:
        waiting = set(self._todo)
        self._todo.extend(sorted(self._later - waiting))
        self._later.clear()
        self._slice()

    def _slice(self) -> None:
        end = perf_counter() + SLICE
        while self._todo and perf_counter() < end:
            self._look(self._todo.popleft())
        if self._todo:
            self._slices.start()
        self._tell()

    def _look(self, row_id: str) -> None:
        item = self._view.stack.item(row_id)
        if item is None or self._pattern is None:
            return
        self._counts[row_id] = [len(self._pattern.findall(words)) for words in self._words_of(item)]
        hits = self._hits_of(row_id)
        if self.current is not None and self.current.row_id == row_id and self.current not in hits:
            self.current = hits[-1] if hits else None
        if self._wants_first and hits:
            self._go(hits[0])

    def _words_of(self, item: RowItem) -> Sequence[str]:
        """The words of every piece; of a row that was never shown they are kept, its pieces are not."""
        if item.built:
            return [piece.words() for piece in item.pieces]
        kept = self._words.get(item.id)
        if kept is None or kept[0] is not item.row.message:
            made = RowItem(item.row, last=item.last)
            made.build(self._view.context)
            kept = self._words[item.id] = (item.row.message, [piece.words() for piece in made.pieces])
        return kept[1]

    # Showing.

    def marks(self, piece: Piece) -> Sequence[tuple[int, int, bool]]:
        """Where the words stand in a piece that is painted."""
        if self._pattern is None:
            return ()
        spans = self._spans(piece)
        hit = self.current
        item = self._view.stack.item(hit.row_id) if hit is not None else None
        here = hit is not None and item is not None and piece in item.pieces[hit.piece : hit.piece + 1]
        number = min(hit.number, len(spans) - 1) if hit is not None and here else -1
        return [(*span, i == number) for i, span in enumerate(spans)]

    def _spans(self, piece: Piece) -> list[tuple[int, int]]:
        if self._pattern is None or piece.length == 0:
            return []
        return piece.found(self._view.context, self._pattern)

    def _go(self, hit: Hit) -> None:
        self._wants_first = False
        self.current = hit
        piece = self._view.places.piece(hit.row_id, hit.piece)
        if piece is not None:
            piece.settle(self._view.context)  # where words stand is known of a laid out text only
        spans = self._spans(piece) if piece is not None else []
        self._view.places.show(hit.row_id, hit.piece, spans[min(hit.number, len(spans) - 1)][0] if spans else 0)
        self._tell()

    def span(self) -> tuple[int, int] | None:
        """Where the current hit stands in its piece."""
        piece = self._view.places.piece(self.current.row_id, self.current.piece) if self.current else None
        spans = self._spans(piece) if piece is not None else []
        return spans[min(self.current.number, len(spans) - 1)] if self.current and spans else None

    def _tell(self) -> None:
        self._view.viewport().update()
        self.changed.emit()
