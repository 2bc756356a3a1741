"""Which links may open, and which ones ask first (faults.md row 54)."""

from __future__ import annotations

import pytest

from glmdesk.domain.blocks import ProseBlock
from glmdesk.markup.document import parse
from glmdesk.markup.links import doubt, link_allowed, other_host, visible_direction

CLEAR = [
    ("the bank", "https://bank.example/"),
    ("https://bank.example", "https://bank.example"),
    ("https://bank.example/a", "https://www.bank.example/b"),
    ("www.bank.example", "http://bank.example"),
    ("bank.example", "https://bank.example/login"),
    ("BANK.example", "https://bank.example"),
    ("bank.example.", "https://bank.example"),
    ("README.md", "https://code.example/README.md"),
    ("main.py", "https://code.example/main.py"),
    ("见文档", "https://docs.example/zh"),
    ("1.5", "https://e.example"),
    ("a@bank.example", "mailto:a@bank.example"),
    ("写信", "mailto:a@bank.example?subject=x"),
    ("mailto:a@b.example", "mailto:a@b.example"),
    ("https://bank.example:8443/x", "https://bank.example:8443/x"),
]
ASKS = [
    ("https://bank.example", "https://evil.example/x"),
    ("bank.example", "https://evil.example"),
    ("www.bank.example", "https://evil.example"),
    ("//bank.example", "https://evil.example"),
    ("HTTPS://BANK.EXAMPLE", "https://evil.example"),
    ("bank.example/login?a=b", "https://evil.example/login"),
    ("bank.example:443", "https://evil.example"),
    ("请登录 https://bank.example 查看", "https://evil.example"),
    ("(www.bank.example)", "https://evil.example"),
    ("https://bank.example", "https://bank.example.evil.example"),
    ("https://bank.example", "https://bank-example.evil"),
    ("https://bank.example", "http://127.0.0.1/"),
    ("https://bank.example", "https://[::1]/"),
    ("sub.bank.example", "https://bank.example"),
    ("https://bank.example", "https://bank.example@evil.example"),
    ("银行", "https://bank.example@evil.example"),
    ("银行", "https://user:pass@evil.example"),
    ("银行", "https://bank.example%2f@evil.example"),
    ("银行", "https://bank.example\\@evil.example"),
    ("银行", "https://xn--bnk-7na.example"),
    ("bаnk.example", "https://xn--bnk-8cd.example"),
    ("例子.example", "https://xn--fsqu00a.example"),
    ("ba\u200bnk.example", "https://evil.example"),
    ("ba\u00adnk", "https://e.example"),
    ("\u202eelpmaxe.knab", "https://e.example"),
    ("[U+202E]elpmaxe.knab", "https://e.example"),
    ("a\u2066b", "https://e.example"),
    ("a\u200eb", "https://e.example"),
    ("a\u061cb", "https://e.example"),
    ("a@bank.example", "mailto:b@evil.example"),
    ("a@bank.example", "mailto:a%40evil.example@evil.example"),
    ("▣ 图 · https://e.example/a.png", "https://e.example/a.png"),
    ("▣", "https://e.example"),
    ("x", "https://e.example:port/"),
    ("x", "https://[e.example/"),
]
NEVER = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "vbscript:x",
    "file:///etc/passwd",
    "data:text/html,x",
    "smb://host/share",
    "ssh://host",
    "steam://run/1",
    "ms-settings:x",
    "glmdesk://chat?q=x",
    "\\\\host\\share",
    "//host/x",
    "/etc/passwd",
    "#top",
    "tel:1",
    " https://e.example",
    "",
]


@pytest.mark.parametrize(("text", "href"), CLEAR)
def test_plain_links_open_at_once(text: str, href: str) -> None:
    assert doubt(text, href) == ""


@pytest.mark.parametrize(("text", "href"), ASKS)
def test_links_that_may_mislead_ask_first(text: str, href: str) -> None:
    assert doubt(text, href)


@pytest.mark.parametrize("href", NEVER)
def test_other_schemes_never_open(href: str) -> None:
    assert not link_allowed(href)
    html = "".join(b.html for b in parse(f"[x](<{href}>)") if isinstance(b, ProseBlock))
    assert "<a " not in html or 'href="https://e.example"' in html


def test_there_are_sixty_cases() -> None:
    assert len(CLEAR) + len(ASKS) + len(NEVER) >= 60


def test_the_real_host_stands_behind_a_text_that_names_another() -> None:
    assert other_host("https://bank.example", "https://evil.example/x") == "evil.example"
    assert other_host("a@bank.example", "mailto:b@evil.example") == "b@evil.example"
    html = "".join(b.html for b in parse("[bank.example](https://例子.example)") if isinstance(b, ProseBlock))
    assert "(xn--fsqu00a.example)" in html


def test_marks_that_turn_letters_round_are_seen() -> None:
    assert visible_direction("a\u202eb") == "a[U+202E]b"
    assert visible_direction("a\u200eb") == "a\u200eb"
    for text in ("a\u202eb", "`a\u202eb`", "[a\u202eb](https://e.example)", "![a\u202eb](x.png)", "**a\u202eb**"):
        html = "".join(b.html for b in parse(text) if isinstance(b, ProseBlock))
        assert "\u202e" not in html
        assert "[U+202E]" in html
