from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glmdesk.domain.formula import FormulaDrawing
from glmdesk.markup.formula_worker import serve
from glmdesk.markup.formulas import DEEPEST, LONGEST, FormulaError, check, draw

# The library finds its fonts the old way.
pytestmark = pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")

# What models write: the sources of a lecture, a physics answer and a statistics answer.
USUAL = [
    r"E=mc^2",
    r"\int_0^\infty e^{-x^2}\,dx=\frac{\sqrt{\pi}}{2}",
    r"\begin{pmatrix}a&b\\c&d\end{pmatrix}",
    r"\begin{cases}x&x>0\\-x&\text{else}\end{cases}",
    r"\begin{aligned}f(x)&=x^2\\&=4\end{aligned}",
    r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}",
    r"\left(\frac{a}{b}\right)",
    r"\mathbb{R}^n \to \mathcal{L}",
    r"\hat{y}=\operatorname{softmax}(Wx+b)",
    r"\lim_{x\to 0}\frac{\sin x}{x}=1",
    r"a<b \& c",
    r"100^\circ\text{C}",
]


@pytest.mark.parametrize("tex", USUAL)
@pytest.mark.parametrize("display", [True, False])
def test_usual_formulas_are_drawn(tex: str, display: bool) -> None:
    drawing = draw(tex, display=display)
    assert drawing.svg.startswith("<svg")
    assert 0.3 < drawing.height < 6
    assert 0.3 < drawing.width < 30


def test_a_fraction_stands_below_the_baseline_and_a_letter_on_it() -> None:
    assert draw(r"\frac{a}{b}", display=True).descent > 0.5
    assert draw("x", display=True).descent < 0.1


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"\text{速度}=\frac{\text{路程}}{\text{时间}}", ["速度", "路程", "时间"]),
        (r"x_{\text{最大值}}+\text{常数，如下}", ["最大值", "常数，如下"]),
        (r"速度=3", ["速度"]),
        (r"\text{ひらがな}", ["ひらがな"]),
    ],
)
def test_chinese_and_japanese_stand_in_the_picture_as_text(tex: str, words: list[str]) -> None:
    svg = draw(tex, display=True).svg
    assert [part.split("</text>")[0].split(">")[-1] for part in svg.split("<text")[1:] if part] == words


def test_chinese_is_as_wide_as_its_letters() -> None:
    narrow, wide = draw(r"\text{速}", display=True), draw(r"\text{速速速速速速}", display=True)
    assert narrow.width >= 1.0
    assert wide.width >= 6.0


@pytest.mark.parametrize("tex", [r"\foo{x}", r"\ce{H2O}", r"\frac{1}{", "", "\\", "😀"])
def test_what_the_fonts_or_the_parser_do_not_know_is_not_drawn(tex: str) -> None:
    with pytest.raises(FormulaError):
        draw(tex, display=True)


@pytest.mark.parametrize("name", ["sqrt", "frac{1}"])
def test_a_formula_that_is_nested_too_deeply_is_refused_before_it_costs_anything(name: str) -> None:
    check(f"\\{name}{{" * DEEPEST + "x" + "}" * DEEPEST)
    with pytest.raises(FormulaError):
        check(f"\\{name}{{" * (DEEPEST + 1) + "x" + "}" * (DEEPEST + 1))


def test_a_formula_that_is_too_long_is_refused() -> None:
    with pytest.raises(FormulaError):
        check("x" * (LONGEST + 1))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*"abx12+-=^_{}&$%#~ <>'", "\\", "\\frac", "\\text", "速", "\\\\", "\n"]), max_size=14))
def test_any_source_gives_a_drawing_or_a_refusal(pieces: list[str]) -> None:
    try:
        drawing = draw("".join(pieces), display=True)
    except FormulaError:
        return
    assert drawing.width > 0
    assert drawing.height > 0


def test_the_worker_answers_every_line_and_ends_with_its_input() -> None:
    lines = [{"tex": "x", "display": True}, {"tex": "\\foo", "display": False}, {"no": 1}]
    requests = io.BytesIO(b"\n".join([*(json.dumps(line).encode() for line in lines), b"{not json", b""]))
    replies = io.BytesIO()
    serve(requests, replies)
    answers = [json.loads(line) for line in replies.getvalue().splitlines()]
    assert FormulaDrawing(**answers[0]).width > 0
    assert ["error" in answer for answer in answers] == [False, True, True, True]
