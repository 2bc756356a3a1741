"""What gives way in a composer for which the window is too low, and in which order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """One form of the composer; lengths in logical pixels."""

    top: int  # above the card
    beside: int  # inside the card, left and right
    edge: int  # inside the card, above and below
    gap: int  # between the lines
    chip_lines: int
    between: int  # between the buttons
    compact: bool  # the thinking switch is one icon


FORMS = (
    Room(top=8, beside=14, edge=12, gap=10, chip_lines=2, between=8, compact=False),
    Room(top=8, beside=14, edge=12, gap=10, chip_lines=1, between=8, compact=False),
    Room(top=4, beside=8, edge=6, gap=4, chip_lines=1, between=4, compact=True),
)
LINES = 2  # lines of text that there is room for before something else gives way
