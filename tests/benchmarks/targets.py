"""The targets of the transcript, and the table that says which are met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A measure that must not be greater than `limit`."""

    name: str
    limit: float
    unit: str
    about: str


TARGETS = (
    Target("cpu_per_token_vs_floor_100", 1.5, "x", "CPU per token against the floor, 100 tokens a second"),
    Target("cpu_per_token_vs_floor_1000", 1.5, "x", "CPU per token against the floor, 1,000 tokens a second"),
    Target("stall_p99_ms_over_floor", 8, "ms", "lateness of a 5 ms timer at 1,000 tokens a second, over the floor's"),
    Target("stall_max_ms", 100, "ms", "the longest of them"),
    Target("lag_ms_p95", 100, "ms", "from the server's write to the paint that shows it"),
    Target("open_2000_cpu_ms", 100, "ms", "CPU from the click on a conversation of 2,000 messages to its paint"),
    Target("scroll_cpu_ms", 10, "ms", "CPU of a scroll step"),
    Target("jump_cpu_ms", 16, "ms", "CPU of a jump to anywhere"),
    Target("resize_cpu_ms", 16, "ms", "CPU of a new width"),
    Target("long_last_vs_first_tenth", 1.2, "x", "CPU of the last tenth of a 96,000-token answer against its first"),
    Target("kb_per_message", 20, "KB", "memory of a message once all have been read"),
    Target("key_to_glyph_ms_p95", 30, "ms", "from a key press to its glyph while 1,000 tokens a second stream in"),
)


def table(values: Mapping[str, float]) -> list[str]:
    """One line per measured target, then `name: value` lines."""
    rows = [target for target in TARGETS if target.name in values]
    wide = max((len(t.about) for t in rows), default=0)
    lines = [
        f"{t.about:{wide}}  {values[t.name]:9.2f} {t.unit:2}  target {t.limit:g}  {verdict(t, values[t.name])}"
        for t in rows
    ]
    return [*lines, "", *(f"{name}: {value:.2f}" for name, value in values.items())]


def verdict(target: Target, value: float) -> str:
    return "met" if value <= target.limit else "MISSED"
