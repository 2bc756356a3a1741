"""TeX to SVG. Slow for some input and never to be run in the window's process: `glmdesk --worker formulas` does it."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any, cast
from xml.sax.saxutils import escape

from glmdesk.domain.formula import FormulaDrawing

# Layout takes exponentially longer with each level: 5 deep 0.1 s, 10 deep 4 to 7 s (faults.md §0.3).
DEEPEST = 6
LONGEST = 4000  # characters of TeX
_SIZE = 100.0  # units of the SVG per em; large, because coordinates are rounded to thousandths
_VIEW = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="(-?[\d.]+) (-?[\d.]+) [\d.]+ [\d.]+"')
_PATH = re.compile(r'<path d="([^"]*)"[^>]*/>')
_POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
# Han, kana, hangul and their punctuation: the formula fonts have none of them.
_WIDE = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+")
_NESTS = re.compile(r"\\[{}]|[{}]|\\(?:left|right|begin|end)(?![a-z])")


class FormulaError(ValueError):
    """A formula that cannot be drawn, or would take too long."""


def check(tex: str) -> None:
    """Raise FormulaError for TeX that is too long or nested too deeply."""
    if len(tex) > LONGEST:
        raise FormulaError("long")
    depth = 0
    for match in _NESTS.finditer(tex):
        depth += {"{": 1, "\\left": 1, "\\begin": 1, "}": -1, "\\right": -1, "\\end": -1}.get(match[0], 0)
        if depth > DEEPEST:
            raise FormulaError("deep")


def draw(tex: str, *, display: bool) -> FormulaDrawing:
    """The picture of one formula. Raises FormulaError.

    Chinese is drawn as text in place of the boxes that the formula fonts have for it.
    """
    check(tex)
    try:
        drawn = _layout(tex, display)
    except FormulaError:
        raise
    except Exception as error:  # the library raises whatever its parser stumbles over
        raise FormulaError(type(error).__name__) from error
    svg, (left, top, width, height) = _with_wide_text(drawn, tex)
    if not all(math.isfinite(n) for n in (left, top, width, height)) or width <= 0 or height <= 0:
        raise FormulaError("empty")
    return FormulaDrawing(svg, width / _SIZE, -top / _SIZE, (height + top) / _SIZE)


def _layout(tex: str, display: bool) -> str:
    formula = _latex()(_spread(tex), size=_SIZE, color="black", inline=not display)
    if "\\" in formula.mathmlstr():  # an unknown command would be drawn as its own letters
        raise FormulaError("unknown")
    return str(formula.svg())


@lru_cache(maxsize=1)
def _latex() -> Any:
    """The class that lays out; it has no types of its own."""
    from ziamath.config import config
    from ziamath.zmath import Latex

    cast("Any", config).svg2 = False  # QtSvg draws only fragments of SVG 2, without an error
    return Latex


@lru_cache(maxsize=1)
def _box() -> tuple[str, float, float, float]:
    """The box of a missing glyph: its strokes, and its width, top and bottom in em."""
    path = _PATH.findall(str(_latex()("\u901f", size=_SIZE).svg()))[0]
    left, top, right, bottom = _bounds(path)
    return _strokes(path), (right - left) / _SIZE, top / _SIZE, bottom / _SIZE


def _spread(tex: str) -> str:
    """Each run of wide letters becomes enough missing glyphs to be as wide as it will be."""
    _, box, _, _ = _box() if _WIDE.search(tex) else ("", 1.0, 0.0, 0.0)
    return _WIDE.sub(lambda run: run[0][0] * math.ceil(len(run[0]) / (box + 0.02)), tex)


def _with_wide_text(svg: str, tex: str) -> tuple[str, tuple[float, float, float, float]]:
    """The SVG with its boxes replaced by text, and its view: left, top, width, height."""
    view = _VIEW.search(svg)
    if view is None:
        raise FormulaError("empty")
    width, height, left, top = (float(number) for number in view.groups())
    if not tex.isascii():
        runs = _WIDE.findall(tex)
        svg, top, height = _replace_boxes(svg, runs, top, height)
    return svg, (left, top, width, height)


def _replace_boxes(svg: str, runs: list[str], top: float, height: float) -> tuple[str, float, float]:
    strokes, box, above, below = _box()
    boxes = [match for match in _PATH.finditer(svg) if _strokes(match[1]) == strokes]
    counts = [math.ceil(len(run) / (box + 0.02)) for run in runs]
    if sum(counts) != len(boxes):
        raise FormulaError("letters")  # some letter of it is missing too
    pieces: list[str] = []
    at, first, bottom = 0, 0, top + height
    for run, count in zip(runs, counts, strict=True):
        group = boxes[first : first + count]
        first += count
        edges = [_bounds(match[1]) for match in group]
        em = (edges[0][3] - edges[0][1]) / (below - above)
        baseline = edges[0][3] - below * em
        if any(abs(edge[3] - edges[0][3]) > em / 100 for edge in edges):
            raise FormulaError("order")  # boxes of one run on different lines: the library draws in another order
        middle = (edges[0][0] + edges[-1][2]) / 2
        pieces.append(svg[at : group[0].start()])
        pieces.append(
            f'<text x="{middle:.3f}" y="{baseline:.3f}" font-size="{em:.3f}" text-anchor="middle" fill="black">'
            f"{escape(run)}</text>"
        )
        at = group[-1].end()
        top, bottom = min(top, baseline - 0.92 * em), max(bottom, baseline + 0.2 * em)
    drawn = "".join([*pieces, svg[at:]])
    return _VIEW.sub(lambda view: _new_view(view, top, bottom - top), drawn, count=1), top, bottom - top


def _new_view(view: re.Match[str], top: float, height: float) -> str:
    width, left = view[1], view[3]
    return f'width="{width}" height="{height:.3f}" viewBox="{left} {top:.3f} {width} {height:.3f}"'


def _strokes(path: str) -> str:
    return "".join(letter for letter in path if letter.isalpha())


def _bounds(path: str) -> tuple[float, float, float, float]:
    points = [(float(x), float(y)) for x, y in _POINT.findall(path)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
