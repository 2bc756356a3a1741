"""The catalogue as data, and the user's own entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from glmdesk.domain.catalogue import ThinkingRule
from glmdesk.services.models import ModelService


@pytest.mark.parametrize(
    ("model_id", "window", "max_output", "thinking"),
    [
        ("glm-4.5", 131_072, 98_304, "dynamic"),
        ("glm-4.5-flash", 131_072, 98_304, "dynamic"),
        ("glm-4.6", 204_800, 131_072, "dynamic"),
        ("glm-4.7", 204_800, 131_072, "forced"),
        ("glm-5.3", 1_048_576, 131_072, "always"),
    ],
)
def test_the_catalogue_says_what_the_provider_says(model_id: str, window: int, max_output: int, thinking: str) -> None:
    model = ModelService(None).get(model_id)
    assert (model.window, model.max_output, model.thinking) == (window, max_output, ThinkingRule(thinking))


@pytest.mark.parametrize(
    ("model_id", "prices"),
    [
        ("glm-4.5", [(2, 8, 0.4), (3, 14, 0.6), (4, 16, 0.8)]),
        ("glm-4.5-x", [(8, 16, 1.6), (12, 32, 2.4), (16, 64, 3.2)]),
        ("glm-4.5-air", [(0.8, 2, 0.16), (0.8, 6, 0.16), (1.2, 8, 0.24)]),
        ("glm-4.5-airx", [(4, 12, 0.8), (4, 16, 0.8), (8, 32, 1.6)]),
        ("glm-4.5-flash", [(0, 0, 0)]),
        ("glm-5.3", [(8, 28, 2)]),
        ("somebody-elses", []),
    ],
)
def test_prices_are_the_ones_of_the_price_list(model_id: str, prices: list[tuple[float, float, float]]) -> None:
    tiers = ModelService(None).price_tiers(model_id)
    assert [(t.input_price, t.output_price, t.cached_price) for t in tiers] == prices


def test_every_replacement_and_note_exists() -> None:
    service = ModelService(None)
    ids = {model.id for model in service.list()}
    assert all(not model.replaced_by or model.replaced_by in ids for model in service.list())


def test_an_unknown_id_can_be_used() -> None:
    model = ModelService(None).get("my-own-glm")
    assert model.window > 0
    assert model.can_think


def test_the_users_entries_win_and_a_bad_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(
        '[[models]]\nid = "glm-4.5"\nname = "Mine"\nwindow = 1000\nmax_output = 10\nthinking = "none"\n'
        '[[models]]\nid = "broken"\nwindow = "many"\n',
        "utf-8",
    )
    service = ModelService(tmp_path)
    assert service.get("glm-4.5").name == "Mine"
    assert service.get("glm-4.6").name == "GLM-4.6"
    assert service.problems == ["models.toml: broken"]


def test_a_file_that_is_no_toml_leaves_the_catalogue_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text("= broken", "utf-8")
    service = ModelService(tmp_path)
    assert service.get("glm-4.5").name == "GLM-4.5"
    assert service.problems == ["models.toml"]
