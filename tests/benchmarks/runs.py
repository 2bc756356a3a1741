"""Starts floor and window in turn and makes one number of each measure."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.meter import share
from tests.benchmarks.reading import write_history
from tests.benchmarks.server import frames, serving
from tests.helpers.stored import ROOT

Json = dict[str, Any]
Values = dict[str, float]
Found = tuple[Values, Any]
_LIMIT = 600  # seconds of one child


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `rate` None: 100 and 1,000."""

    rounds: int
    scale: float
    rate: int | None = None

    def of(self, full: int, least: int) -> int:
        return max(least, round(full * self.scale))


@contextmanager
def _profile() -> Generator[Path]:
    """One of somebody who has been here before, and where only questions are sent."""
    with tempfile.TemporaryDirectory(prefix="glmdesk-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder, "settings.toml").write_text("welcomed = true\nauto_title = false\n", "utf-8")
        yield Path(folder)


def _child(profile: Path, *arguments: str) -> Json:
    platform = "xcb" if os.environ.get("DISPLAY") else "offscreen"
    own = {"GLMDESK_HOME": str(profile), "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", platform)}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=os.environ | own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=_LIMIT,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _window(profile: Path, mode: str, order: Json) -> Json:
    return _child(profile, "tests.benchmarks.window", mode, json.dumps(order))


def _floor(profile: Path, order: Json) -> Json:
    beat = "beat" if order["beat"] else "still"
    asked = {name: order[name] for name in ("tokens", "thought", "rate")}
    return _child(profile, "tests.benchmarks.floor", order["url"], json.dumps(asked), beat)


def stream(size: Size) -> Found:
    """CPU against the floor, how late the thread answers, and how far the screen is behind the server."""
    values: Values = {"lag_ms_p95": 0.0}
    raw: Json = {}
    for rate in (size.rate,) if size.rate else (100, 1000):
        order = _order(size, rate)
        pairs, lags = _pairs(size, order)
        raw[str(rate)] = [[p["cpu"] for p in pair] for pair in pairs], lags
        values[f"cpu_per_token_vs_floor_{rate}"] = _ratio(pairs)
        values[f"cpu_us_per_token_{rate}"] = 1e6 * median(ours["cpu"] for _, ours in pairs) / order["tokens"]
        values["lag_ms_p95"] = max(values["lag_ms_p95"], median(lags))
    late, _ = _pairs(size, _order(size, size.rate or 1000) | {"beat": True})
    raw["late"] = [[sorted(p["late"])[-20:] for p in pair] for pair in late]
    over = [share(ours["late"], 0.99) - share(floor["late"], 0.99) for floor, ours in late]
    values["stall_p99_ms_over_floor"] = median(over)
    values["stall_max_ms"] = median(max(ours["late"]) for _, ours in late)
    return values, raw


def _ratio(pairs: list[tuple[Json, Json]]) -> float:
    """Median against median: one disturbed round of either says nothing."""
    return median(ours["cpu"] for _, ours in pairs) / median(floor["cpu"] for floor, _ in pairs)


def _order(size: Size, rate: int) -> Json:
    count = size.of(1500 if rate <= 300 else 10 * rate, 60)
    return {"tokens": count, "thought": count // 6, "rate": rate, "beat": False}


def _pairs(size: Size, order: Json) -> tuple[list[tuple[Json, Json]], list[float]]:
    """(floor, window) of every round, in turn, and the lag of the window."""
    made: list[tuple[Json, Json]] = []
    lags: list[float] = []
    for _ in range(size.rounds):
        with _profile() as profile, serving(profile / "log") as url:
            floor = _floor(profile, order | {"url": url})
            ours = _window(profile, "stream", order | {"url": url})
            written = json.loads((profile / "log").read_text().splitlines()[-1])
        made.append((floor, ours))
        lags.append(share(_lag(written, ours["painted"]), 0.95))
    return made, lags


def _lag(written: list[tuple[float, int]], painted: list[tuple[float, int]]) -> list[float]:
    """Milliseconds from each write to the first paint that shows all of it."""
    shown = [characters for _, characters in painted]
    places = [(at, bisect_left(shown, characters)) for at, characters in written if characters]
    return [1000 * (painted[place][0] - at) for at, place in places if place < len(shown)]


def reading(size: Size) -> Found:
    """A stored conversation of 2,000 messages."""
    with _profile() as profile:
        asyncio.run(write_history(profile, size.of(2000, 40), size.of(1_600_000, 32_000)))
        rounds = [_window(profile, "open", {"steps": size.of(40, 4)}) for _ in range(size.rounds)]
    assert all(found["at_end"] for found in rounds)
    steps = {f"{name}_cpu_ms": median(median(r[name]) for r in rounds) for name in ("scroll", "jump", "resize")}
    return {"open_2000_cpu_ms": median(r["open"] for r in rounds), **steps}, rounds


def long(size: Size) -> Found:
    """One answer of 96,000 tokens."""
    order = {"tokens": size.of(96_000, 600), "thought": 0, "rate": 2000}
    order["characters"] = frames(order)[-1][1]
    rounds: list[Json] = []
    for _ in range(size.rounds):
        with _profile() as profile, serving(profile / "log") as url:
            rounds.append(_window(profile, "long", order | {"url": url}))
    ratio = median(r["tenths"][9] / r["tenths"][0] for r in rounds)
    return {"long_last_vs_first_tenth": ratio}, rounds


def keys(size: Size) -> Found:
    """A typist while 1,000 tokens a second come in."""
    count = size.of(60, 5)
    order = {"tokens": count * 200, "thought": 200, "rate": 1000, "keys": count}
    rounds: list[Json] = []
    for _ in range(size.rounds):
        with _profile() as profile, serving(profile / "log") as url:
            rounds.append(_window(profile, "type", order | {"url": url}))
    return {"key_to_glyph_ms_p95": median(share(r["keys"], 0.95) for r in rounds)}, rounds


def memory(size: Size) -> Found:
    """The conversation of 2,000 messages read from its end to its beginning, then closed."""
    count = size.of(2000, 40)
    with _profile() as profile:
        asyncio.run(write_history(profile, count, size.of(1_600_000, 32_000)))
        rounds = [_window(profile, "memory", {"pages": size.of(1000, 10)}) for _ in range(size.rounds)]
    each = median((r["read"] - r["before"]) / count for r in rounds)
    return {
        "kb_per_message": each,
        "memory_after_close_vs_before": median(r["closed"] / r["before"] for r in rounds),
    }, rounds


RUNS: dict[str, Callable[[Size], Found]] = {
    "stream": stream,
    "open": reading,
    "long": long,
    "type": keys,
    "memory": memory,
}
