"""The model catalogue and the price table, with the user's own entries on top."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glmdesk.domain.catalogue import Model, PriceTier, ThinkingRule, unknown_model
from glmdesk.domain.resources import resource


class ModelService:
    """Read once. `problems` names entries of the user's files that could not be used: the built-in ones hold there."""

    def __init__(self, override_dir: Path | None) -> None:
        self.problems: list[str] = []
        self._models = {entry["id"]: _model(entry) for entry in _read(resource("models.toml"))["models"]}
        self._tiers = _by_model(_read(resource("prices.toml"))["tiers"])
        if override_dir is not None:
            self._override(override_dir)

    def list(self) -> tuple[Model, ...]:
        """In the catalogue's order, the user's own models last."""
        return tuple(self._models.values())

    def get(self, model_id: str) -> Model:
        """A model by id; an id that nobody knows gets the common window and no price."""
        return self._models.get(model_id) or unknown_model(model_id)

    def price_tiers(self, model_id: str) -> tuple[PriceTier, ...]:
        """Tiers in yuan per million tokens; empty = unpriced."""
        return self._tiers.get(model_id, ())

    def _override(self, folder: Path) -> None:
        for entry in self._entries(folder / "models.toml", "models"):
            try:
                self._models[entry["id"]] = _model(entry)
            except (KeyError, TypeError, ValueError):
                self.problems.append(f"models.toml: {entry.get('id', '?')}")
        try:
            self._tiers |= _by_model(self._entries(folder / "prices.toml", "tiers"))
        except (KeyError, TypeError, ValueError):
            self.problems.append("prices.toml")

    def _entries(self, path: Path, name: str) -> list[dict[str, Any]]:
        try:
            rows = _read(path).get(name, [])
        except FileNotFoundError:
            return []
        except (OSError, ValueError):
            self.problems.append(path.name)
            return []
        return [row for row in rows if isinstance(row, dict)]


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _model(entry: Mapping[str, Any]) -> Model:
    return Model(
        id=str(entry["id"]),
        name=str(entry.get("name") or entry["id"]),
        window=int(entry["window"]),
        max_output=int(entry["max_output"]),
        thinking=ThinkingRule(entry["thinking"]),
        default_temperature=entry.get("default_temperature"),
        replaced_by=str(entry.get("replaced_by", "")),
        retired_note=str(entry.get("retired_note", "")),
        free=bool(entry.get("free", False)),
        tool_stream=bool(entry.get("tool_stream", False)),
    )


def _by_model(rows: list[dict[str, Any]]) -> dict[str, tuple[PriceTier, ...]]:
    tiers: dict[str, tuple[PriceTier, ...]] = {}
    for row in rows:
        tiers[row["model"]] = (*tiers.get(row["model"], ()), _tier(row))
    return tiers


def _tier(row: Mapping[str, Any]) -> PriceTier:
    return PriceTier(
        input_from=int(row["input_from"]),
        input_to=row.get("input_to"),
        output_from=int(row["output_from"]),
        output_to=row.get("output_to"),
        input_price=float(row["input_price"]),
        output_price=float(row["output_price"]),
        cached_price=float(row["cached_price"]),
    )
