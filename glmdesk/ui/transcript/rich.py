"""Rich text for other programs: HTML that Word, WPS and LibreOffice paste well, from blocks or a part of a document.

Only inline styles, no image, no script, links to the web and mail only; everything else is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape, unescape

from glmdesk.domain.blocks import Block, CodeBlock, FormulaBlock, ProseBlock, TableBlock

MONO = "font-family:Consolas,'Courier New',monospace"
PARTED = "<br><br>"  # between paragraphs of an item: LibreOffice takes those of their own out of the list
_CODE = f'<code style="{MONO}">'
_PRE = f'<pre style="{MONO};background:#f6f8fa;padding:6pt;white-space:pre-wrap">'
_TABLE = '<table border="1" cellspacing="0" cellpadding="5" style="border-collapse:collapse">'
_HEAD = "background:#f0f2f5;font-weight:bold"
_QUOTE = "<blockquote>"  # without a style: with a margin of its own LibreOffice indents the list after it
_MATH = re.compile(r'<code class="math">(.*?)</code>', re.DOTALL)
_CLASS = re.compile(r' class="[a-z]+"')
_TAG = re.compile(r"<[^>]*>")
_LIST = re.compile(r"<(/?)(ul|ol|li|p|h\d|blockquote|pre|tr|table)\b(?: start=\"(\d+)\")?[^>]*>|<br>|<hr>")

_EDGE = re.compile(r"<(/?)(ul|ol|li|p|h\d|blockquote|pre|table)\b[^>]*>")


def document(bodies: Iterable[str]) -> str:
    """A whole HTML page of bodies."""
    return f'<html><head><meta charset="utf-8"></head><body>{"".join(bodies)}</body></html>'


def paragraphs(text: str) -> str:
    """Plain text as it stands, its line breaks kept."""
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in re.split(r"\n{2,}", text))


def code(text: str) -> str:
    """Code with a fixed font; its spaces stay."""
    return f"{_PRE}{escape(text.rstrip(chr(10)))}</pre>"


def quote(text: str) -> str:
    """A thought: a quiet quotation."""
    return f"{_QUOTE}{paragraphs(text)}</blockquote>"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: Sequence[str]) -> str:
    """Cells are HTML of ours (domain/blocks.py). Without a header there are rows only."""
    head = f"<thead>{_row('th', header, align, _HEAD)}</thead>" if header else ""
    return f"{_TABLE}{head}<tbody>{''.join(_row('td', row, align, '') for row in rows)}</tbody></table>"


def _row(tag: str, cells: Sequence[str], align: Sequence[str], look: str) -> str:
    made: list[str] = []
    for number, cell in enumerate(cells):
        side = align[number] if number < len(align) and align[number] else "left"
        style = f"text-align:{side};{look}".rstrip(";")
        made.append(f'<{tag} style="{style}">{_styled(cell)}</{tag}>')
    return f"<tr>{''.join(made)}</tr>"


def _styled(html: str) -> str:
    """Our own HTML with the styles that other programs need, without our classes."""
    html = (
        _CLASS.sub("", _MATH.sub(r"<code>$\1$</code>", html))
        .replace("<code>", _CODE)
        .replace("<pre>", _PRE)
        .replace("<kbd>", _CODE)
    )
    return html.replace("</kbd>", "</code>").replace("<table>", _TABLE)


def block_html(block: Block) -> str:
    """A whole block."""
    match block:
        case ProseBlock():
            return _styled(_parted(block.html))
        case CodeBlock():
            return code(block.text)
        case TableBlock():
            return table(block.header, block.rows, block.align)
        case FormulaBlock():
            return f"<p>{_CODE}{escape(block.source.strip())}</code></p>"


def _parted(html: str) -> str:
    """The paragraphs that an item of a list begins with as one, with breaks between them."""
    out: list[str] = []
    last = 0
    flowing = written = False  # among the first words of an item; there are some already
    for edge in _EDGE.finditer(html):
        words = html[last : edge.start()]
        last, written = edge.end(), written or bool(words.strip())
        out.append(words)
        if edge[2] == "p" and flowing:
            out.append(PARTED if written and not edge[1] else "")
        else:
            out.append(edge[0])
            flowing, written = edge[2] == "li" and not edge[1], False
    return "".join([*out, html[last:]])


def block_plain(block: Block) -> str:
    """A whole block without mark-up: lists keep their marks, cells are parted by tabs."""
    match block:
        case ProseBlock():
            return plain(block.html)
        case CodeBlock():
            return block.text.rstrip("\n")
        case TableBlock():
            rows = [block.header, *block.rows]
            return "\n".join("\t".join(_words(cell) for cell in row) for row in rows)
        case FormulaBlock():
            return block.tex.strip()


def _words(html: str) -> str:
    return unescape(_TAG.sub("", _MATH.sub(r"$\1$", html.replace("<br>", " "))))


def plain(html: str) -> str:
    """The words of our own HTML with line breaks, list marks and indents."""
    out: list[str] = []
    lists: list[int | None] = []  # the next number, None for dots
    html = _MATH.sub(r"$\1$", html)
    last = 0
    marked = False  # nothing stands behind the mark of the item yet
    for match in _LIST.finditer(html):
        words = unescape(_TAG.sub("", html[last : match.start()]))
        out.append(words)
        last = match.end()
        marked = match[0] == "<li>" or (marked and not words.strip())
        further = match[0] == "<p>" and lists and not marked
        out.append("\n" + "  " * len(lists) if further else _break(match, lists))
    out.append(unescape(_TAG.sub("", html[last:])))
    return re.sub(r"\n{3,}", "\n\n", "".join(out)).strip("\n")


def _break(match: re.Match[str], lists: list[int | None]) -> str:
    closes, tag, start = match[1], match[2], match[3]
    if tag is None:
        return "\n" if match[0] == "<br>" else "\n\n---\n\n"
    if tag in ("ul", "ol"):
        return _list_edge(bool(closes), tag, start, lists)
    if tag == "li" and not closes:
        return _mark(lists)
    return "" if tag == "li" or lists else "\n\n"


def _list_edge(closes: bool, tag: str, start: str | None, lists: list[int | None]) -> str:
    if closes:
        del lists[-1:]
        return "" if lists else "\n\n"
    lists.append(int(start or 1) if tag == "ol" else None)
    return "" if len(lists) > 1 else "\n\n"


def _mark(lists: list[int | None]) -> str:
    number = lists[-1] if lists else None
    if number is not None:
        lists[-1] = number + 1
    mark = "- " if number is None else f"{number}. "
    return "\n" + "  " * (len(lists) - 1) + mark
