"""The seam of a continued answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.seam import Seam


def joined(before: str, pieces: list[str]) -> str:
    seam = Seam(before)
    return before + "".join(seam.feed(piece) for piece in pieces) + seam.rest()


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("The quick brown", " fox", "The quick brown fox"),
        ("The quick brown", "quick brown fox", "The quick brown fox"),
        ("print(", "\nprint(1)", "print(1)"),
        ("好", "好的", "好好的"),  # one character alike is chance
        ("", "Hello", "Hello"),
        ("一二三四五", "一二三四五六", "一二三四五六"),
    ],
)
def test_a_repeated_end_is_taken_off(before: str, after: str, whole: str) -> None:
    assert joined(before, [after]) == whole
    assert joined(before, list(after)) == whole


@given(st.text(max_size=60), st.lists(st.text(max_size=8), max_size=12))
def test_any_chunking_gives_the_same_text(before: str, pieces: list[str]) -> None:
    assert joined(before, pieces) == joined(before, ["".join(pieces)])


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_new_is_lost(before: str, after: str) -> None:
    whole = joined(before, [after])
    assert whole.startswith(before)
    assert whole.endswith(after.lstrip("\n")[-1:])
