"""Models and prices as data: `resources/models.toml` and `prices.toml`, which the user may override."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ThinkingRule(StrEnum):
    """What a model does with the switch (glm-api.md §6, §9)."""

    DYNAMIC = "dynamic"  # on: the model decides; off: it does not think
    FORCED = "forced"  # on: always thinks; off: it does not think
    ALWAYS = "always"  # cannot be switched off
    NONE = "none"  # never thinks


@dataclass(frozen=True, slots=True)
class PriceTier:
    """Prices per million tokens, valid while the request's input and output are in [from, to) tokens; None = open.

    `since` and `until` are days, `YYYY-MM-DD`: it holds in [since, until); '' = always.
    """

    input_from: int
    input_to: int | None
    output_from: int
    output_to: int | None
    input_price: float
    output_price: float
    cached_price: float
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `window` and `max_output` in tokens; `retirement` is a text id or '' ."""

    id: str
    name: str
    window: int
    max_output: int
    thinking: ThinkingRule
    default_temperature: float | None = None
    replaced_by: str = ""
    retired_note: str = ""
    free: bool = False
    tool_stream: bool = False

    @property
    def can_think(self) -> bool:
        return self.thinking is not ThinkingRule.NONE

    @property
    def can_rest(self) -> bool:
        """True when thinking can be switched off."""
        return self.thinking is not ThinkingRule.ALWAYS


UNKNOWN_WINDOW = 131_072


def unknown_model(model_id: str) -> Model:
    """A typed id that the catalogue does not know: the common window, unpriced."""
    return Model(model_id, model_id, UNKNOWN_WINDOW, 98_304, ThinkingRule.DYNAMIC)
