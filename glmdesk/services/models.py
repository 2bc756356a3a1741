"""The models and their prices: dated data of the program, changed by files of the same names in the profile."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from glmdesk.domain.catalogue import Model, PriceTier, ThinkingRule, unknown_model
from glmdesk.domain.resources import resource

log = logging.getLogger("glmdesk.models")

MODELS_FILE = "models.toml"
PRICES_FILE = "prices.toml"
_Table = Mapping[str, Any]


class ModelService:
    """`override_dir` is the profile: its `models.toml` and `prices.toml` change single models and add new ones.

    A file or a row that cannot be used is left out and named in `problems`; nothing here raises.
    """

    def __init__(self, override_dir: Path | None) -> None:
        self._override_dir = override_dir
        self._models: dict[str, Model] | None = None
        self._prices: dict[tuple[str, str], tuple[PriceTier, ...]] | None = None
        self._problems: list[str] = []
        self._as_of = ""

    def list(self) -> tuple[Model, ...]:
        """The known models in the order of the files."""
        return tuple(self._known().values())

    def get(self, model_id: str) -> Model:
        """A model; an id that no file knows is taken as typed (`unknown_model`)."""
        return self._known().get(model_id) or unknown_model(model_id)

    def price_tiers(self, model_id: str, endpoint_dialect: str) -> tuple[PriceTier, ...]:
        """Yuan per million tokens on the endpoints of a dialect (`DialectName`); empty = unpriced (glm-api.md §9)."""
        if self._prices is None:
            self._prices = self._read_prices()
        return self._prices.get((endpoint_dialect, model_id), ())

    @property
    def as_of(self) -> str:
        """The day the program's own data was looked up, `YYYY-MM-DD`."""
        self._known()
        return self._as_of

    @property
    def problems(self) -> tuple[str, ...]:
        """`file: row` of what could not be used of the user's files."""
        self._known()
        self.price_tiers("", "")
        return tuple(self._problems)

    def reload(self) -> None:
        """Read the files again when they are next asked for."""
        self._models = self._prices = None
        self._problems.clear()

    def _known(self) -> Mapping[str, Model]:
        if self._models is None:
            self._models = self._read_models()
        return self._models

    def _read_models(self) -> dict[str, Model]:
        models: dict[str, Model] = {}
        for data in self._tables(MODELS_FILE):
            self._as_of = self._as_of or str(data["as_of"])
            for model_id, row in _rows(data, "models"):
                try:
                    models[model_id] = _model(models.get(model_id) or unknown_model(model_id), row)
                except (TypeError, ValueError) as error:
                    self._problem(MODELS_FILE, model_id, error)
        return models

    def _read_prices(self) -> dict[tuple[str, str], tuple[PriceTier, ...]]:
        prices: dict[tuple[str, str], tuple[PriceTier, ...]] = {}
        for data in self._tables(PRICES_FILE):
            for dialect, rows in _rows(data, "prices"):
                for model_id, tiers in rows.items():
                    try:
                        prices[dialect, model_id] = _tiers(tiers)
                    except (KeyError, TypeError, ValueError) as error:
                        self._problem(PRICES_FILE, f"{dialect}.{model_id}", error)
        return prices

    def _tables(self, name: str) -> list[_Table]:
        """The program's file and, after it, the user's."""
        tables: list[_Table] = [tomllib.loads(resource(name).read_text("utf-8"))]
        own = self._override_dir / name if self._override_dir else None
        if own is not None and own.is_file():
            try:
                tables.append(tomllib.loads(own.read_bytes().decode("utf-8-sig")))
            except (OSError, ValueError, RecursionError) as error:
                self._problem(name, "", error)
        return tables

    def _problem(self, file: str, row: str, error: Exception) -> None:
        self._problems.append(f"{file}: {row}" if row else file)
        log.warning("unusable %s %s: %s", file, row, error)


def _rows(data: _Table, name: str) -> list[tuple[str, _Table]]:
    table = data.get(name, {})
    if not isinstance(table, dict):
        return []
    rows = cast("dict[str, Any]", table)
    return [(key, cast("_Table", row)) for key, row in rows.items() if isinstance(row, dict)]


def _model(known: Model, row: _Table) -> Model:
    """`known` with what the row says. Raises TypeError for an unknown key, ValueError for a bad value."""
    values = dict(row)
    if "id" in values:
        raise ValueError("the id is the table's name")
    if "thinking" in values:
        values["thinking"] = ThinkingRule(values["thinking"])
    for name, value in values.items():
        _check(name, value)
    return replace(known, **values)


def _check(name: str, value: object) -> None:
    if isinstance(value, bool):
        fits = name in ("free", "tool_stream")
    elif name in ("window", "max_output"):
        fits = isinstance(value, int) and value >= 1
    elif name == "default_temperature":
        fits = isinstance(value, int | float) and 0 <= value <= 1
    else:
        fits = isinstance(value, str) and name not in ("free", "tool_stream")
    if not fits:
        raise ValueError(f"{name} = {value!r}")


def _tiers(rows: object) -> tuple[PriceTier, ...]:
    """Tiers of `input = [from, to]`, `output = [from, to]` in tokens, `since` and `until` as days, and
    `price = [in, out, cached]`."""
    if not isinstance(rows, list):
        raise TypeError("not a list of tiers")
    return tuple(_tier(row) for row in cast("list[object]", rows))


def _tier(row: object) -> PriceTier:
    if not isinstance(row, dict):
        raise TypeError("not a tier")
    tier = cast("dict[str, Any]", row)
    input_from, input_to = _bounds(tier.get("input", []))
    output_from, output_to = _bounds(tier.get("output", []))
    paid, answered, cached = (float(value) for value in tier["price"])
    if not min(paid, answered, cached) >= 0:
        raise ValueError("a negative price")
    since, until = _days(tier)
    return PriceTier(input_from, input_to, output_from, output_to, paid, answered, cached, since, until)


def _days(tier: _Table) -> tuple[str, str]:
    """`since` and `until` as TOML dates or their texts. Raises ValueError for anything else."""
    since, until = (str(tier.get(name, "")) for name in ("since", "until"))
    for day in (since, until):
        if day and date.fromisoformat(day).isoformat() != day:
            raise ValueError(f"not a day: {day}")
    return since, until


def _bounds(values: list[float]) -> tuple[int, int | None]:
    """[] = any, [from] = open, [from, to)."""
    start = int(values[0]) if values else 0
    return start, int(values[1]) if len(values) > 1 else None
