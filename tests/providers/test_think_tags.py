"""`<think>` left in the content of local servers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.event import ReasoningDelta, TextDelta
from glmdesk.providers.think_tags import ThinkTags


def split(*pieces: str) -> tuple[str, str]:
    tags = ThinkTags()
    events = [event for piece in pieces for event in tags.feed(piece)] + list(tags.rest())
    reasoning = "".join(e.text for e in events if isinstance(e, ReasoningDelta))
    return reasoning, "".join(e.text for e in events if isinstance(e, TextDelta))


CASES = [
    ("<think>a</think>b", ("a", "b")),
    ("\n<think>a</think>\nb", ("a", "\n\nb")),
    ("plain", ("", "plain")),
    ("open end</think>b", ("", "open endb")),
    ("<think>never closed", ("never closed", "")),
    ("a <think> and a </think> are tags", ("", "a <think> and a </think> are tags")),
    ("<think>a</think>b <think>c</think>", ("a", "b <think>c</think>")),
    ("a < b", ("", "a < b")),
    ("<thin", ("", "<thin")),
    ("<think></think>b", ("", "b")),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_tags_are_split_however_they_are_cut(text: str, expected: tuple[str, str]) -> None:
    assert split(text) == expected
    assert split(*text) == expected
    for place in range(len(text)):
        assert split(text[:place], text[place:]) == expected


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "th", "ink>", "a", "\n", "/"])), st.data())
def test_the_split_does_not_depend_on_the_chunking(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    place = data.draw(st.integers(0, len(text)))
    assert split(text[:place], text[place:]) == split(text) == split(*text)
