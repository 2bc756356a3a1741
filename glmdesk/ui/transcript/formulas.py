"""Pictures of formulas: asked for once, kept as pixmaps, told to the blocks that wait for them."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

from glmdesk.domain.formula import FormulaDrawing
from glmdesk.ui.transcript.blocks.base import Piece

if TYPE_CHECKING:
    from glmdesk.services.tasks import TaskOwner

_DRAWINGS, _PIXMAPS = 150, 200  # a drawing has some 13 KB
_TELL_EVERY = 0.05  # seconds: what arrives together is laid out together
Rect = tuple[float, float, float, float]
Key = tuple[str, bool]  # TeX and whether it stands on a line of its own


@dataclass(frozen=True, slots=True)
class Look:
    """How a formula is painted: `em` is the font size in logical pixels, `color` as `#rrggbb`."""

    em: float
    color: str
    dpr: float


class Draw(Protocol):
    """`FormulaService.draw`."""

    def __call__(self, tex: str, *, display: bool) -> Awaitable[FormulaDrawing | None]: ...


class Formulas:
    """One per view, of which `name` tells it apart. `arrived` is called with the blocks whose picture has come."""

    def __init__(
        self, draw: Draw, tasks: TaskOwner, arrived: Callable[[Collection[Piece]], None], *, name: str = ""
    ) -> None:
        self._draw = draw
        self._tasks = tasks
        self._task = f"formulas:draw{name}"
        self._arrived = arrived
        self._known: OrderedDict[Key, FormulaDrawing | None] = OrderedDict()
        self._waiting: dict[Key, set[Piece]] = {}
        self._pixmaps: OrderedDict[tuple[str, Look, Rect], QPixmap] = OrderedDict()

    def get(self, piece: Piece, tex: str, *, display: bool) -> FormulaDrawing | None:
        """The drawing; None when it cannot be drawn, or is asked for now and will be told to `piece`."""
        key = (tex, display)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if display:
            self._outgrown(piece)
        self._waiting.setdefault(key, set()).add(piece)
        if not self._tasks.running(self._task):
            self._tasks.start(self._task, self._work())
        return None

    @property
    def waited_for(self) -> int:
        """How many formulas are still to be drawn."""
        return len(self._waiting)

    def forget(self, piece: Piece) -> None:
        """Nobody shows this piece any more; what it alone waits for is not drawn."""
        for key in [key for key, pieces in self._waiting.items() if piece in pieces]:
            self._waiting[key].discard(piece)
            if not self._waiting[key]:
                del self._waiting[key]

    def leave(self) -> None:
        """Another conversation is shown: nothing is waited for, and no picture of this one is kept."""
        self._waiting.clear()
        self._pixmaps.clear()

    def _outgrown(self, piece: Piece) -> None:
        """Its text is still growing: what it was before is not drawn."""
        for key in [key for key, pieces in self._waiting.items() if key[1] and pieces == {piece}]:
            del self._waiting[key]

    async def _work(self) -> None:
        """Draw what is waited for, the newest first: that is what is on the screen."""
        come: set[Piece] = set()
        told = perf_counter()
        while self._waiting:
            key = next(reversed(self._waiting))
            drawing = await self._draw(key[0], display=key[1])
            waiting = self._waiting.pop(key, set())
            self._known[key] = drawing
            while len(self._known) > _DRAWINGS:
                self._known.popitem(last=False)
            if drawing is not None:
                come |= waiting
            if come and (not self._waiting or perf_counter() - told > _TELL_EVERY):
                self._arrived(come)
                come, told = set[Piece](), perf_counter()
        if come:
            self._arrived(come)

    def pixmap(self, tex: str, drawing: FormulaDrawing, look: Look, room: QRectF) -> QPixmap:
        """The drawing in a picture as large as `room`, whose top left the drawing's is at `room.topLeft()`.

        All in logical pixels.
        """
        key = (tex, look, (room.x(), room.y(), room.width(), room.height()))
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._pixmaps[key] = _paint(drawing, look, room)
            while len(self._pixmaps) > _PIXMAPS:
                self._pixmaps.popitem(last=False)
        self._pixmaps.move_to_end(key)
        return pixmap


def _paint(drawing: FormulaDrawing, look: Look, room: QRectF) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # most conversations have no formula

    pixmap = QPixmap(math.ceil(room.width() * look.dpr), math.ceil(room.height() * look.dpr))
    pixmap.setDevicePixelRatio(look.dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    svg = drawing.svg.replace('fill="black"', f'fill="{look.color}"')
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    place = QRectF(room.topLeft(), QSizeF(drawing.width * look.em, drawing.height * look.em))
    QSvgRenderer(svg.encode()).render(painter, place)
    painter.end()
    return pixmap
