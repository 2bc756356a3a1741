"""A part of a laid out table: the rows that a selection touches, with its words only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QTextCursor, QTextDocument, QTextTable

from glmdesk.ui.transcript import part, part_text, rich
from glmdesk.ui.transcript.part import Formulas, Line

Cell = tuple[Line, ...]
_RULES = {"left": ":--", "right": "--:", "center": ":-:"}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of cells; a cell that is not selected is empty. `headed`: the first row is the header of the table."""

    rows: tuple[tuple[Cell, ...], ...]
    headed: bool = False


def part_of(document: QTextDocument, start: int, end: int, formulas: Formulas) -> Part:
    """What stands between two positions of a document that is one table."""
    table = QTextCursor(document.firstBlock().next()).currentTable()
    rows: list[tuple[Cell, ...]] = []
    headed = False
    for number in range(table.rows()):
        low, high = _ends(table, number, 0)[0], _ends(table, number, table.columns() - 1)[1]
        if start <= high and low <= end:
            headed = headed or number == 0
            cells = (_ends(table, number, column) for column in range(table.columns()))
            rows.append(
                tuple(_cell(document, max(start, a), min(end, b), formulas, head=number == 0) for a, b in cells)
            )
    while rows and not any(rows[-1]):
        rows.pop()  # the selection ends where the row begins
    return Part(tuple(rows), headed)


def _ends(table: QTextTable, row: int, column: int) -> tuple[int, int]:
    cell = table.cellAt(row, column)
    return cell.firstCursorPosition().position(), cell.lastCursorPosition().position()


def _cell(document: QTextDocument, start: int, end: int, formulas: Formulas, *, head: bool) -> Cell:
    found = part.lines(document, start, end, formulas) if start < end else ()
    return tuple(_plain_weight(line) if head else line for line in found)


def _plain_weight(line: Line) -> Line:
    """A header is bold anyway."""
    return replace(line, runs=tuple(replace(run, bold=False) for run in line.runs))


def _alone(selected: Part) -> Cell | None:
    """The cell, when words of one only are selected."""
    cells = [cell for row in selected.rows for cell in row if cell]
    return cells[0] if len(cells) == 1 else None


def to_plain(selected: Part) -> str:
    """Cells parted by tabs, rows by line breaks, as spreadsheets take them."""
    alone = _alone(selected)
    if alone is not None:
        return part_text.to_plain(alone)
    return "\n".join("\t".join(" ".join(part_text.to_plain(cell).split()) for cell in row) for row in selected.rows)


def to_markdown(selected: Part, align: Sequence[str]) -> str:
    """A table whose first row is its header, since Markdown has none without; words of one cell are words."""
    alone = _alone(selected)
    if alone is not None or not selected.rows:
        return part_text.to_markdown(alone or ())
    sides = [*align, *[""] * len(selected.rows[0])][: len(selected.rows[0])]
    rule = f"| {' | '.join(_RULES.get(side, '---') for side in sides)} |"
    first, *others = [f"| {' | '.join(map(_cell_markdown, row))} |" for row in selected.rows]
    return "\n".join([first, rule, *others])


def _cell_markdown(cell: Cell) -> str:
    words = "<br>".join(part_text.line_markdown(line) for line in cell)
    return words.replace("  \n", "<br>").replace("\n", " ").replace("|", "\\|")


def to_html(selected: Part, align: Sequence[str]) -> str:
    """The same as rich text."""
    alone = _alone(selected)
    if alone is not None:
        return part_text.to_html(alone)
    rows = [["<br>".join(part_text.line_html(line) for line in cell) for cell in row] for row in selected.rows]
    header = rows.pop(0) if selected.headed and rows else ()
    return rich.table(header, rows, align)
