"""Values of a TOML file taken out with their type checked; a fault knows its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, cast

from glmdesk.store.toml_lines import Key


class BadValue(Exception):
    """A value that cannot be used: where it is (`slot`: which `{{name}}` of that text), and which sentence says why."""

    def __init__(self, at: Key, reason: str, *, slot: str = "", **named: str) -> None:
        super().__init__(reason)
        self.at, self.reason, self.slot, self.named = at, reason, slot, named


def only_known(row: Mapping[str, Any], keys: Sequence[str], at: Key) -> None:
    for key in row:
        if key not in keys:
            raise BadValue((*at, key), "unknown_key", key=key, known=", ".join(keys))


def _typed(row: Mapping[str, Any], name: str, *, at: Key, expected: type, reason: str) -> Any:
    value = row.get(name)
    if value is not None and type(value) is not expected:
        raise BadValue((*at, name), reason, key=name)
    return value


def text_of(row: Mapping[str, Any], name: str, at: Key = ()) -> str:
    value = _typed(row, name, at=at, expected=str, reason="not_text")
    return "" if value is None else cast("str", value).strip("\n")


def filled(row: Mapping[str, Any], name: str, at: Key = ()) -> str:
    value = text_of(row, name, at)
    if not value.strip():
        raise BadValue((*at, name) if name in row else at, "missing", key=name)
    return value


def one_of(row: Mapping[str, Any], name: str, known: Sequence[str], *, default: str | None = None, at: Key = ()) -> str:
    value = text_of(row, name, at) if default is not None and name not in row else filled(row, name, at)
    chosen = value or default or ""
    if chosen not in known:
        raise BadValue((*at, name), "unknown_value", key=name, value=chosen, known=", ".join(known))
    return chosen


def switch_of(row: Mapping[str, Any], name: str, at: Key = ()) -> bool | None:
    return _typed(row, name, at=at, expected=bool, reason="not_switch")


def number_of(
    row: Mapping[str, Any], name: str, at: Key, *, low: float | None = None, high: float | None = None
) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise BadValue((*at, name), "not_number", key=name)
    in_range(value, low, high, (*at, name))
    return value


def in_range(value: float, low: float | None, high: float | None, at: Key) -> None:
    if (low is not None and value < low) or (high is not None and value > high):
        shown = f"{'' if low is None else f'{low:g}'} – {'' if high is None else f'{high:g}'}"
        raise BadValue(at, "out_of_range", value=f"{value:g}", range=shown.strip())


def _name_at(at: Key) -> str:
    return str(next(part for part in reversed(at) if isinstance(part, str)))


def list_of(value: Any, at: Key) -> list[Any]:
    if not isinstance(value, list):
        raise BadValue(at, "not_list", key=str(at[-1]))
    return cast("list[Any]", value)


def table_of(value: Any, at: Key) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadValue(at, "not_table", key=_name_at(at))
    return cast("dict[str, Any]", value)


def rows_of(data: Mapping[str, Any], name: str) -> Iterator[tuple[Mapping[str, Any], Key]]:
    for index, row in enumerate(list_of(data.get(name, []), (name,))):
        key: Key = (name, index)
        yield table_of(row, key), key
