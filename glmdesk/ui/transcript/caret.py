"""Selecting with the keyboard: Shift with arrows, Home, End and Page; with Ctrl by words and to the ends."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent

from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.selection import END, Place

if TYPE_CHECKING:
    from glmdesk.ui.transcript.view import TranscriptView

_WORD = re.compile(r"[\u4e00-\u9fff]|\w+?(?=[\u4e00-\u9fff]|\W|$)")
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_LINES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_EDGES = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}
_JOINS = ("\0", "\u200d", "\ufe0f")  # the second half of a wide character, and what glues characters


class Caret:
    """Moves the end of the selection. Belongs to one view."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view

    def press(self, event: QKeyEvent) -> bool:
        """Handle Shift with a key that moves. False when it is none of these."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if not modifiers & Qt.KeyboardModifier.ShiftModifier or key not in {**_STEPS, **_LINES, **_EDGES}:
            return False
        selection = self._view.selection
        start = selection.cursor or self._first()
        if start is None:
            return False
        place = self._target(self._real(start), key, ctrl=bool(modifiers & Qt.KeyboardModifier.ControlModifier))
        self._view.stop_following()
        selection.set(selection.anchor or start, place)
        self._view.places.show(place.row_id, place.piece, place.position)
        return True

    def _first(self) -> Place | None:
        """Where the keyboard begins: the first words on the screen."""
        return self._view.pointer.place_at(QPoint(self._view.column_left, 1))

    def _real(self, place: Place) -> Place:
        """A place whose position exists; select all ends beyond everything."""
        item = self._view.stack.item(place.row_id)
        if place.position < END or item is None:
            return place
        readable = [(i, p) for i, p in enumerate(item.pieces) if p.length]
        number, piece = readable[-1] if readable else (0, None)
        return Place(place.row_id, number, piece.length if piece is not None else 0)

    def _target(self, place: Place, key: Qt.Key, *, ctrl: bool) -> Place:
        if key in _STEPS:
            return self._by_character(place, _STEPS[key], word=ctrl)
        if key in _EDGES:
            return self._to_end(place, _EDGES[key]) if ctrl else self._along(place, _EDGES[key])
        page = key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        height = self._view.verticalScrollBar().pageStep() if page else 0
        return self._by_line(place, _LINES[key], height)

    def _piece(self, place: Place) -> Piece | None:
        return self._view.places.piece(place.row_id, place.piece)

    def _by_character(self, place: Place, by: int, *, word: bool) -> Place:
        piece = self._piece(place)
        text = piece.text(self._view.context) if piece is not None else ""
        at = (_next_word if word else _next)(text, place.position, by)
        if at is None:
            return self._neighbour(place, by) or place
        return Place(place.row_id, place.piece, at)

    def _neighbour(self, place: Place, by: int) -> Place | None:
        """The edge of the next or the previous piece that has words, across messages."""
        stack = self._view.stack
        row, number = stack.index(place.row_id), place.piece + by
        while row is not None and 0 <= row < len(stack.items):
            item = stack.items[row]
            item.build(self._view.context)
            stack.sync(item)
            while 0 <= number < len(item.pieces):
                piece = item.pieces[number]
                piece.settle(self._view.context)
                if piece.length and piece.reads_as_text:
                    return Place(item.id, number, 0 if by > 0 else piece.length)
                number += by
            row += by
            if 0 <= row < len(stack.items):
                stack.items[row].build(self._view.context)
                number = 0 if by > 0 else len(stack.items[row].pieces) - 1
        return None

    def _to_end(self, place: Place, by: int) -> Place:
        items = self._view.stack.items
        if by < 0:
            return self._neighbour(Place(items[0].id, -1, 0), 1) or place
        items[-1].build(self._view.context)
        return self._neighbour(Place(items[-1].id, len(items[-1].pieces), 0), -1) or place

    def _point(self, place: Place) -> QPoint | None:
        """Where a place is on the screen: the left of its character, the top of its line."""
        view, piece = self._view, self._piece(place)
        item = view.stack.item(place.row_id)
        top = view.stack.piece_top(item, piece) if item is not None and piece is not None else None
        if piece is None or top is None:
            return None
        x = view.column_left + piece.left(view.context) + piece.x_of(view.context, place.position)
        return QPoint(x, top - view.origin + piece.y_of(view.context, place.position))

    def _along(self, place: Place, by: int) -> Place:
        """The left or the right end of the line."""
        self._view.places.show(place.row_id, place.piece, place.position)
        point = self._point(place)
        if point is None:
            return place
        x = self._view.viewport().width() if by > 0 else 0
        found = self._view.pointer.place_at(QPoint(x, point.y() + self._view.context.style.line // 2))
        return found if found is not None and found.piece == place.piece else place

    def _by_line(self, place: Place, by: int, page: int) -> Place:
        """The same x some lines up or down; a page scrolls as far."""
        view, line = self._view, self._view.context.style.line
        view.places.show(place.row_id, place.piece, place.position)
        if page:
            point = self._point(place)
            view.scroll_to(view.origin + by * page)
            found = view.pointer.place_at(point) if point is not None else None
            moved = found is not None and found != place
            return found if found is not None and moved else self._to_end(place, by)
        point = self._point(place)
        for step in range(1, 12):
            y = (point.y() if point is not None else 0) + line // 2 + by * step * line
            found = view.pointer.place_at(QPoint(point.x() if point is not None else 0, y))
            order = view.selection.order
            if found is not None and (order(found) > order(place) if by > 0 else order(found) < order(place)):
                return found
        return self._neighbour(place, by) or place


def _next(text: str, at: int, by: int) -> int | None:
    """The next place between two characters as they are seen; None beyond the text."""
    to = at + by
    while 0 < to < len(text) and (text[to] in _JOINS or unicodedata.combining(text[to]) or text[to - 1] == "\u200d"):
        to += by
    return to if 0 <= to <= len(text) else None


def _next_word(text: str, at: int, by: int) -> int | None:
    """The end of the next word, or the start of the previous one."""
    if by > 0:
        found = next((m.end() for m in _WORD.finditer(text, at)), None)
        return found if found is not None or at >= len(text) else len(text)
    found = None
    for match in _WORD.finditer(text, 0, at):
        found = match.start()
    return found if found is not None or at <= 0 else 0
