"""Prices against a table written by hand from the price page (glm-api.md §9), with whole numbers."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest

from glmdesk.domain.catalogue import PriceTier
from glmdesk.domain.prices import Cost, cost_of, cost_range
from glmdesk.domain.usage import Usage
from glmdesk.services.models import ModelService

# Yuan per million: (input, output, cached) for input below 32K with a short answer (below 0.2K), with a longer one,
# and for input from 32K on.
TABLE = {
    "glm-4.5": (("2", "8", "0.4"), ("3", "14", "0.6"), ("4", "16", "0.8")),
    "glm-4.5-x": (("8", "16", "1.6"), ("12", "32", "2.4"), ("16", "64", "3.2")),
    "glm-4.5-air": (("0.8", "2", "0.16"), ("0.8", "6", "0.16"), ("1.2", "8", "0.24")),
    "glm-4.5-airx": (("4", "12", "0.8"), ("4", "16", "0.8"), ("8", "32", "1.6")),
    "glm-4.6": (("2", "8", "0.4"), ("3", "14", "0.6"), ("4", "16", "0.8")),
    "glm-4.7": (("2", "8", "0.4"), ("3", "14", "0.6"), ("4", "16", "0.8")),
    "glm-4.5-flash": (("0", "0", "0"),) * 3,
    "glm-4.7-flash": (("0", "0", "0"),) * 3,
    "glm-5.3": (("8", "28", "2"),) * 3,
    "glm-5.3-flash": (("0.8", "2.8", "0.23"),) * 3,
}
DAY = "2026-11-22"
HALF_PRICE = ("glm-5.3-flash", "2026-09-09")  # "half price to 2026-09-09": that day is the last one


def by_hand(model: str, usage: Usage, day: str) -> tuple[Fraction, Fraction]:
    """(yuan, yuan saved), in whole numbers."""
    short, longer, large = TABLE[model]
    small = short if usage.completion_tokens < 200 else longer
    row = [Fraction(price) for price in (large if usage.prompt_tokens >= 32_000 else small)]
    if model == HALF_PRICE[0] and day <= HALF_PRICE[1]:
        row = [price / 2 for price in row]
    paid, answered, cached = row
    uncached = usage.prompt_tokens * paid + usage.completion_tokens * answered
    saved = usage.cached_tokens * (paid - cached)
    return (uncached - saved) / 1_000_000, saved / 1_000_000


def cases() -> list[tuple[str, Usage, str]]:
    dice = random.Random(45)
    edges = [0, 1, 199, 200, 201, 31_999, 32_000, 32_001, 131_072]
    days = ["2026-01-31", "2026-09-08", "2026-09-09", "2026-09-10", DAY]
    made: list[tuple[str, Usage, str]] = []
    for _ in range(200):
        prompt = dice.choice([*edges, dice.randrange(200_000)])
        answer = dice.choice([*edges, dice.randrange(100_000)])
        cached = dice.choice([0, prompt, dice.randint(0, prompt)])
        made.append((dice.choice(list(TABLE)), Usage(prompt, answer, prompt + answer, cached), dice.choice(days)))
    return made


def test_two_hundred_costs_are_those_of_the_table_written_by_hand() -> None:
    models = ModelService(None)
    generated = cases()
    assert {model for model, _, _ in generated} == set(TABLE)
    assert {day for model, _, day in generated if model == HALF_PRICE[0]} >= {"2026-09-09", "2026-09-10"}
    for model, usage, day in generated:
        cost = cost_of(usage, models.price_tiers(model, "bigmodel"), day=day)
        assert cost is not None, model
        yuan, saved = map(float, by_hand(model, usage, day))
        assert cost.yuan == pytest.approx(yuan, rel=1e-12), (model, usage, day)
        assert cost.saved == pytest.approx(saved, rel=1e-12), (model, usage, day)


@pytest.mark.parametrize(
    ("model", "prompt", "cached", "answer", "yuan"),
    [  # worked out on paper from the page's own numbers
        ("glm-4.5", 1_000, 0, 100, "0.0028"),  # 1,000 x 2 + 100 x 8
        ("glm-4.5", 1_000, 0, 200, "0.0058"),  # 0.2K is the longer answer already: 1,000 x 3 + 200 x 14
        ("glm-4.5", 32_000, 0, 100, "0.1296"),  # 32K is the large input already: 32,000 x 4 + 100 x 16
        ("glm-4.5", 10_000, 8_000, 1_000, "0.0248"),  # 2,000 x 3 + 8,000 x 0.6 + 1,000 x 14
        ("glm-4.5-air", 31_999, 0, 199, "0.0259972"),  # 31,999 x 0.8 + 199 x 2
        ("glm-4.5-airx", 50_000, 50_000, 500, "0.096"),  # 50,000 x 1.6 + 500 x 32
        ("glm-4.5-x", 100, 0, 5_000, "0.1612"),  # 100 x 12 + 5,000 x 32
        ("glm-5.3", 1_000_000, 500_000, 10_000, "5.28"),  # 500,000 x 8 + 500,000 x 2 + 10,000 x 28
    ],
)
def test_costs_worked_out_on_paper(model: str, prompt: int, cached: int, answer: int, yuan: str) -> None:
    usage = Usage(prompt, answer, prompt + answer, cached)
    cost = cost_of(usage, ModelService(None).price_tiers(model, "bigmodel"), day=DAY)
    assert cost is not None
    assert f"{cost.yuan:.9f}".rstrip("0") == yuan


@pytest.mark.parametrize("model", ["glm-5", "glm-5.2", "my-own-model", ""])
def test_a_model_without_a_row_is_unpriced_not_free(model: str) -> None:
    assert cost_of(Usage(10, 10, 20), ModelService(None).price_tiers(model, "bigmodel"), day=DAY) is None


@pytest.mark.parametrize("dialect", ["bigmodel_coding", "zai", "vllm", "ollama"])
def test_an_endpoint_that_does_not_bill_yuan_is_unpriced(dialect: str) -> None:
    assert cost_of(Usage(10, 10, 20), ModelService(None).price_tiers("glm-4.5", dialect), day=DAY) is None


def test_what_the_cache_saved_is_the_difference_to_the_full_price() -> None:
    tiers = ModelService(None).price_tiers("glm-4.5", "bigmodel")
    usage = Usage(10_000, 1_000, 11_000, 8_000)
    cost, uncached = cost_of(usage, tiers, day=DAY), cost_of(Usage(10_000, 1_000, 11_000), tiers, day=DAY)
    assert cost is not None
    assert uncached is not None
    assert cost.saved == pytest.approx(uncached.yuan - cost.yuan)
    assert uncached.saved == 0
    total = cost + Cost(1.0, 0.5)
    assert (total.yuan, total.saved) == (cost.yuan + 1.0, cost.saved + 0.5)


def test_a_row_holds_from_its_first_day_to_the_day_before_its_last() -> None:
    tiers = ModelService(None).price_tiers("glm-5.3-flash", "bigmodel")
    million = Usage(1_000_000, 0, 1_000_000)
    costs = [cost_of(million, tiers, day=day) for day in ("2026-08-01", "2026-09-09", "2026-09-10", DAY)]
    assert [cost and cost.yuan for cost in costs] == pytest.approx([0.4, 0.4, 0.8, 0.8])
    gap = (PriceTier(0, None, 0, None, 1, 1, 1, since="2027-01-01"),)
    assert cost_of(million, gap, day=DAY) is None


def test_more_cached_tokens_than_prompt_tokens_never_make_a_negative_price() -> None:
    cost = cost_of(Usage(10, 0, 10, 1_000), (PriceTier(0, None, 0, None, 2, 8, 0.4),), day=DAY)
    assert cost is not None
    assert cost.yuan == pytest.approx(10 * 0.4 / 1_000_000)


def test_a_row_with_a_day_that_is_none_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(
        '[prices.bigmodel]\n"a" = [{ price = [1, 1, 1], since = "soon" }]\n'
        '"b" = [{ price = [1, 1, 1], since = 2026-01-01 }]\n',
        "utf-8",
    )
    models = ModelService(tmp_path)
    assert models.price_tiers("a", "bigmodel") == ()
    assert models.price_tiers("b", "bigmodel")[0].since == "2026-01-01"
    assert models.problems == ("prices.toml: bigmodel.a",)


def test_a_range_holds_every_cost_that_an_estimate_may_come_to() -> None:
    dice, models = random.Random(7), ModelService(None)
    for _ in range(200):
        model = dice.choice(list(TABLE))
        tiers = models.price_tiers(model, "bigmodel")
        sent, low, high = dice.randrange(1, 60_000), dice.randrange(0, 400), dice.randrange(400, 8_000)
        expected = cost_range(sent, sent // 2, answer=(low, high), tiers=tiers, day=DAY)
        assert expected is not None
        prompt, answer = round(sent * dice.uniform(0.87, 1.13)), dice.randint(low, high)
        cost = cost_of(Usage(prompt, answer, 0, dice.randint(0, min(prompt, round(sent / 2 * 0.87)))), tiers, day=DAY)
        assert cost is not None
        assert expected[0] * 0.999 <= cost.yuan <= expected[1] * 1.001, (model, sent, low, high, prompt, answer)


def test_a_range_of_an_unknown_model_is_unpriced_and_of_a_free_one_nothing() -> None:
    models = ModelService(None)
    ask = {"answer": (10, 20), "day": DAY}
    assert cost_range(5, 0, tiers=models.price_tiers("own", "bigmodel"), **ask) is None  # type: ignore[arg-type]
    assert cost_range(5, 0, tiers=models.price_tiers("glm-4.5-flash", "bigmodel"), **ask) == (0, 0)  # type: ignore[arg-type]
