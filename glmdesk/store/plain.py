"""Typed values from plain data (JSON, TOML) and back, driven by the fields of dataclasses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Report = Callable[[str], None]
_Reader = Callable[[object, str, Report], Any]


class UnusableError(ValueError):
    """A value has the wrong type and no default; the text is its path, e.g. `endpoints[1].id`."""


def ignore(path: str) -> None:
    """The report of a reader that does not mind."""


def to_plain(value: object) -> Any:
    """Dataclasses and mappings become dicts, tuples lists, enums their values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in cast("list[object]", value)]
    return value


def from_plain(kind: type[T], data: object, report: Report = ignore) -> T:
    """Build the dataclass `kind`. Unknown keys are left out, a bad value falls to the default of its own field alone
    and its path is reported. Raises UnusableError when a field without a default is missing or bad."""
    return _reader(kind)(data, "", report)


@cache
def _reader(hint: Any) -> _Reader:
    origin = get_origin(hint)
    if hint is Any or hint is object:
        return lambda value, path, report: value
    if origin in (Union, UnionType):
        return _optional(hint)
    if origin is tuple:
        return _many(_reader(get_args(hint)[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(_reader(get_args(hint)[1]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    return _SCALARS.get(hint) or _record(cast("type[Any]", hint))


def _optional(hint: Any) -> _Reader:
    (inner,) = (_reader(arg) for arg in get_args(hint) if arg is not type(None))
    return lambda value, path, report: None if value is None else inner(value, path, report)


def _many(item: _Reader) -> _Reader:
    def read(value: object, path: str, report: Report) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise UnusableError(path)
        found: list[Any] = []
        for place, raw in enumerate(cast("list[object]", value)):
            try:
                found.append(item(raw, f"{path}[{place}]", report))
            except UnusableError as error:
                report(str(error))
        return tuple(found)

    return read


def _mapping(item: _Reader) -> _Reader:
    def read(value: object, path: str, report: Report) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise UnusableError(path)
        found: dict[str, Any] = {}
        for key, raw in cast("Mapping[str, object]", value).items():
            try:
                found[key] = item(raw, f"{path}.{key}", report)
            except UnusableError as error:
                report(str(error))
        return found

    return read


def _enum(kind: type[Enum]) -> _Reader:
    def read(value: object, path: str, report: Report) -> Enum:
        try:
            return kind(value)
        except ValueError as error:
            raise UnusableError(path) from error

    return read


def _record(kind: type[Any]) -> _Reader:
    hints = get_type_hints(kind)
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    readers = {f.name: _reader(hints[f.name]) for f in fields(kind)}

    def read(value: object, path: str, report: Report) -> Any:
        if not isinstance(value, Mapping):
            raise UnusableError(path)
        data = cast("Mapping[str, object]", value)
        found: dict[str, Any] = {}
        for name, reader in readers.items():
            at = f"{path}.{name}" if path else name
            if name not in data:
                if name in needed:
                    raise UnusableError(at)
                continue
            try:
                found[name] = reader(data[name], at, report)
            except UnusableError as error:
                if name in needed:
                    raise
                report(str(error))
        return kind(**found)

    return read


def _text(value: object, path: str, report: Report) -> str:
    if isinstance(value, str):
        return str(value)
    raise UnusableError(path)


def _flag(value: object, path: str, report: Report) -> bool:
    if isinstance(value, bool):
        return value
    raise UnusableError(path)


def _whole(value: object, path: str, report: Report) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    raise UnusableError(path)


def _number(value: object, path: str, report: Report) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and math.isfinite(value):
        return float(value)
    raise UnusableError(path)


_SCALARS: dict[Any, _Reader] = {str: _text, bool: _flag, int: _whole, float: _number}
