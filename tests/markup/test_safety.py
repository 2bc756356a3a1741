"""Whatever a model writes, the HTML has no image, no foreign tag, no foreign link, and parsing ends soon."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glmdesk.domain.blocks import Block, ProseBlock, TableBlock
from glmdesk.markup.document import parse
from tests.markup.samples import texts

_TAGS = "p|h[1-6]|ul|ol|li|blockquote|pre|code|strong|em|s|a|br|hr|sub|sup|kbd|table|thead|tbody|tr|th|td"
_ALLOWED = re.compile(
    rf"</?(?:{_TAGS})>|<ol start=\"\d+\">|<code class=\"(?:math|image)\">"
    r"|<a href=\"(?:https?:|mailto:)[^\"<>]*\"(?: class=\"image\")?>",
    re.IGNORECASE,
)


def _html(blocks: tuple[Block, ...]) -> str:
    out: list[str] = []
    for block in blocks:
        if isinstance(block, ProseBlock):
            out.append(block.html)
        elif isinstance(block, TableBlock):
            out += [*block.header, *(cell for row in block.rows for cell in row)]
    return "\n".join(out)


def check(text: str) -> str:
    html = _html(parse(text))
    left = _ALLOWED.sub("", html)
    assert "<" not in left, left
    assert ">" not in left, left
    return html


CARRIERS = [
    "![i](/dev/zero)",
    "![i](file:///etc/passwd)",
    "![i](http://h.example/x.png)",
    "![i][r]\n\n[r]: http://h.example/x.png",
    "![i](//h.example/x)",
    "![i](\\\\host\\share)",
    "![i](smb://host/x)",
    "![i](data:image/png;base64,AAAA)",
    '<img src="/dev/zero">',
    '<img src=x onerror="alert(1)">',
    "<svg><image href='http://h.example'/></svg>",
    "<style>@import 'http://h.example'</style>",
    "<script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](data:text/html,x)",
    "[x](smb://host/share)",
    "[x](steam://run/1)",
    "[x](/etc/passwd)",
    '[x](https://e.example/" onmouseover="x)',
    "<https://e.example/<b>>",
    "<javascript:alert(1)>",
    "<sub><img src=x></sub>",
    "<sub onclick=x>y</sub>",
    "</p></body><kbd>",
    "| <img src=x> | ![a](b) |\n|--|--|\n| <script> | [x](javascript:1) |",
    "`<img src=x>`",
    "$<img src=x>$",
    "[^<img>]: <b>",
    "- <img src=x>\n> <iframe src=x>",
    "&lt;img src=x&gt; &#60;img src=x&#62;",
]


@pytest.mark.parametrize("text", CARRIERS)
def test_no_carrier_becomes_a_tag(text: str) -> None:
    assert "<img" not in check(text)


@given(texts() | st.text(max_size=300) | st.text(alphabet="<>&\"'[]()!`*_~$\\|-:/ \nimgsrcahetp", max_size=200))
@settings(max_examples=400, deadline=None)
def test_only_our_tags_come_out(text: str) -> None:
    check(text)


def test_an_image_becomes_a_chip_with_its_whole_address() -> None:
    assert "/etc/passwd" in check("![photo](/etc/passwd)")
    assert "photo" in check("![photo](/etc/passwd)")


def test_a_link_that_names_another_host_shows_the_real_one() -> None:
    assert "(evil.example)" in check("[https://bank.example](https://evil.example/x)")
    assert "(" not in check("[https://bank.example](https://www.bank.example/x)")
    assert "(" not in check("[the bank](https://bank.example)")


def test_addresses_that_may_not_be_opened_are_shown_as_text() -> None:
    assert "/etc/passwd" in check("[x](/etc/passwd)")


def test_a_chinese_host_is_shown_in_punycode() -> None:
    assert "xn--" in check("[好](https://例子.example)")


def test_bidi_marks_leave_the_text_of_links() -> None:
    assert "\u202e" not in check("[a\u202eb](https://e.example)")


BOMBS = {
    "quotes": ">" * 10_000 + " x",
    "quote lines": "\n".join(">" * n + " x" for n in range(300)),
    "lists": "\n".join("  " * n + "- x" for n in range(300)),
    "list on one line": "- " * 5_000 + "x",
    "stars": "*" * 100_000,
    "star words": "*a " * 30_000,
    "brackets": "[" * 100_000,
    "bracket pairs": "[a](" * 20_000,
    "images": "![" * 30_000,
    "ticks": "".join("`" * (n % 60 + 1) + "a" for n in range(3_000)),
    "dollars": "$a" * 30_000,
    "one line": "word " * 200_000,
    "table": "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n" + ("|" + "x|" * 2_000 + "\n") * 20,
    "entities": "&amp;" * 30_000,
    "angles": "<" * 60_000,
    "tags": "<b>" * 30_000,
    "html table": "<table>" * 20_000,
    "emphasis": "**a_b" * 20_000,
    "tildes": "~~a" * 20_000,
    "footnotes": "[^1]: x\n" * 5_000,
    "definitions": "[a]: <" * 10_000,
    "fences": "```\n" * 20_000,
    "formulas": "$$\nx\n" * 10_000,
    "nul and surrogates": "\0\ud800" * 1_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_soon_and_keep_their_words(name: str) -> None:
    text = BOMBS[name]
    parse("warm")
    began = process_time()
    html = check(text)
    took = process_time() - began
    assert took < max(2.0, 0.4 * len(text) / 100_000 * 4), took
    if name in ("quotes", "lists", "quote lines", "list on one line"):
        assert "x" in html
