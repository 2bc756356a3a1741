"""A growing text gives, in the end, the blocks of the whole text, and finished blocks are not parsed again."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glmdesk.domain.blocks import Block, CodeBlock, ProseBlock
from glmdesk.markup.document import parse
from glmdesk.markup.incremental import IncrementalMarkdown
from tests.markup.samples import MIXED, texts


def _stream(text: str, cuts: list[int]) -> IncrementalMarkdown:
    markdown = IncrementalMarkdown()
    for cut in cuts:
        markdown.update(text[:cut])
    return markdown


@given(texts(), st.data())
@settings(max_examples=4_000 if os.environ.get("GLMDESK_NIGHTLY") else 400, deadline=None)
def test_any_chunking_ends_in_the_blocks_of_the_whole_text(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=40)))
    assert _stream(text, cuts).finish(text) == parse(text)


def test_one_character_at_a_time_gives_the_same_blocks() -> None:
    assert _stream(MIXED, list(range(len(MIXED) + 1))).finish(MIXED) == parse(MIXED)


@given(texts(), st.data())
@settings(max_examples=150, deadline=None)
def test_frozen_blocks_never_change(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=30)))
    markdown = IncrementalMarkdown()
    frozen: list[Block] = []
    for cut in cuts:
        markdown.update(text[:cut].replace("\r", ""))
        now = list(markdown.blocks[: markdown.frozen])
        assert all(a is b for a, b in zip(frozen, now, strict=False))
        assert len(now) >= len(frozen)
        frozen = now


def test_every_state_on_the_way_shows_the_same_as_parsing_that_much() -> None:
    markdown = IncrementalMarkdown()
    for cut in range(0, len(MIXED), 7):
        markdown.update(MIXED[:cut])
        shown = "".join(b.source for b in markdown.blocks if not isinstance(b, CodeBlock))
        whole = "".join(b.source for b in parse(MIXED[:cut]) if not isinstance(b, CodeBlock))
        assert shown.split() == whole.split()


_SCRAPS = (
    "说明",
    " the",
    "，",
    "**",
    "`",
    "- ",
    "\n",
    "\n\n",
    "1.",
    " x",
    "a_b",
    "www.",
    "http://e.example",
    "# ",
    "~",
)


def _seen(blocks: Iterable[Block]) -> str:
    """What a reader sees: words and marks of form, without the borders of blocks and white space at their ends."""
    html = "".join(b.html if isinstance(b, ProseBlock) else b.source for b in blocks)
    return re.sub(r"\s+(?=</(?:p|li|h\d)>)", "", html)


@given(st.integers(0, 2**32), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_words_put_behind_a_paragraph_look_as_if_it_had_been_parsed_again(seed: int, step: int) -> None:
    dice = random.Random(seed)
    text = "".join(dice.choice(_SCRAPS) for _ in range(120))
    markdown = IncrementalMarkdown()
    for cut in range(0, len(text), step):
        markdown.update(text[:cut])
        fresh = IncrementalMarkdown()
        fresh.update(text[:cut])
        assert _seen(markdown.blocks) == _seen(fresh.blocks), text[:cut]


@pytest.mark.parametrize(
    "line", ["标题 the\n-", "标题 the\n=", "# 标题 the #", "- 项目 the\n  -", "见 http://e.example!"]
)
@pytest.mark.parametrize("more", ["  t", "1"])
def test_words_behind_what_they_could_change_are_parsed(line: str, more: str) -> None:
    markdown, fresh = IncrementalMarkdown(), IncrementalMarkdown()
    markdown.update(line)
    markdown.update(line + more)
    fresh.update(line + more)
    assert _seen(markdown.blocks) == _seen(fresh.blocks)


def test_parsing_work_stays_in_proportion_to_a_long_answer() -> None:
    text = (MIXED.replace("[r]: https://r.example\n", "") + "普通的一段文字。" * 30 + "\n\n") * 60
    markdown = IncrementalMarkdown()
    work: list[int] = []
    for cut in range(40, len(text), 40):
        before = markdown.parsed
        markdown.update(text[:cut])
        work.append(markdown.parsed - before)
    assert max(work) < 2_000
    tenth = len(work) // 10
    assert sum(work[-tenth:]) < 1.2 * sum(work[:tenth])


def test_an_open_fence_is_not_parsed_again() -> None:
    markdown = IncrementalMarkdown()
    text = "words\n\n```python\n"
    markdown.update(text)
    before = markdown.parsed
    for number in range(2_000):
        text += f"line {number} = '中文'\n"
        markdown.update(text)
    assert markdown.parsed - before < 2 * len(text)
    block = markdown.blocks[-1]
    assert isinstance(block, CodeBlock)
    assert not block.closed
    markdown.update(text + "```\n")
    closed = markdown.blocks[-1]
    assert isinstance(closed, CodeBlock)
    assert closed.closed


def test_a_link_whose_address_comes_later_is_resolved_at_the_end() -> None:
    text = "see [here][r]\n\nnext\n\n" + "more\n\n" * 5 + "[r]: https://r.example\n"
    markdown = _stream(text, list(range(0, len(text), 3)))
    first = markdown.blocks[0]
    assert isinstance(first, ProseBlock)
    assert "<a " not in first.html
    done = markdown.finish(text)[0]
    assert isinstance(done, ProseBlock)
    assert '<a href="https://r.example">here</a>' in done.html


def test_a_text_that_does_not_go_on_starts_over() -> None:
    markdown = _stream("one\n\ntwo\n\nthree\n", [5, 10, 14])
    assert markdown.finish("other\n") == parse("other\n")


def test_a_finished_text_can_go_on() -> None:
    markdown = IncrementalMarkdown()
    markdown.finish("first\n\n- - -")
    for text in ("first\n\n- - - x", "first\n\n- - - x\n===\n\nmore"):
        markdown.update(text)
    assert markdown.finish(text) == parse(text)
    assert markdown.finish(text) == parse(text)


def test_ordered_numbers_go_on_over_frozen_items() -> None:
    rng = random.Random(3)
    text = "".join(f"1. item {i} {'字' * rng.randint(1, 90)}\n" for i in range(40))
    blocks = _stream(text, list(range(0, len(text), 11))).finish(text)
    assert blocks == parse(text)
    assert all(isinstance(b, ProseBlock) for b in blocks)
    starts = [int(b.html.split('"')[1]) for b in blocks if isinstance(b, ProseBlock)]
    items = [b.html.count("<li>") for b in blocks if isinstance(b, ProseBlock)]
    assert starts == [1 + sum(items[:i]) for i in range(len(items))]
