"""A formula as a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormulaDrawing:
    """SVG text in black; sizes in em, the font size of the text around it. It stands `descent` below the baseline."""

    svg: str
    width: float
    ascent: float
    descent: float

    @property
    def height(self) -> float:
        return self.ascent + self.descent
