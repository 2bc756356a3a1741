"""Bringing a place of the transcript into view, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.blocks.tool import ToolPiece
from glmdesk.ui.transcript.canvas import Anchor

if TYPE_CHECKING:
    from glmdesk.ui.transcript.view import TranscriptView

_EDGE = 72  # logical pixels from the top and bottom in which a line is not well seen


class Places:
    """Belongs to one view."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view

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
