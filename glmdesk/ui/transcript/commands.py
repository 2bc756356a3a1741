"""What buttons and keys do: inside the view (fold, copy, the buttons of blocks) or by telling the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu

from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.block_commands import BlockCommands
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.blocks.tool import ToolPiece
from glmdesk.ui.transcript.canvas import Anchor
from glmdesk.ui.transcript.clipboard import Copy, put_in_selection, put_on_clipboard
from glmdesk.ui.transcript.row import RowItem
from glmdesk.ui.transcript.selection import copy_of

if TYPE_CHECKING:
    from glmdesk.ui.transcript.view import TranscriptView

_TICK = 1_500  # milliseconds a tick stands for "copied"


class Commands:
    """Belongs to one view."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self.blocks = BlockCommands(view)
        self.place = QPoint()  # on the screen: the lower left corner of the button that was used last

    def run(self, item: RowItem, piece: Piece, key: str) -> None:
        """Do what a button says."""
        self.place = self._place_of(item, piece, key)
        if key == "fold" and isinstance(piece, ThinkingPiece | ToolPiece):
            self._fold(item, piece)
        elif not self.blocks.run(item, piece, key):
            if key == "copy":
                self._copy_message(item)
            self._view.action.emit(key, item.id)

    def _place_of(self, item: RowItem, piece: Piece, key: str) -> QPoint:
        view = self._view
        top = view.stack.piece_top(item, piece) or view.origin
        rects = [b.rect for b in piece.buttons(view.context) if b.key == key]
        corner = rects[0].bottomLeft() if rects else QPoint()
        return view.viewport().mapToGlobal(
            corner + QPoint(view.column_left + piece.left(view.context), top - view.origin)
        )

    def _anchor(self, item: RowItem, piece: Piece) -> Anchor:
        top = self._view.stack.piece_top(item, piece) or 0
        return Anchor(item, piece, top - self._view.origin)

    def _fold(self, item: RowItem, piece: ThinkingPiece | ToolPiece) -> None:
        anchor = self._anchor(item, piece)
        above = anchor.y + piece.height <= 0  # not by a click: what is read stays then
        item.choose_fold(self._view.context, not piece.opened, piece)
        self._view.stack.sync(item)
        self._view.arrange(None if above else anchor)

    def keep_top(self, item: RowItem, piece: Piece, change: Callable[[], object]) -> None:
        """Change how high a piece is: its top stays where it is, or comes into view when it was above."""
        anchor = self._anchor(item, piece)
        change()
        item.relayout(self._view.context)
        self._view.stack.sync(item)
        self._view.arrange(Anchor(item, piece, max(anchor.y, self._view.context.style.margin)))

    def _copy_message(self, item: RowItem) -> None:
        put_on_clipboard(copy_of(item))
        self._tick(item, "copy")
        QTimer.singleShot(_TICK, self._view, lambda: self._tick(item, ""))

    def _tick(self, item: RowItem, done: str) -> None:
        item.set_done(done)
        self._view.canvas.repaint_dirty()

    def copy_selection(self) -> None:
        if not self._view.selection.empty:
            put_on_clipboard(self._view.selection.copy())

    def offer_selection(self) -> None:
        """The middle button pastes what was selected with the mouse."""
        if not self._view.selection.empty:
            put_in_selection(self._view.selection.copy().plain)

    def _copy_markdown(self) -> None:
        put_on_clipboard(Copy(self._view.selection.copy().markdown))

    def _copy_plain(self) -> None:
        put_on_clipboard(Copy(self._view.selection.copy().plain))

    def select_all(self) -> None:
        self._view.selection.select_all()
        self._view.viewport().update()

    def item_of_menu(self, event: QContextMenuEvent) -> RowItem | None:
        """The message under the pointer; by keyboard the one whose button has the focus, else the last in view."""
        view = self._view
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            y = view.to_transcript(view.viewport().mapFromGlobal(event.globalPos())).y()
            return next(iter(view.stack.rows_in(y, y + 1)), None)
        seen = list(view.stack.pieces_in(view.origin, view.origin + view.viewport().height()))
        focused = [placed.item for placed in seen if view.context.focus and placed.piece is view.context.focus[0]]
        return next(iter(focused), seen[-1].item if seen else None)

    def menu(self, at: QPoint, item: RowItem | None = None) -> None:
        """The context menu; `item` is the message it is about."""
        menu = QMenu(self._view)
        copy = menu.addAction(tr("transcript.action.copy"), self.copy_selection)
        copy.setEnabled(not self._view.selection.empty)
        for text_id, run in (("copy_markdown", self._copy_markdown), ("copy_plain", self._copy_plain)):
            menu.addAction(tr(f"transcript.action.{text_id}"), run).setEnabled(copy.isEnabled())
        menu.addAction(tr("transcript.action.select_all"), self.select_all)
        if item is not None and self._view.fill_menu is not None:
            menu.addSeparator()
            self._view.fill_menu(menu, item.row)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def coloured(self, piece: Piece, text: str, runs: object) -> None:
        """Colours of a code block have been found."""
        if isinstance(piece, CodePiece) and isinstance(runs, Sequence):
            piece.set_runs(self._view.context, text, runs)  # pyright: ignore[reportUnknownArgumentType]
            self._view.canvas.repaint_dirty()
