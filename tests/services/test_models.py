"""The catalogue as data: what the provider publishes, and the user's own entries on top."""

from __future__ import annotations

from pathlib import Path

import pytest

from glmdesk.domain.catalogue import UNKNOWN_WINDOW, PriceTier, ThinkingRule
from glmdesk.domain.endpoint import DialectName
from glmdesk.domain.messages import LANGUAGES, Catalogue
from glmdesk.services.models import ModelService

K128, K200, M1 = 131_072, 200_000, 1_000_000

# Written by hand from glm-api.md §9: id, window, maximum output, thinking, temperature (§2), free, tool_stream (§2).
ROWS = [
    ("glm-4.5", K128, 98_304, "dynamic", 0.6, False, False),
    ("glm-4.5-air", K128, 98_304, "dynamic", 0.6, False, False),
    ("glm-4.5-x", K128, 98_304, "dynamic", 0.6, False, False),
    ("glm-4.5-airx", K128, 98_304, "dynamic", 0.6, False, False),
    ("glm-4.5-flash", K128, 98_304, "dynamic", 0.6, True, False),
    ("glm-4.6", K200, K128, "dynamic", 1.0, False, True),
    ("glm-4.7", K200, K128, "forced", 1.0, False, True),
    ("glm-4.7-flash", K200, K128, "forced", 1.0, True, False),
    ("glm-4.7-flashx", K200, K128, "forced", 1.0, False, False),
    ("glm-5", K200, K128, "forced", 1.0, False, True),
    ("glm-5-turbo", K200, K128, "forced", 1.0, False, True),
    ("glm-5.1", K200, K128, "forced", 1.0, False, True),
    ("glm-5.2", M1, K128, "forced", 1.0, False, True),
    ("glm-5.3", M1, K128, "always", 1.0, False, False),
    ("glm-5.3-flash", M1, K128, "always", 1.0, False, False),
]
FREE = [(0, None, 0, None, 0, 0, 0)]


def tiers(*prices: tuple[float, float, float]) -> list[tuple[float | None, ...]]:
    """in<32K&out<0.2K, in<32K&out>=0.2K, 32K and more."""
    bounds = [(0, 32_000, 0, 200), (0, 32_000, 200, None), (32_000, None, 0, None)]
    return [(*bound, *price) for bound, price in zip(bounds, prices, strict=True)]


# glm-api.md §9, yuan per million tokens: in / out / cached.
PRICES = {
    "glm-4.5": tiers((2, 8, 0.4), (3, 14, 0.6), (4, 16, 0.8)),
    "glm-4.5-x": tiers((8, 16, 1.6), (12, 32, 2.4), (16, 64, 3.2)),
    "glm-4.5-air": tiers((0.8, 2, 0.16), (0.8, 6, 0.16), (1.2, 8, 0.24)),
    "glm-4.5-airx": tiers((4, 12, 0.8), (4, 16, 0.8), (8, 32, 1.6)),
    "glm-4.5-flash": FREE,
    "glm-4.6": tiers((2, 8, 0.4), (3, 14, 0.6), (4, 16, 0.8)),
    "glm-4.7": tiers((2, 8, 0.4), (3, 14, 0.6), (4, 16, 0.8)),
    "glm-4.7-flash": FREE,
    "glm-5.3": [(0, None, 0, None, 8, 28, 2)],
    "glm-5.3-flash": [(0, None, 0, None, 0.4, 1.4, 0.115), (0, None, 0, None, 0.8, 2.8, 0.23)],
}


def plain(tier: PriceTier) -> tuple[float | None, ...]:
    bounds = (tier.input_from, tier.input_to, tier.output_from, tier.output_to)
    return (*bounds, tier.input_price, tier.output_price, tier.cached_price)


def test_the_catalogue_says_what_the_provider_says() -> None:
    service = ModelService(None)
    found = [
        (m.id, m.window, m.max_output, m.thinking.value, m.default_temperature, m.free, m.tool_stream)
        for m in service.list()
    ]
    assert found == ROWS
    assert service.as_of == "2026-11-22"


def test_retiring_models_say_so_and_name_a_model_that_is_there() -> None:
    service = ModelService(None)
    ids = {model.id for model in service.list()}
    retiring = {m.id: m.replaced_by for m in service.list() if m.retired_note}
    assert retiring == {"glm-4.5": "glm-4.7", "glm-4.5-x": "glm-4.7", "glm-4.5-flash": "glm-4.7-flash"}
    assert set(retiring.values()) <= ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_and_thinking_rule_has_a_sentence(language: object) -> None:
    texts = Catalogue.load(language).ids  # type: ignore[arg-type]
    assert {m.retired_note for m in ModelService(None).list() if m.retired_note} <= texts
    assert {f"model.thinking.{rule.value}" for rule in ThinkingRule} <= texts


