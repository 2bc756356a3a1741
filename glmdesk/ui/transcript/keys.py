"""The keyboard: scrolling, copying, and Tab through the painted buttons that are in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from glmdesk.ui.transcript.blocks.base import PaintedButton, Piece
from glmdesk.ui.transcript.caret import Caret
from glmdesk.ui.transcript.row import RowItem
from glmdesk.ui.widgets.announce import announce

if TYPE_CHECKING:
    from glmdesk.ui.transcript.view import TranscriptView

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
            return self._scroll(event)
        return True

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
        return [(p.item, p.piece, button) for p in seen for button in p.piece.buttons(view.context)]

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
        announce(self._view, button.tip)
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
        self._view.commands.run(item, piece, button.key)
        return True
