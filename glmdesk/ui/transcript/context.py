"""What every renderer is handed: the style, the documents and the state of the pointer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glmdesk.ui.transcript.documents import DocumentCache
from glmdesk.ui.transcript.style import Style

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from glmdesk.ui.transcript.blocks.base import Piece
    from glmdesk.ui.transcript.formulas import Formulas


@dataclass(slots=True)
class Calibration:
    """Measured height over estimated height by kind, smoothed, so that the scroll bar does not drift."""

    _factors: dict[str, float] = field(default_factory=dict[str, float])

    def factor(self, kind: str) -> float:
        return self._factors.get(kind, 1.0)

    def apply(self, kind: str, estimate: float) -> int:
        return max(1, round(estimate * self.factor(kind)))

    def learn(self, kind: str, estimate: float, measured: float) -> None:
        if estimate > 0 and measured > 0:
            old = self.factor(kind)
            self._factors[kind] = min(4.0, max(0.25, old + 0.1 * (measured / estimate - old)))


@dataclass(slots=True)
class Context:
    """One per view. `hot` and `focus` name a button: (piece, key)."""

    style: Style
    documents: DocumentCache = field(default_factory=DocumentCache)
    calibration: Calibration = field(default_factory=Calibration)
    width: int = 0
    hot: tuple[Hashable, str] | None = None
    focus: tuple[Hashable, str] | None = None
    hovered_row: str = ""
    want_highlight: Callable[[Piece, str, str], None] = lambda piece, text, language: None
    marks: Callable[[Piece], Sequence[tuple[int, int, bool]]] = lambda piece: ()  # (start, end, current) of found words
    formulas: Formulas | None = None  # without them formulas show their source
    dpr: float = 1.0  # device pixels per logical pixel
    measured: int = 0  # pieces laid out so far, for tests

    def let_go(self, piece: Piece) -> None:
        """Nobody shows this piece any more."""
        self.documents.drop(piece)
        if self.formulas is not None:
            self.formulas.forget(piece)

    def leave(self) -> None:
        """Another conversation is shown from now on."""
        self.documents.clear()
        self.hot = self.focus = None
        if self.formulas is not None:
            self.formulas.leave()
