"""The mouse: buttons and links act on release, a drag selects, the row under the pointer shows its actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from glmdesk.markup.links import link_allowed
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.base import PaintedButton, Piece, Span
from glmdesk.ui.transcript.blocks.meta import MetaPiece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.selection import Place
from glmdesk.ui.transcript.stack import Placed

if TYPE_CHECKING:
    from glmdesk.ui.transcript.view import TranscriptView

_AUTOSCROLL = 30  # milliseconds between two steps while a drag is outside

Unit = Callable[[Context, Piece, int], Span]


def _word_at(context: Context, piece: Piece, position: int) -> Span:
    return piece.word_at(context, position)


def _paragraph_at(context: Context, piece: Piece, position: int) -> Span:
    """The paragraph, line of code or cell around a position."""
    text = piece.text(context)
    breaks = [m.start() for m in re.finditer(r"[\n\u2029\ufdd0\ufdd1]", text)]
    start = max((at + 1 for at in breaks if at < position), default=0)
    return start, min((at for at in breaks if at >= position), default=piece.length)


class Pointer:
    """Belongs to one view."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self._pressed: QPoint | None = None
        self._pressed_button: tuple[object, str] | None = None
        self._pressed_link = ""
        self._dragging = False
        self._at = QPoint()
        self._doubled = (0.0, QPoint())  # when and where the last double click was
        self._unit: Unit | None = None
        self._unit_ends: tuple[Place, Place] | None = None
        self._timer = QTimer(view)
        self._timer.setInterval(_AUTOSCROLL)
        self._timer.timeout.connect(self._autoscroll)

    def _placed_at(self, point: QPoint) -> Placed | None:
        y = self._view.to_transcript(point).y()
        return next(iter(self._view.stack.pieces_in(y, y + 1)), None)

    def _local(self, placed: Placed, point: QPoint) -> QPoint:
        """A point of the viewport in a piece."""
        return self._view.to_transcript(point) - QPoint(placed.piece.left(self._view.context), placed.top)

    def _button_at(self, point: QPoint) -> tuple[Placed, PaintedButton] | None:
        placed = self._placed_at(point)
        if placed is None:
            return None
        local = self._local(placed, point)
        for button in placed.piece.buttons(self._view.context):
            if button.rect.contains(local):
                return placed, button
        return None

    def _link_at(self, point: QPoint) -> str:
        placed = self._placed_at(point)
        if placed is None:
            return ""
        local = self._local(placed, point)
        link = placed.piece.link_at(self._view.context, local.x(), local.y())
        return link if link_allowed(link) else ""

    def _link_text_at(self, point: QPoint) -> str:
        placed = self._placed_at(point)
        if placed is None:
            return ""
        local = self._local(placed, point)
        return placed.piece.link_text_at(self._view.context, local.x(), local.y())

    def place_at(self, point: QPoint) -> Place | None:
        """The character nearest to a point, in the piece at its height or the one above."""
        view = self._view
        local = view.to_transcript(point)
        nearest: Place | None = None
        for placed in view.stack.pieces_in(view.origin, view.origin + view.viewport().height()):
            if placed.piece.length == 0:
                continue
            if placed.top > local.y():
                return nearest or Place(placed.item.id, placed.index, 0)
            inner = self._local(placed, point)
            position = placed.piece.position_at(view.context, inner.x(), inner.y())
            inside = local.y() < placed.bottom
            # Not "the end": what is selected does not grow with an answer that comes in.
            nearest = Place(placed.item.id, placed.index, position if inside else placed.piece.length)
            if inside:
                return nearest
        return nearest

    def press(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        self._pressed, self._dragging = point, False
        hit = self._button_at(point)
        self._pressed_button = (hit[0].piece, hit[1].key) if hit else None
        self._pressed_link = self._link_at(point) if hit is None else ""
        if hit is None:
            self._start_selection(point, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _start_selection(self, point: QPoint, *, extend: bool) -> None:
        selection = self._view.selection
        place = self.place_at(point)
        if self._third_click(point):
            self._select_unit(place, _paragraph_at)
            return
        self._unit, self._unit_ends = None, None
        if place is None:
            selection.clear()
        elif extend and selection.anchor is not None:
            selection.set(selection.anchor, place)
        else:
            selection.set(place, place)
        self._view.viewport().update()

    def _third_click(self, point: QPoint) -> bool:
        since, at = self._doubled
        self._doubled = (0.0, point)
        near = (point - at).manhattanLength() < QApplication.startDragDistance()
        return near and monotonic() - since < QApplication.doubleClickInterval() / 1000

    def _select_unit(self, place: Place | None, unit: Unit) -> None:
        """Select a word or a paragraph; a drag goes on by such units."""
        ends = self._unit_at(place, unit)
        if ends is not None:
            self._unit, self._unit_ends = unit, ends
            self._view.selection.set(*ends)
            self._view.viewport().update()

    def _unit_at(self, place: Place | None, unit: Unit) -> tuple[Place, Place] | None:
        piece = self._view.places.piece(place.row_id, place.piece) if place is not None else None
        if place is None or piece is None or piece.length == 0:
            return None
        start, end = unit(self._view.context, piece, place.position)
        return Place(place.row_id, place.piece, start), Place(place.row_id, place.piece, end)

    def move(self, event: QMouseEvent) -> None:
        self._at = event.position().toPoint()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(self._at)
        elif self._pressed_button is None:
            self._drag()

    def _drag(self) -> None:
        if self._pressed is None:
            return
        if not self._dragging:
            moved = (self._at - self._pressed).manhattanLength()
            if moved < QApplication.startDragDistance() // 2:
                return
            self._dragging = True
            self._view.stop_following()
        self._extend()
        outside = not self._view.viewport().rect().adjusted(0, 8, 0, -8).contains(self._at)
        if outside != self._timer.isActive():
            self._timer.start() if outside else self._timer.stop()

    def _extend(self) -> None:
        selection, place = self._view.selection, self.place_at(self._at)
        if selection.anchor is None or place is None or place == selection.cursor:
            return
        here = self._unit_at(place, self._unit) if self._unit is not None else None
        if here is not None and self._unit_ends is not None:
            ends = sorted((*here, *self._unit_ends), key=selection.order)
            backwards = selection.order(here[0]) < selection.order(self._unit_ends[0])
            selection.set(*((ends[-1], ends[0]) if backwards else (ends[0], ends[-1])))
        else:
            selection.set(selection.anchor, place)
        self._view.viewport().update()

    def _autoscroll(self) -> None:
        bar = self._view.verticalScrollBar()
        height = self._view.viewport().height()
        over = self._at.y() if self._at.y() < 8 else max(0, self._at.y() - height + 8)
        bar.setValue(bar.value() + max(-60, min(60, over)))
        self._extend()

    def release(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._timer.stop()
        point, dragged = event.position().toPoint(), self._dragging
        pressed, link = self._pressed_button, self._pressed_link
        self._pressed = self._pressed_button = None
        self._dragging = False
        hit = self._button_at(point)
        if pressed is not None:
            if hit is not None and (hit[0].piece, hit[1].key) == pressed:
                self._view.commands.run(hit[0].item, hit[0].piece, hit[1].key)
        elif link and not dragged and self._link_at(point) == link:
            self._view.commands.blocks.open_link(link, self._link_text_at(point))
        elif dragged or self._unit is not None:
            self._view.commands.offer_selection()

    def double_click(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if event.button() is not Qt.MouseButton.LeftButton or self._button_at(point) is not None:
            self.press(event)
            return
        self._pressed, self._pressed_button, self._dragging = point, None, False
        self._select_unit(self.place_at(point), _word_at)
        self._doubled = (monotonic(), point)

    def _hover(self, point: QPoint) -> None:
        view = self._view
        hit = self._button_at(point)
        self._set_hot((hit[0].piece, hit[1].key) if hit else None)
        link = self._link_at(point) if hit is None else ""
        view.link_hovered.emit(link)
        self._set_cursor(point, hand=bool(hit or link))
        y = view.to_transcript(point).y()
        row = next(iter(view.stack.rows_in(y, y + 1)), None)
        self._set_row(row.id if row is not None else "")

    def _set_cursor(self, point: QPoint, *, hand: bool) -> None:
        placed = self._placed_at(point)
        text = placed is not None and placed.piece.length > 0
        shape = Qt.CursorShape.IBeamCursor if text else Qt.CursorShape.ArrowCursor
        self._view.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else shape)

    def _set_hot(self, hot: tuple[object, str] | None) -> None:
        context = self._view.context
        if hot == context.hot:
            return
        for name in (context.hot, hot):
            if name is not None:
                name[0].touch()  # pyright: ignore
        context.hot = hot  # pyright: ignore
        self._view.canvas.repaint_dirty()

    def _set_row(self, row_id: str) -> None:
        context = self._view.context
        if row_id == context.hovered_row:
            return
        for shown in (context.hovered_row, row_id):
            item = self._view.stack.item(shown)
            for piece in item.pieces if item is not None else ():
                if isinstance(piece, MetaPiece):
                    piece.touch()
        context.hovered_row = row_id
        self._view.canvas.repaint_dirty()

    def leave(self) -> None:
        self._set_hot(None)
        self._set_row("")
        self._view.link_hovered.emit("")

    def tooltip(self, event: QEvent) -> bool:
        """Show what a button does or where a link really goes."""
        if not isinstance(event, QHelpEvent):
            return False
        hit = self._button_at(event.pos())
        link = self._link_at(event.pos()) if hit is None else ""
        text = hit[1].tip if hit else (tr("transcript.link.target", address=link) if link else "")
        shown = f"<p style='white-space:pre-wrap'>{escape(text)}</p>" if text else ""
        QToolTip.showText(event.globalPos(), shown, self._view.viewport())
        return True

    def wheel(self, event: QWheelEvent) -> bool:
        """Sideways wheel steps move wide code and tables. True when used."""
        sideways = event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            sideways = sideways or event.angleDelta().y()
        if not sideways or abs(sideways) < abs(event.angleDelta().y()):
            return False
        placed = self._placed_at(event.position().toPoint())
        if placed is None or not placed.piece.scroll_sideways(self._view.context, -sideways // 2):
            return False
        self._view.canvas.repaint_dirty()
        return True
