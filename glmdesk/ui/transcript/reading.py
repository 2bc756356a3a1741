"""The line that is read: it must not move when lines break elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from glmdesk.ui.transcript.canvas import Anchor, Canvas
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.refind import again


@dataclass(frozen=True, slots=True)
class Line:
    """A line before its piece is changed, and the text of the piece then."""

    anchor: Anchor
    text: str


class Reading:
    """Belongs to one view. Remembers the character that was held last: through many widths the text does not creep."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._held: Anchor | None = None

    def first_line(self, context: Context) -> Anchor | None:
        """The line that the upper edge cuts; None when a whole piece begins there, which needs no line."""
        for anchor in self._canvas.anchors()[:1]:
            if anchor.piece is not None and anchor.piece.length and anchor.y < 0:
                self._held = self._line_of(context, anchor)
                return self._held
        return None

    def _line_of(self, context: Context, anchor: Anchor) -> Anchor | None:
        piece, held = anchor.piece, self._held
        if piece is None:
            return None
        position = piece.position_at(context, 0, -anchor.y)
        line = piece.y_of(context, position)
        # The first character of the line would be another one at each width, further up every time.
        if held is not None and held.piece is piece and held.position is not None:
            position = held.position if piece.y_of(context, held.position) == line else position
        return Anchor(anchor.item, piece, anchor.y + line, position)

    def begin(self, context: Context) -> Line | None:
        """The line that the upper edge cuts, before the words of its piece change (a formula becomes a picture)."""
        anchor = self.first_line(context)
        return Line(anchor, anchor.piece.text(context)) if anchor is not None and anchor.piece is not None else None

    def end(self, context: Context, line: Line | None) -> Anchor | None:
        """The same line after the change."""
        if line is None or line.anchor.piece is None or line.anchor.position is None:
            return None
        text = line.anchor.piece.text(context)
        if text == line.text:
            return line.anchor
        found = again([line.text], line.anchor.position, [text])
        self._held = replace(line.anchor, position=found[1]) if found is not None else line.anchor
        return self._held
