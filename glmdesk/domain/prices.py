"""What an answer costs in yuan: the tier of its own size and day, cached tokens at their own price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glmdesk.domain.catalogue import PriceTier
from glmdesk.domain.usage import Usage

_PER = 1_000_000  # prices are per million tokens


@dataclass(frozen=True, slots=True)
class Cost:
    """Yuan. `saved` is what the cached tokens would have cost more at the full price."""

    yuan: float
    saved: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.yuan + other.yuan, self.saved + other.saved)


def tier_of(usage: Usage, tiers: Sequence[PriceTier], *, day: str) -> PriceTier | None:
    """The row that holds for a request of this size on a day (`YYYY-MM-DD`); None = unpriced.

    Bounds are in tokens of this request, both known only when the reply has ended (glm-api.md §9).
    """
    return next((tier for tier in tiers if _holds(tier, usage, day)), None)


def _holds(tier: PriceTier, usage: Usage, day: str) -> bool:
    return (
        _within(usage.prompt_tokens, tier.input_from, tier.input_to)
        and _within(usage.completion_tokens, tier.output_from, tier.output_to)
        and tier.since <= day
        and (not tier.until or day < tier.until)
    )


def _within(count: int, low: int, high: int | None) -> bool:
    return count >= low and (high is None or count < high)


def cost_of(usage: Usage, tiers: Sequence[PriceTier], *, day: str) -> Cost | None:
    """(prompt - cached) x input + cached x cached price + completion x output (glm-api.md §5); None = unpriced."""
    tier = tier_of(usage, tiers, day=day)
    if tier is None:
        return None
    cached = min(max(usage.cached_tokens, 0), usage.prompt_tokens)
    paid = (usage.prompt_tokens - cached) * tier.input_price + usage.completion_tokens * tier.output_price
    saved = cached * (tier.input_price - tier.cached_price)
    return Cost((paid + cached * tier.cached_price) / _PER, saved / _PER)


CostRange = tuple[float, float] | None
_ESTIMATE_ERROR = 0.15  # of a token count that the service has not made


def cost_range(sent: int, cached: int, *, answer: tuple[int, int], tiers: Sequence[PriceTier], day: str) -> CostRange:
    """Yuan from to of a request that was not sent yet; None = unpriced.

    `sent` input tokens are an estimate, `cached` of them may be in the server's cache or not; the answer will have
    between `answer[0]` and `answer[1]` tokens.
    """
    least, most = round(sent * (1 - _ESTIMATE_ERROR)), round(sent * (1 + _ESTIMATE_ERROR))
    cases = [Usage(least, out, least + out, min(cached, least)) for out in answer]
    cases += [Usage(most, out, most + out, 0) for out in answer]
    costs = [cost for case in cases if (cost := cost_of(case, tiers, day=day)) is not None]
    return (min(c.yuan for c in costs), max(c.yuan for c in costs)) if costs else None
