"""Tokens to HTML: a fixed set of tags, everything else escaped, no image, no style."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from glmdesk.markup.links import CHIP, link_allowed, other_host, visible_direction

if TYPE_CHECKING:
    from markdown_it.token import Token

_REST = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+"
_URL = re.compile(
    rf"https?://{_REST}"
    rf"|(?<![A-Za-z0-9._:/@+-])www\.[A-Za-z0-9-]+\.{_REST}"
    r"|(?<![A-Za-z0-9._:/@+-])[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?![A-Za-z0-9_@-])"
)
_URL_TAIL = ".,;:!?'*_~"
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_TASK = re.compile(r"\[([ xX])\]\s+")
_PAIRS = {"strong": "strong", "em": "em", "s": "s"}


def render_inline(children: Sequence[Token]) -> str:
    """The HTML of one paragraph's tokens."""
    return "".join(_Inline(children).pieces())


class _Inline:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._paired = _paired_tags(tokens)
        self._links: list[tuple[str, int]] = []  # (address or '', first token inside)

    def pieces(self) -> Iterator[str]:
        for i, token in enumerate(self._tokens):
            rule = getattr(self, f"_{token.type}", None)
            if rule is not None:
                yield rule(i, token)
            elif token.nesting and token.tag in _PAIRS:
                yield f"<{'/' if token.nesting < 0 else ''}{token.tag}>"
            else:
                yield escape(token.content)

    def _text(self, _i: int, token: Token) -> str:
        if self._links:
            return escape(visible_direction(token.content, all_marks=True))
        return _escape_text(visible_direction(token.content))

    def _softbreak(self, i: int, _token: Token) -> str:
        if _defines_footnote(self._after(i)):
            return "<br>"
        return "" if _CJK.match(self._before_char(i)) and _CJK.match(self._after_char(i)) else " "

    def _hardbreak(self, _i: int, _token: Token) -> str:
        return "<br>"

    def _code_inline(self, _i: int, token: Token) -> str:
        return f"<code>{escape(visible_direction(token.content))}</code>"

    def _formula(self, _i: int, token: Token) -> str:
        return f'<code class="math">{escape(token.content)}</code>'

    def _footnote(self, _i: int, token: Token) -> str:
        return f"<sup>[{escape(token.content)}]</sup>"

    def _safe_tag(self, i: int, token: Token) -> str:
        if token.tag == "br":
            return "<br>"
        return f"<{'/' if token.meta['closes'] else ''}{token.tag}>" if i in self._paired else escape(token.content)

    def _image(self, _i: int, token: Token) -> str:
        address = str(token.attrGet("src") or "")
        words = visible_direction(_plain(token.children or []), all_marks=True)
        label = escape(" · ".join(part for part in (words, visible_direction(address)) if part))
        if link_allowed(address):
            return f'<a href="{escape(address)}" class="image">{CHIP} {label}</a>'
        return f'<code class="image">{CHIP} {label}</code>'

    def _link_open(self, i: int, token: Token) -> str:
        href = str(token.attrGet("href") or "")
        self._links.append((href, i + 1))
        return f'<a href="{escape(href)}">' if link_allowed(href) else ""

    def _link_close(self, i: int, _token: Token) -> str:
        href, first = self._links.pop()
        said = "".join(t.content for t in self._tokens[first:i])
        if not link_allowed(href):
            told = not href or href.startswith("#") or said == href
            return "" if told else f" ({escape(visible_direction(href))})"
        host = other_host(said, href)
        return f"</a> ({escape(host)})" if host else "</a>"

    def _after(self, i: int) -> Token | None:
        return self._tokens[i + 1] if i + 1 < len(self._tokens) else None

    def _before_char(self, i: int) -> str:
        return next((t.content[-1] for t in reversed(self._tokens[:i]) if t.content), "")

    def _after_char(self, i: int) -> str:
        return next((t.content[0] for t in self._tokens[i + 1 :] if t.content), "")


def _plain(tokens: Sequence[Token]) -> str:
    """The words of an image's description."""
    return "".join(_plain(t.children or []) if t.type == "image" else t.content or " " * _breaks(t) for t in tokens)


