"""The keyboard: scrolling, copying, and Tab through the painted buttons that are in view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript import access
from glmdesk.ui.transcript.blocks.base import PaintedButton, Piece
from glmdesk.ui.transcript.caret import Caret
from glmdesk.ui.transcript.row import RowItem
from glmdesk.ui.transcript.stack import Placed

if TYPE_CHECKING:
    from glmdesk.ui.transcript.view import TranscriptView

_SIDEWAYS = 80  # logical pixels of one step
Target = tuple[RowItem, Piece, PaintedButton]


class Keys:
    """Belongs to one view."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self._caret = Caret(view)

    def press(self, event: QKeyEvent) -> bool:
        """Handle a key. False when it is not ours."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._view.copy_selection()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._view.commands.select_all()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._activate():
            pass
        elif event.key() == Qt.Key.Key_Escape and not self._view.selection.empty:
            self._view.selection.clear()
            self._view.viewport().update()
        elif not self._caret.press(event):
            return self._scroll(event) or self._scroll_sideways(event)
        return True

    def _scroll_sideways(self, event: QKeyEvent) -> bool:
        """Left and Right move wide code and tables: the one that has the focus, else the first in view that can."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        view, by = self._view, steps.get(Qt.Key(event.key()))
        if by is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        seen = view.stack.pieces_in(view.origin, view.origin + view.viewport().height())
        focus = view.context.focus[0] if view.context.focus is not None else None
        wide = sorted((p.piece for p in seen), key=lambda piece: piece is not focus)
        moved = any(piece.scroll_sideways(view.context, by * view.context.style.px(_SIDEWAYS)) for piece in wide)
        view.canvas.repaint_dirty()
        return moved

    def _scroll(self, event: QKeyEvent) -> bool:
        bar = self._view.verticalScrollBar()
        steps = {
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_Down: bar.singleStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_Space: bar.pageStep(),
            Qt.Key.Key_Home: -bar.maximum(),
            Qt.Key.Key_End: bar.maximum(),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        if event.key() == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step = -step
        if step < 0:
            self._view.stop_following()
        if event.key() == Qt.Key.Key_End:
            self._view.jump_to_latest()
        else:
            bar.setValue(bar.value() + step)
        return True

    def _targets(self) -> list[Target]:
        view = self._view
        seen = view.stack.pieces_in(view.origin, view.origin + view.viewport().height())
        return [(p.item, p.piece, target) for p in seen for target in (*self._links(p), *p.piece.buttons(view.context))]

    def _links(self, placed: Placed) -> Iterator[PaintedButton]:
        """The links of a piece whose first line is in view."""
        view, piece = self._view, placed.piece
        height = view.viewport().height() - view.context.style.line
        for link in piece.links(view.context):
            y = placed.top - view.origin + piece.y_of(view.context, link.start)
            if 0 <= y <= height:
                tip = tr("transcript.link.focused", text=link.text, address=link.address)
                yield PaintedButton(link.key, QRect(), tip)

    def _current(self, targets: list[Target]) -> int:
        focus = self._view.context.focus
        return next((i for i, (_, piece, b) in enumerate(targets) if focus == (piece, b.key)), -1)

    def move_focus(self, step: int) -> bool:
        """Tab: to the next button in view. False when there is none left and the focus may leave."""
        targets = self._targets()
        at = self._current(targets)
        if at < 0 and step < 0:
            at = len(targets)
        at += step
        if not 0 <= at < len(targets):
            self.leave()
            return False
        _, piece, button = targets[at]
        self._set((piece, button.key))
        self._view.setAccessibleDescription(button.tip)
        access.tell_focus(self._view, button.tip)
        return True

    def leave(self) -> None:
        """The focus is not on a button any more."""
        if self._view.context.focus is not None:
            self._set(None)
            self._view.retranslate()

    def _set(self, focus: tuple[Piece, str] | None) -> None:
        context = self._view.context
        for name in (context.focus, focus):
            if name is not None and isinstance(name[0], Piece):
                name[0].touch()
        context.focus = focus
        self._view.canvas.repaint_dirty()

    def _activate(self) -> bool:
        targets = self._targets()
        at = self._current(targets)
        if at < 0:
            return False
        item, piece, button = targets[at]
        link = next((link for link in piece.links(self._view.context) if link.key == button.key), None)
        if link is not None:
            self._view.commands.blocks.open_link(link.address, link.text)
        else:
            self._view.commands.run(item, piece, button.key)
        return True
