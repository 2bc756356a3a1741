"""Spreadsheets, new and old, with calamine: every sheet as a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from glmdesk.documents.base import Reading, Unreadable, gathered, table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read(path: Path) -> Reading:
    """Empty rows and columns at the edges are left out. Raises Unreadable."""
    import python_calamine
    from python_calamine import CalamineError, PasswordError

    try:
        opened: Any = python_calamine.CalamineWorkbook
        with opened.from_path(path) as workbook:
            return gathered(_sheets(workbook), MEDIA_TYPE)
    except PasswordError as error:
        raise Unreadable("file_password") from error
    except CalamineError as error:
        raise Unreadable("file_damaged") from error


def _sheets(workbook: Any) -> Iterator[str]:
    for name in workbook.sheet_names:
        rows = [[_cell(value) for value in row] for row in workbook.get_sheet_by_name(name).to_python()]
        rows = [row for row in rows if any(row)]
        if rows:
            width = max(max(at for at, cell in enumerate(row, 1) if cell) for row in rows)
            yield f"## {name}\n\n{table(row[:width] for row in rows)}"


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time | timedelta):
        return value.isoformat(" ") if isinstance(value, datetime) else str(value)
    return str(value)
