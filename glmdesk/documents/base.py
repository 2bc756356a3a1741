"""What all readers give and how they refuse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_FILE = 200_000_000  # bytes on the disk
MAX_TEXT = 4_000_000  # characters that are kept; four times what the largest window holds
MAX_PAGES = 2_000
MAX_UNPACKED = 200_000_000  # bytes of a package (faults.md row 59)


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a document. `note` is '' or why not all of it is here: `pages`, `length`, `scanned`."""

    text: str
    media_type: str
    note: str = ""


class Unreadable(Exception):
    """A document that gives no text. `kind` is the id of a sentence in `error.toml`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def gathered(parts: Iterable[str], media_type: str, *, note: str = "") -> Reading:
    """The parts with an empty line between them, up to the longest text."""
    kept: list[str] = []
    length = 0
    for part in parts:
        if not part.strip():
            continue
        room = MAX_TEXT - length
        kept.append(part[:room].strip("\n"))
        length += len(part) + 2
        if length > MAX_TEXT:
            note = "length"
            break
    return Reading("\n\n".join(kept), media_type, note)


def table(rows: Iterable[Iterable[str]]) -> str:
    """Rows as a Markdown table; a bar in a cell is escaped, a line break becomes a space."""
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    if lines:
        lines.insert(1, "|" + "---|" * max(1, lines[0].count(" | ") + 1))
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
