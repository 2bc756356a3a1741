"""Bringing a place of the transcript into view, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.blocks.tool import ToolPiece
from glmdesk.ui.transcript.canvas import Anchor

if TYPE_CHECKING:
    from glmdesk.ui.transcript.view import TranscriptView

_EDGE = 72  # logical pixels from the top and bottom in which a line is not well seen


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands at the top of a view, in a form that outlives it.

    A message, the number of its piece, the character whose line it is (-1: the whole piece), and its y on the screen.
    """

    message: str
    piece: int
    position: int
    y: int


@dataclass(frozen=True, slots=True)
class Searched:
    """Words that a search has found in a message."""

    row_id: str
    words: str


class Places:
    """Belongs to one view."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self._went: Spot | None = None

    def piece(self, row_id: str, number: int) -> Piece | None:
        """A piece that can be read: its row is built, a closed thought opened."""
        stack, context = self._view.stack, self._view.context
        item = stack.item(row_id)
        if item is None:
            return None
        item.build(context)
        if number < len(item.pieces):
            piece = item.pieces[number]
            if isinstance(piece, ThinkingPiece | ToolPiece) and not piece.opened:
                item.choose_fold(context, True, piece)
        stack.sync(item)
        return item.pieces[number] if number < len(item.pieces) else None

    def show(self, row_id: str, number: int, position: int) -> None:
        """Bring the line of a position into view; nothing moves when it is well seen already."""
        view = self._view
        item, piece = view.stack.item(row_id), self.piece(row_id, number)
        if item is None or piece is None:
            return
        piece.uncover(position)
        piece.settle(view.context)
        item.relayout(view.context)
        view.stack.sync(item)
        piece.reveal(view.context, position)
        line = (view.stack.piece_top(item, piece) or 0) + piece.y_of(view.context, position) - view.origin
        edge, height = view.context.style.px(_EDGE), view.viewport().height()
        y = line if edge <= line <= height - edge else height // 3
        view.hold()
        view.arrange(Anchor(item, piece, y, position))
        view.hold()
        view.viewport().update()

    def show_searched(self, searched: Searched) -> None:
        """Bring the first of the words into view with all hits marked; else the top of their message."""
        if not self._view.find_bar.show_words(searched.words, searched.row_id):
            self.show_row(searched.row_id)

    def show_row(self, row_id: str) -> None:
        """Bring the top of a message to the top of the view."""
        view = self._view
        item = view.stack.item(row_id)
        if item is not None:
            item.build(view.context)
            view.stack.sync(item)
            view.hold()
            view.arrange(Anchor(item, item.pieces[0] if item.pieces else None, view.context.style.margin // 2))
            view.hold()

    def spot(self) -> Spot | None:
        """What is read; None at the end of the chat, which needs no place."""
        view = self._view
        placed = next(iter(view.stack.pieces_in(view.origin, view.origin + view.viewport().height())), None)
        if view.following or placed is None:
            return None
        piece, above = placed.piece, view.origin - placed.top
        if above <= 0 or not piece.length or isinstance(piece, ThinkingPiece | ToolPiece):
            return Spot(placed.item.id, placed.index, -1, -above)
        position = piece.position_at(view.context, 0, above)
        return Spot(placed.item.id, placed.index, position, piece.y_of(view.context, position) - above)

    def go(self, spot: Spot) -> None:
        """Bring a spot back to where it was; nothing when its message is gone."""
        self._went = spot
        view = self._view
        item = view.stack.item(spot.message)
        if item is None:
            return
        item.build(view.context)
        piece = item.pieces[spot.piece] if 0 <= spot.piece < len(item.pieces) else None
        if piece is not None:
            piece.settle(view.context)  # before it is laid out it does not know how long it is
            item.relayout(view.context)
        whole = piece is None or not 0 <= spot.position <= piece.length
        view.stack.sync(item)
        view.arrange(Anchor(item, piece, spot.y, None if whole else spot.position))
        view.viewport().update()

    def again(self) -> None:
        """Lines and pictures that were there when a spot was left have come: with them it is where it was."""
        if self._went is not None:
            self.go(self._went)

    def moved(self) -> None:
        """The user has gone elsewhere."""
        self._went = None
