"""Text can be read on its ground, in every theme: at least 4.5 : 1."""

from __future__ import annotations

import pytest

from glmdesk.domain.resources import resource
from glmdesk.ui.theme.tokens import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, Tokens

THEMES = {"light": LIGHT, "dark": DARK, "light contrast": LIGHT_CONTRAST, "dark contrast": DARK_CONTRAST}
PAIRS = [
    *(("text", ground) for ground in ("background", "side", "user_turn", "code_ground", "accent_ground")),
    *(("muted", ground) for ground in ("background", "side", "user_turn", "code_ground")),
    *(("faint", ground) for ground in ("background", "side", "code_ground")),
    *((colour, ground) for colour in ("accent", "good", "warn", "bad") for ground in ("background", "side")),
    ("accent", "accent_ground"),
    ("on_accent", "accent"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(theme: str, text: str, ground: str) -> None:
    tokens: Tokens = THEMES[theme]
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


def test_the_measure_itself_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_icons_are_drawn_with_the_text_colour_and_one_stroke() -> None:
    for path in resource("icons").glob("*.svg"):
        source = path.read_text("utf-8")
        if path.stem == "glmdesk" or path.stem.startswith(("combo-", "submenu-", "tick-")):
            continue
        assert "currentColor" in source, path.name
        assert 'viewBox="0 0 24 24"' in source, path.name
