"""Golden cases of the dialect."""

from __future__ import annotations

import pytest

from glmdesk.domain.blocks import CodeBlock, FormulaBlock, ProseBlock, TableBlock
from glmdesk.markup.document import parse


def html_of(text: str) -> str:
    return "".join(block.html for block in parse(text) if isinstance(block, ProseBlock))


GOLDEN = {
    "chinese bold": (
        "**注意：**这个很重要。**「重要」**后面 **Python（语言）**是",
        "<p><strong>注意：</strong>这个很重要。<strong>「重要」</strong>后面 <strong>Python（语言）</strong>是</p>",
    ),
    "soft break between Han": ("第一行\n第二行", "<p>第一行第二行</p>"),
    "soft break between words": ("one\ntwo", "<p>one two</p>"),
    "soft break from Han to Latin": ("第一行\ntwo", "<p>第一行 two</p>"),
    "hard break": ("one  \ntwo", "<p>one<br>two</p>"),
    "money": ("价格 $5 和 $6", "<p>价格 $5 和 $6</p>"),
    "money without spaces": ("从$5到$6", "<p>从$5到$6</p>"),
    "money before a dollar": ("花了 $5，还剩 6$ 左右", "<p>花了 $5，还剩 6$ 左右</p>"),
    "formula": ("$x^2$", '<p><code class="math">x^2</code></p>'),
    "formula among Han": ("设$x$为数", '<p>设<code class="math">x</code>为数</p>'),
    "formula with a number": ("$2x+1$", '<p><code class="math">2x+1</code></p>'),
    "brackets": (r"\(a<b\)", '<p><code class="math">a&lt;b</code></p>'),
    "formula marks in code": ("`$x$ \\(y\\)`", "<p><code>$x$ \\(y\\)</code></p>"),
    "source number": (r"\[1\] text", "<p>[1] text</p>"),
    "strikethrough": ("~~a~~", "<p><s>a</s></p>"),
    "tasks": ("- [x] a\n- [ ] b", "<ul><li>☑ a</li><li>☐ b</li></ul>"),
    "nested list": ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "loose list": ("- a\n\n  b", "<ul><li>a<p>b</p></li></ul>"),
    "ordered from": ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
    "quote": ("> a", "<blockquote><p>a</p></blockquote>"),
    "rule": ("---", "<hr>"),
    "footnotes": ("词[^1]\n\n[^1]: 注", "<p>词<sup>[1]</sup></p><p><sup>[1]</sup> 注</p>"),
    "bare address": (
        "见 https://e.example/a_b，好",
        '<p>见 <a href="https://e.example/a_b">https://e.example/a_b</a>，好</p>',
    ),
    "safe tags": ("H<sub>2</sub>O<br><kbd>X", "<p>H<sub>2</sub>O<br>&lt;kbd&gt;X</p>"),
    "heading": ("## 二", "<h2>二</h2>"),
}


@pytest.mark.parametrize(("text", "html"), GOLDEN.values(), ids=GOLDEN.keys())
def test_golden_html(text: str, html: str) -> None:
    assert html_of(text) == html


def test_code_keeps_its_text_and_language() -> None:
    assert parse("```python\na\n\n b\n```") == (CodeBlock("```python\na\n\n b\n```", "a\n\n b", "python"),)


def test_an_open_fence_is_marked() -> None:
    (block,) = parse("```\na")
    assert isinstance(block, CodeBlock)
    assert not block.closed


@pytest.mark.parametrize("text", ["$$\na\n+ b\n$$", "\\[\na\n+ b\n\\]"])
def test_display_formula_may_hold_lines_that_look_like_lists(text: str) -> None:
    (block,) = parse(text)
    assert isinstance(block, FormulaBlock)
    assert block.tex == "a\n+ b"


def test_table_cells_and_alignment() -> None:
    (block,) = parse("| a | b |\n|:-:|--:|\n| **1** | x |")
    assert isinstance(block, TableBlock)
    assert (block.header, block.rows, block.align) == (("a", "b"), (("<strong>1</strong>", "x"),), ("center", "right"))


def test_code_in_a_list_item_is_a_block_of_its_own() -> None:
    kinds = [type(b).__name__ for b in parse("1. one\n   ```sh\n   ls\n   ```\n2. two")]
    assert kinds == ["ProseBlock", "CodeBlock", "ProseBlock"]
    last = parse("1. one\n   ```sh\n   ls\n   ```\n2. two")[-1]
    assert isinstance(last, ProseBlock)
    assert last.html == '<ol start="2"><li>two</li></ol>'


def test_long_prose_is_cut_into_runs() -> None:
    blocks = parse("一段文字。" * 40 + "\n\n" + ("下一段。" * 40 + "\n\n") * 20)
    assert len(blocks) > 4
    assert max(len(b.source) for b in blocks) < 1_500


def test_empty_texts_have_no_blocks() -> None:
    assert parse("") == parse(" \n\n") == ()


def test_blocks_of_an_item_say_how_deep_they_stand() -> None:
    text = "1. a\n\n   ```\n   x\n   ```\n\n   b\n\n   | c |\n   |---|\n\n   $$d$$\n2. e\n\n```\ny\n```"
    kinds = [(type(block).__name__.removesuffix("Block"), block.depth) for block in parse(text)]
    assert kinds == [("Prose", 0), ("Code", 1), ("Prose", 1), ("Table", 1), ("Formula", 1), ("Prose", 0), ("Code", 0)]