def test_prices_are_the_ones_of_the_price_list() -> None:
    service = ModelService(None)
    found = {m.id: [plain(t) for t in service.price_tiers(m.id, DialectName.BIGMODEL)] for m in service.list()}
    assert {model_id: prices for model_id, prices in found.items() if prices} == PRICES


def test_free_models_cost_nothing_and_no_other_is_free() -> None:
    service = ModelService(None)
    for model in service.list():
        prices = [plain(t) for t in service.price_tiers(model.id, DialectName.BIGMODEL)]
        assert (prices == FREE) is model.free


def test_what_is_not_billed_in_yuan_is_unpriced() -> None:
    service = ModelService(None)
    assert service.price_tiers("somebody-elses", DialectName.BIGMODEL) == ()
    assert service.price_tiers("glm-5", DialectName.BIGMODEL) == ()
    for dialect in (DialectName.ZAI, DialectName.BIGMODEL_CODING, DialectName.ZAI_CODING, DialectName.VLLM):
        assert service.price_tiers("glm-4.5", dialect) == ()


def test_an_unknown_id_can_be_used() -> None:
    model = ModelService(None).get("my-own-glm")
    assert (model.id, model.name, model.window) == ("my-own-glm", "my-own-glm", UNKNOWN_WINDOW)
    assert model.can_think
    assert model.can_rest


def test_the_users_file_changes_single_keys_and_adds_models(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(
        '[models."glm-4.5"]\nname = "Mine"\n\n[models."our-glm"]\nwindow = 65536\nthinking = "none"\n', "utf-8"
    )
    (tmp_path / "prices.toml").write_text(
        '[prices.bigmodel]\n"glm-4.5" = [{ input = [0, 10], price = [1, 2, 0.5] }]\n'
        '[prices.vllm]\n"our-glm" = [{ price = [0.1, 0.1, 0.1] }]\n',
        "utf-8",
    )
    service = ModelService(tmp_path)
    assert (service.get("glm-4.5").name, service.get("glm-4.5").max_output) == ("Mine", 98_304)
    assert service.get("glm-4.6").name == "GLM-4.6"
    assert service.list()[-1].id == "our-glm"
    assert not service.get("our-glm").can_think
    assert [plain(t) for t in service.price_tiers("glm-4.5", "bigmodel")] == [(0, 10, 0, None, 1, 2, 0.5)]
    assert len(service.price_tiers("our-glm", "vllm")) == 1
    assert len(service.price_tiers("glm-4.6", "bigmodel")) == 3
    assert service.problems == ()


@pytest.mark.parametrize(
    "row",
    [
        'window = "many"',
        "window = 0",
        "window = true",
        "max_output = 1.5",
        "free = 1",
        'thinking = "sometimes"',
        "default_temperature = 3",
        "colour = 1",
        'id = "other"',
    ],
)
def test_a_bad_row_is_named_and_the_known_model_stays(tmp_path: Path, row: str) -> None:
    text = f'[models."glm-4.5"]\n{row}\n[models.good]\nname = "Good"\n'
    (tmp_path / "models.toml").write_text(text, "utf-8")
    service = ModelService(tmp_path)
    assert service.problems == ("models.toml: glm-4.5",)
    assert service.get("glm-4.5") == ModelService(None).get("glm-4.5")
    assert service.get("good").name == "Good"


@pytest.mark.parametrize("value", ["1", "[1]", "[{ price = [1] }]", "[{ price = [1, 2, -3] }]", "[{ input = [1] }]"])
def test_a_bad_price_is_named_and_the_known_one_stays(tmp_path: Path, value: str) -> None:
    (tmp_path / "prices.toml").write_text(f'[prices.bigmodel]\n"glm-4.5" = {value}\n', "utf-8")
    service = ModelService(tmp_path)
    assert service.problems == ("prices.toml: bigmodel.glm-4.5",)
    assert [plain(t) for t in service.price_tiers("glm-4.5", "bigmodel")] == PRICES["glm-4.5"]


@pytest.mark.parametrize("data", [b"= broken", b"\xff\xfe", b"models = 1\nas_of = 1"])
def test_a_file_that_cannot_be_read_leaves_the_catalogue_as_it_is(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "models.toml").write_bytes(data)
    service = ModelService(tmp_path)
    assert service.get("glm-4.5").name == "GLM-4.5"
    assert service.problems == (() if data.startswith(b"models") else ("models.toml",))


def test_reload_reads_the_users_file_again(tmp_path: Path) -> None:
    service = ModelService(tmp_path)
    assert service.get("mine").name == "mine"
    (tmp_path / "models.toml").write_text('[models.mine]\nname = "Mine"\n', "utf-8")
    service.reload()
    assert service.get("mine").name == "Mine"
