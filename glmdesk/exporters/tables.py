"""Tables as CSV and as a workbook; nothing in them is ever a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from glmdesk.domain.table import Cell, Table, cell_text

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠|%]")  # what a spreadsheet takes for a formula, in either width
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_LONGEST_CELL = 32_767  # characters, a limit of the format
_LONGEST_NAME = 31
_MOST_ROWS = 1_048_575
_EXACT = 2**53  # greater whole numbers lose digits in a workbook
_WIDEST = 60  # characters


def guarded(text: str) -> str:
    """`text` so that no spreadsheet runs it: a quote before what would begin a formula. Plain numbers stay."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a mark, as Excel wants it; lines end with CRLF (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in table.columns])
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _csv_cell(value: Cell) -> str:
    return guarded(value) if isinstance(value, str) else cell_text(value)


def xlsx_bytes(tables: Sequence[Table]) -> bytes:
    """A workbook with one sheet a table: words as words, numbers as numbers."""
    import xlsxwriter

    out = io.BytesIO()
    book: Any = xlsxwriter.Workbook(out, {"in_memory": True})
    head = book.add_format({"bold": True, "bottom": 1})
    names: list[str] = []
    for number, table in enumerate(tables, 1):
        names.append(_sheet_name(table.name or f"Sheet{number}", names))
        _fill(book.add_worksheet(names[-1]), table, head)
    book.close()
    return out.getvalue()


def _fill(sheet: Any, table: Table, head: Any) -> None:
    rows = table.rows[:_MOST_ROWS]
    for place, name in enumerate(table.columns):
        sheet.write_string(0, place, _clean(name), head)
        longest = max([len(name), *(len(cell_text(row[place])) for row in rows[:200])])
        sheet.set_column(place, place, min(max(longest + 2, 8), _WIDEST))
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            _write(sheet, line, place, value)
    sheet.freeze_panes(1, 0)
    if rows and table.columns:
        sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)


def _write(sheet: Any, line: int, place: int, value: Cell) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, str) or abs(value) > _EXACT:
        sheet.write_string(line, place, _clean(str(value)))
    else:
        sheet.write_number(line, place, value)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:_LONGEST_CELL]


def _sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """At most 31 characters, without what the format forbids, once each."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip(" '")[:_LONGEST_NAME] or "Sheet"
    known = {name.casefold() for name in taken}
    name, number = base, 2
    while name.casefold() in known:
        name = f"{base[: _LONGEST_NAME - 4]} {number}"
        number += 1
    return name


def json_bytes(value: object) -> bytes:
    """The value itself, readable; ends with a line break."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
