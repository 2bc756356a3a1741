"""Inline and block rules of our dialect: formulas, footnote marks and a handful of harmless tags.

Every block rule decides from the line it starts on up to the next blank line and never from what may follow, so that
a growing text can be parsed piece by piece with the same outcome.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

INLINE_LIMIT = 20_000  # characters of one paragraph that are still parsed for emphasis and links
_MARKS_LIMIT = 2_000  # brackets, stars and the like of one paragraph; more is an attack or a data dump
_TEX_LIMIT = 4_000

_SAFE_TAG = re.compile(r"<(/?)(br|sub|sup|kbd)\s*/?>", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,40})\](:?)")
_HAN = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_MONEY = re.compile(rf"\d[^\\]*([A-Za-z]{{3,}}|[{_HAN}])[^\\]*\Z|\d[\d.,]*\s", re.DOTALL)
_CLOSERS = {"$$": "$$", "\\[": "\\]"}
_MARKS = re.compile(r"[\[\]*_`~<!\\$]")


def install(md: MarkdownIt) -> None:
    """Add all rules to a parser."""
    md.inline.ruler.before("escape", "formula_brackets", _bracket_formula)
    md.inline.ruler.before("escape", "formula_dollars", _dollar_formula)
    md.inline.ruler.before("link", "footnote_mark", _footnote)
    md.inline.ruler.before("html_inline", "safe_tag", _safe_tag)
    md.block.ruler.before("fence", "formula_block", _formula_block, {"alt": ["paragraph", "reference", "blockquote"]})
    md.core.ruler.before("inline", "plain_when_huge", _plain_when_huge)


def _formula(state: StateInline, tex: str, end: int, silent: bool) -> bool:
    if not tex.strip() or len(tex) > _TEX_LIMIT:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content = tex.strip()
        token.markup = state.src[state.pos : end]
    state.pos = end
    return True


def _bracket_formula(state: StateInline, silent: bool) -> bool:
    opener = state.src[state.pos : state.pos + 2]
    if opener not in ("\\(", "\\["):
        return False
    closer = "\\)" if opener == "\\(" else "\\]"
    end = state.src.find(closer, state.pos + 2, state.posMax)
    if end < 0 or (opener == "\\[" and state.src[state.pos + 2 : end].isdigit()):  # `\[1\]` quotes a source
        return False
    return _formula(state, state.src[state.pos + 2 : end], end + 2, silent)


def _dollar_formula(state: StateInline, silent: bool) -> bool:
    src, pos = state.src, state.pos
    if src[pos] != "$":
        return False
    if src.startswith("$$", pos):
        end = src.find("$$", pos + 2, state.posMax)
        return end > 0 and _formula(state, src[pos + 2 : end], end + 2, silent)
    end = _closing_dollar(src, pos, state.posMax)
    return end > 0 and _formula(state, src[pos + 1 : end], end + 1, silent)


def _closing_dollar(src: str, pos: int, limit: int) -> int:
    """Where the formula that opens at `pos` closes; -1 when the dollars are money or plain text."""
    before, first = src[pos - 1 : pos], src[pos + 1 : pos + 2]
    if not first or first.isspace() or (before.isascii() and before.isalnum()):
        return -1
    end = src.find("$", pos + 1, min(limit, pos + _TEX_LIMIT))
    while end > 0 and src[end - 1] == "\\":
        end = src.find("$", end + 1, min(limit, pos + _TEX_LIMIT))
    if end < 0 or src[end - 1].isspace() or src[end + 1 : end + 2].isdigit():
        return -1
    tex = src[pos + 1 : end]
    return -1 if "`" in tex or _MONEY.match(tex) else end


def _footnote(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    match = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    at_line_start = state.pos == 0 or state.src[state.pos - 1] == "\n"
    defines = bool(match[2]) and at_line_start
    if not silent:
        token = state.push("footnote", "", 0)
        token.content = match[1]
        token.meta = {"defines": defines}
    state.pos = match.end() if defines else match.end(1) + 1
    return True


def _safe_tag(state: StateInline, silent: bool) -> bool:
    match = _SAFE_TAG.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("safe_tag", match[2].lower(), 0)
        token.content = match[0]
        token.meta = {"closes": bool(match[1])}
    state.pos = match.end()
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`$$ … $$` and `\\[ … \\]` that begin a line; the lines to the closing mark or to a blank line belong to it."""
    opener = _line(state, start)[:2]
    if opener not in _CLOSERS or state.is_code_block(start):
        return False
    last, rest = _formula_end(state, start, end, _CLOSERS[opener])
    if last == start and rest:
        return False  # words follow on the same line: an ordinary paragraph
    if silent:
        return True
    state.line = last + 1
    content = state.getLines(start, last + 1, state.blkIndent, False).strip()
    unclosed = rest is None and ("\\" in content[2:] or not _line(state, start)[2:].strip())
    if unclosed or (rest == "" and len(content) > 4):
        token = state.push("formula_block", "", 0)
        token.content, token.map = content[2 : None if unclosed else -2].strip(), [start, last + 1]
    else:
        _as_paragraph(state, start, content)
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _formula_end(state: StateBlock, start: int, end: int, closer: str) -> tuple[int, str | None]:
    """(last line, what follows the closing mark on it; None when it never closes)."""
    number = start
    while number < end and not state.isEmpty(number):
        if number > start and state.sCount[number] < state.blkIndent:
            break
        line = _line(state, number)
        at = line.find(closer, 2 if number == start else 0)
        if at >= 0:
            return number, line[at + 2 :].strip()
        number += 1
    return number - 1, None


def _as_paragraph(state: StateBlock, start: int, content: str) -> None:
    state.push("paragraph_open", "p", 1).map = [start, state.line]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = content, [start, state.line], []
    state.push("paragraph_close", "p", -1)


def _plain_when_huge(state: StateCore) -> None:
    """Paragraphs that would cost too much become one plain text."""
    from markdown_it.token import Token

    for token in state.tokens:
        if token.type != "inline" or len(token.content) < _MARKS_LIMIT:
            continue
        if len(token.content) > INLINE_LIMIT or len(_MARKS.findall(token.content)) > _MARKS_LIMIT:
            token.children = [Token("text", "", 0, content=token.content)]
            token.type = "plain_inline"
