"""The specification's examples and our own ones for the extensions: parsed, and read as words."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from glmdesk.domain.blocks import ProseBlock, TableBlock
from glmdesk.markup.document import parse
from tests.markup.commonmark import examples, shown, specification, words_of

_PAGE = Path(__file__).parents[2] / "docs" / "markdown.md"

EXTENSIONS = {
    "table": ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
    "table without outer bars": ("a | b\n--|--\n1 | 2", "a b 1 2"),
    "table with a bar in a cell": ("| a |\n|---|\n| `x \\| y` |", "a x | y"),
    "table with a short row": ("| a | b |\n|---|---|\n| 1 |", "a b 1"),
    "table with a long row": ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", "a b 1 2"),
    "table ended by a quote": ("| a |\n|---|\n| 1 |\n> q", "a 1 q"),
    "no table without its line": ("| a | b |\n| 1 | 2 |", "| a | b | | 1 | 2 |"),
    "table in a list": ("- x\n\n  | a |\n  |---|\n  | 1 |", "x a 1"),
    "task list": ("- [x] done\n- [ ] open\n- [X] too", "☑ done ☐ open ☑ too"),
    "nested task list": ("- [ ] a\n  - [x] b", "☐ a ☑ b"),
    "no task without a space": ("- [x]done", "[x]done"),
    "strikethrough": ("~~a b~~ c", "a b c"),
    "no strikethrough over paragraphs": ("~~a\n\nb~~", "~~a b~~"),
    "address": ("see https://e.example/a?b=c&d=e.", "see https://e.example/a?b=c&d=e."),
    "address in brackets": ("(https://e.example/a_(b))", "(https://e.example/a_(b))"),
    "footnote": ("a[^n] b\n\n[^n]: words", "a[n] b [n] words"),
    "two footnotes": ("[^1]: a\n[^2]: b", "[1] a [2] b"),
    "emphasis in Chinese": ("这是**重要的**。**“引用”**之后", "这是重要的。“引用”之后"),
    "safe tags": ("H<sub>2</sub>O x<sup>2</sup> <kbd>K</kbd> a<br>b", "H2O x2 K a b"),
    "formulas": (r"\(a\) $b$ and $$c$$", "a b and c"),
    "display formulas": ("$$\na\n$$\n\n\\[\nb\n\\]", "a b"),
}


@pytest.mark.parametrize(("text", "words"), EXTENSIONS.values(), ids=EXTENSIONS.keys())
def test_extensions_give_their_words(text: str, words: str) -> None:
    assert shown(parse(text)) == words


def test_extensions_have_their_look() -> None:
    html = "".join(b.html for b in parse("~~a~~ *b* **c** `d` https://e.example") if isinstance(b, ProseBlock))
    for tag in ("<s>a</s>", "<em>b</em>", "<strong>c</strong>", "<code>d</code>", '<a href="https://e.example">'):
        assert tag in html
    (table,) = parse("| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |")
    assert isinstance(table, TableBlock)
    assert table.align == ("left", "center", "right", "")


BARE = {
    "see www.e.example/a, and": '<a href="http://www.e.example/a">www.e.example/a</a>,',
    "写信给a.b+c@e.example。": '<a href="mailto:a.b+c@e.example">a.b+c@e.example</a>。',
    "https://me@www.e.example/x@y.example": '<a href="https://me@www.e.example/x@y.example">',
}


@pytest.mark.parametrize(("text", "link"), BARE.items(), ids=BARE.keys())
def test_bare_addresses_are_links(text: str, link: str) -> None:
    html = "".join(block.html for block in parse(text) if isinstance(block, ProseBlock))
    assert link in html
    assert html.count("<a ") == 1


@pytest.mark.parametrize("text", ["www.", "www.a", "xwww.e.example", "@name", "a@b", "a@@b.example", "`www.e.example`"])
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    html = "".join(block.html for block in parse(text) if isinstance(block, ProseBlock))
    assert "<a " not in html


def test_a_link_is_not_looked_for_inside_a_link() -> None:
    html = "".join(b.html for b in parse("[www.e.example a@b.example](https://e.example)") if isinstance(b, ProseBlock))
    assert html.count("<a ") == 1


def _listed() -> set[int]:
    """The examples that the page says are shown in another way."""
    rows = [line.rsplit("|", 2)[1] for line in _PAGE.read_text("utf-8").splitlines() if re.search(r"\d \|$", line)]
    numbers: set[int] = set()
    for low, high in re.findall(r"(\d+)(?:–(\d+))?", ",".join(rows)):
        numbers |= set(range(int(low), int(high or low) + 1))
    return numbers


def test_all_examples_of_the_specification_but_the_listed_ones_give_their_words() -> None:
    file = specification()
    if file is None:
        assert "GLMDESK_COMMONMARK" not in os.environ, "GLMDESK_COMMONMARK names no file"
        pytest.skip("GLMDESK_COMMONMARK does not name the specification's text (docs/markdown.md)")
    found = list(examples(file.read_text("utf-8")))
    assert len(found) == 652
    differ = {e.number for e in found if shown(parse(e.markdown)) != words_of(e.html, ours=True)}
    assert differ == _listed()
