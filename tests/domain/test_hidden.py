"""What nobody sees is shown: in words, and in arguments that stay the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.hidden import escape_hidden, hidden_in, is_hidden, reveal_hidden


@pytest.mark.parametrize("char", ["\u200b", "\u202e", "\u00ad", "\ufeff", "\ue000", "\U000e0041", "\U000e0100", "\x07"])
def test_a_hidden_character_is_written_out(char: str) -> None:
    name = f"U+{ord(char):04X}"
    assert reveal_hidden(f"a{char}b{char}") == f"a⟦{name}⟧b⟦{name}⟧"
    assert hidden_in(f"a{char}b{char}") == (name,)


def test_no_hidden_character_of_unicode_is_overlooked() -> None:
    hidden = [char for char in map(chr, range(0x110000)) if is_hidden(char)]
    assert len(hidden) > 100_000
    assert [char for char in hidden if not hidden_in(char)] == []
    assert len(hidden_in("".join(map(chr, range(0x110000))))) == len(hidden)


def test_plain_words_stay_as_they_are() -> None:
    words = "甲乙\n\tTabs, é, 👍🏽, ☺️ and lines"
    assert reveal_hidden(words) == words


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_arguments_mean_the_same_when_they_are_shown(arguments: dict[str, str]) -> None:
    shown = escape_hidden(json.dumps(arguments, ensure_ascii=False, indent=2))
    assert json.loads(shown) == arguments
    assert not hidden_in(shown)


def test_what_is_no_json_is_shown_too() -> None:
    assert escape_hidden("rm \u202e -rf") == "rm ⟦U+202E⟧ -rf"
