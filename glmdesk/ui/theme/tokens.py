"""Design tokens: colours, spaces, radii and type sizes of the two themes and their high-contrast variants."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as #rrggbb. `on_accent` is text on the accent."""

    dark: bool
    background: str
    side: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_ground: str
    on_accent: str
    user_turn: str
    code_ground: str
    good: str
    warn: str
    bad: str


LIGHT = Tokens(
    dark=False,
    background="#ffffff",
    side="#f6f7f9",
    line="#e6e8ec",
    text="#1d2129",
    muted="#5b6472",
    faint="#667080",
    accent="#2f5bea",
    accent_ground="#eaf0ff",
    on_accent="#ffffff",
    user_turn="#eef2fb",
    code_ground="#f6f8fa",
    good="#177245",
    warn="#a84a08",
    bad="#c0362c",
)

DARK = Tokens(
    dark=True,
    background="#16181d",
    side="#1b1e24",
    line="#2a2e37",
    text="#e6e8ec",
    muted="#9aa3b2",
    faint="#8b95a5",
    accent="#7c9bff",
    accent_ground="#232c47",
    on_accent="#16181d",
    user_turn="#222733",
    code_ground="#1e222a",
    good="#58c48b",
    warn="#e0a458",
    bad="#f0837a",
)

LIGHT_CONTRAST = replace(LIGHT, line="#5b6472", text="#000000", muted="#2b313b", faint="#2b313b", accent="#1a3fb8")
DARK_CONTRAST = replace(DARK, line="#9aa3b2", text="#ffffff", muted="#d5dae3", faint="#d5dae3", accent="#a9bdff")

RADIUS_CONTROL = 8
RADIUS_CODE = 10
RADIUS_CARD = 14
READING_WIDTH = 760
SIDEBAR_WIDTH = 264
FONT_BASE = 14
FONT_META = 12
FONT_TITLE = 16
FONT_PAGE_TITLE = 22
