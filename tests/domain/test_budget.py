"""The estimate of tokens, against counts that a server reported."""

from __future__ import annotations

import pytest

from glmdesk.domain.budget import estimate_history, estimate_long, estimate_tokens


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", 0, 0),
        ("为什么木星的卫星比土星多？", 8, 14),
        ("The quick brown fox jumps over the lazy dog.", 9, 13),
        ("def f(x):\n    return x * 2\n", 10, 18),
        ("2026-11-22 14:05", 12, 24),
    ],
)
def test_the_estimate_is_near_what_tokenizers_give(text: str, low: int, high: int) -> None:
    assert low <= estimate_tokens(text) <= high


def test_a_long_history_is_estimated_from_a_part_of_it() -> None:
    turns = [
        text
        for n in range(500)
        for text in (f"第 {n} 个问题？", f"The answer {n} is longer than that. " * (20 + n % 7))
    ]
    whole = sum(map(estimate_tokens, turns))
    assert abs(estimate_history(turns) - whole) < 0.1 * whole
    assert estimate_history(turns[:20]) == sum(map(estimate_tokens, turns[:20]))
    assert estimate_history([]) == 0


def test_a_long_text_is_estimated_from_slices() -> None:
    text = "一句中文。And some English words, 123 numbers.\n" * 20_000
    whole, sampled = estimate_tokens(text), estimate_long(text)
    assert abs(sampled - whole) <= 0.03 * whole