def _breaks(token: Token) -> bool:
    return token.type in ("softbreak", "hardbreak")


def _defines_footnote(token: Token | None) -> bool:
    return token is not None and token.type == "footnote" and bool(token.meta["defines"])


def _paired_tags(tokens: Sequence[Token]) -> set[int]:
    """Places of the safe tags that open and close on the same level; the others stay text."""
    paired: set[int] = set()
    opened: list[tuple[int, Token]] = []
    for i, token in enumerate(tokens):
        if token.type != "safe_tag" or token.tag == "br":
            continue
        if not token.meta["closes"]:
            opened.append((i, token))
        elif opened and opened[-1][1].tag == token.tag and opened[-1][1].level == token.level:
            paired |= {opened.pop()[0], i}
    return paired


def _escape_text(text: str) -> str:
    """Escaped text whose bare addresses are links."""
    if not any(sign in text for sign in ("://", "www.", "@")):
        return escape(text)
    out: list[str] = []
    last = 0
    for match in _URL.finditer(text):
        address = _trimmed(match[0])
        target = address if "://" in address else f"http://{address}" if address[:4] == "www." else f"mailto:{address}"
        out += [escape(text[last : match.start()]), f'<a href="{escape(target)}">{escape(address)}</a>']
        last = match.start() + len(address)
    return "".join([*out, escape(text[last:])])


def _trimmed(address: str) -> str:
    """An address without the punctuation of the sentence around it."""
    while address and (address[-1] in _URL_TAIL or (address[-1] == ")" and address.count("(") < address.count(")"))):
        address = address[:-1]
    return address


def render_blocks(tokens: Sequence[Token]) -> str:
    """The HTML of a run of block tokens (whole, balanced)."""
    out: list[str] = []
    for i, token in enumerate(tokens):
        rule = _BLOCKS.get(token.type)
        out.append(rule(tokens, i) if rule is not None else _plain_tag(token))
    return "".join(out)


def _plain_tag(token: Token) -> str:
    if token.type in ("table_open", "table_close"):
        return f"<{'/' if token.nesting < 0 else ''}table>"
    return f"<{'/' if token.nesting < 0 else ''}{token.tag}>" if token.tag in _BLOCK_TAGS else ""


_BLOCK_TAGS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "thead", "tbody", "tr", "th", "td")
)


def _inline_block(tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    html = render_inline(token.children or [])
    task = _TASK.match(token.content) if i > 1 and tokens[i - 2].type == "list_item_open" else None
    if task is None:
        return html
    mark = "☐" if task[1] == " " else "☑"
    return f"{mark} {html[4:].lstrip()}" if html.startswith("[") else html


def _paragraph(tokens: Sequence[Token], i: int) -> str:
    """Paragraph tags; the first paragraph of a list item stands in the item itself."""
    token = tokens[i]
    opens = i if token.nesting > 0 else i - 2
    in_item = opens > 0 and tokens[opens - 1].type == "list_item_open"
    if in_item:
        return ""
    return "<p>" if token.nesting > 0 else "</p>"


def _ordered(tokens: Sequence[Token], i: int) -> str:
    start = tokens[i].attrGet("start")
    return f'<ol start="{int(start)}">' if start is not None else "<ol>"


def _pre(tokens: Sequence[Token], i: int) -> str:
    return f"<pre>{escape(tokens[i].content)}</pre>"


def _formula_lines(tokens: Sequence[Token], i: int) -> str:
    return f'<p><code class="math">{escape(tokens[i].content)}</code></p>'


_BLOCKS: dict[str, Callable[[Sequence[Token], int], str]] = {
    "inline": _inline_block,
    "plain_inline": lambda tokens, i: escape(tokens[i].content),
    "paragraph_open": _paragraph,
    "paragraph_close": _paragraph,
    "ordered_list_open": _ordered,
    "fence": _pre,
    "code_block": _pre,
    "formula_block": _formula_lines,
    "hr": lambda tokens, i: "<hr>",
}
