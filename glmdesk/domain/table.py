"""A JSON value as a table: one row per object, nested objects as columns with dotted names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

Cell = str | int | float | bool | None
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the property that the rows come from, '' for the root. Every row has a cell for every column."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cut: bool = False


def tables_of(value: object) -> tuple[Table, ...]:
    """The tables in a value: each list of its root as one, or the value itself; the longest one comes first."""
    if isinstance(value, list):
        return (_from_list("", cast("list[object]", value)),)
    if not isinstance(value, dict):
        return (Table("", ("",), ((cell(value),),)),)
    root = cast("Mapping[str, object]", value)
    lists = {name: cast("list[object]", item) for name, item in root.items() if isinstance(item, list) and item}
    found = [_from_list(name, items) for name, items in lists.items() if any(isinstance(i, dict) for i in items)]
    found.sort(key=lambda table: -len(table.rows))
    rest = {name: item for name, item in root.items() if name not in {table.name for table in found}}
    if rest or not found:
        found.append(_from_list("", [rest]))
    return tuple(found)


def _from_list(name: str, items: Sequence[object]) -> Table:
    flat = [_flat(item) for item in items[:MOST_ROWS]]
    columns = list(dict.fromkeys(column for row in flat for column in row))
    kept = columns[:MOST_COLUMNS]
    cut = len(items) > MOST_ROWS or len(columns) > MOST_COLUMNS
    return Table(name, tuple(kept), tuple(tuple(row.get(c) for c in kept) for row in flat), cut)


def _flat(item: object, before: str = "", depth: int = 0) -> dict[str, Cell]:
    if not isinstance(item, dict) or not item or depth >= _DEEPEST:
        return {before.removesuffix(".") or "value": cell(item)}
    found: dict[str, Cell] = {}
    for name, inner in cast("Mapping[str, object]", item).items():
        found.update(_flat(inner, f"{before}{name}.", depth + 1))
    return found


def cell(value: Any) -> Cell:
    """A plain value as it is, lists of plain values in one line, everything else as JSON."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in cast("list[object]", value)):
        return "; ".join(cast("list[str]", value))
    return json.dumps(value, ensure_ascii=False)


def cell_text(value: Cell) -> str:
    """A cell as a person reads it: JSON's words for true, false and nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
