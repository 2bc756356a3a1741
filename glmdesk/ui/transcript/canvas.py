"""What is on the screen: turns a new arrangement of pieces into the smallest repaint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.row import RowItem
from glmdesk.ui.transcript.stack import Placed


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something that must not move: a piece (or a whole row, before it is built) and its y on the screen."""

    item: RowItem
    piece: Piece | None
    y: int
    position: int | None = None  # then it is the line of this character that must not move


class Canvas:
    """Remembers where each visible piece is painted."""

    def __init__(self, viewport: QWidget) -> None:
        self._viewport = viewport
        self._shown: dict[Piece, tuple[RowItem, int, int]] = {}

    def forget(self) -> None:
        self._shown = {}
        self._viewport.update()

    def forget_places(self) -> None:
        """Everything moves: repaint all, but still know what was at the top."""
        for piece in self._shown:
            piece.touch()
        self._viewport.update()

    def anchors(self) -> list[Anchor]:
        """The pieces on the screen, laid out ones first."""
        all_shown = [Anchor(item, piece, y) for piece, (item, y, _) in self._shown.items()]
        return [a for a in all_shown if a.piece is not None and a.piece.exact] + all_shown

    def present(self, placed: Sequence[Placed], origin: int) -> None:
        """Show pieces with the transcript's `origin` at the top of the viewport."""
        new = {p.piece: (p.item, p.top - origin, p.piece.height) for p in placed}
        shifts = {piece: y - self._shown[piece][1] for piece, (_, y, _) in new.items() if piece in self._shown}
        old, self._shown = self._shown, new
        if not shifts:
            self._viewport.update()
        else:
            shift = Counter(shifts.values()).most_common(1)[0][0]
            self._move(shift)
            self._repaint(old, shifts, shift)
        for piece in new:
            piece.clean()

    def _move(self, shift: int) -> None:
        if abs(shift) >= self._viewport.height():
            self._viewport.update()
        elif shift:
            self._viewport.scroll(0, shift)

    def _repaint(self, old: dict[Piece, tuple[RowItem, int, int]], shifts: dict[Piece, int], shift: int) -> None:
        for piece, (_, y, height) in self._shown.items():
            was = old.get(piece)
            if was is None or shifts[piece] != shift:
                self._update(y, height)
                if was is not None:
                    self._update(was[1] + shift, was[2])
            else:
                self._repaint_changed(piece, y, max(height, was[2]))
        for piece, (_, y, height) in old.items():
            if piece not in self._shown:
                self._update(y + shift, height)

    def repaint_dirty(self) -> None:
        """Repaint pieces that changed in place (hover, focus, colours)."""
        for piece, (_, y, height) in self._shown.items():
            self._repaint_changed(piece, y, height)
            piece.clean()

    def _repaint_changed(self, piece: Piece, y: int, height: int) -> None:
        if piece.dirty_top and piece.dirty_from != 0:
            self._update(y, piece.dirty_top)
        if piece.dirty_from is not None:
            self._update(y + piece.dirty_from, height - piece.dirty_from)

    def _update(self, y: int, height: int) -> None:
        # One pixel more on each side: strokes are antialiased.
        self._viewport.update(0, y - 1, self._viewport.width(), height + 2)
