"""Writes the lines of ui/transcript/part.py as HTML, as Markdown and as plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape

from glmdesk.ui.transcript.part import Line, Run
from glmdesk.ui.transcript.rich import MONO, PARTED

_SIGNS = re.compile(r"[\\`*\[\]$~]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_STARTS = re.compile(r"(?m)^( *)(#{1,6}(?=\s|$)|[-+](?=\s|$)|[>|]|[-=]+(?= *$)|(\d{1,9})([.)])(?=\s|$))")
_TAGS = {"bold": "strong", "italic": "em", "struck": "s", "sub": "sub", "sup": "sup"}
_MARKS = {
    "bold": ("**", "**"),
    "italic": ("*", "*"),
    "struck": ("~~", "~~"),
    "sub": ("<sub>", "</sub>"),
    "sup": ("<sup>", "</sup>"),
}


def to_html(parts: Sequence[Line]) -> str:
    """Rich text; items of a list that follow each other are one list, a list in an item is inside that item."""
    out: list[str] = []
    open_lists: list[str] = []
    before = 0  # the depth of the item whose words were written last
    for line in parts:
        _shift_lists(out, open_lists, line)
        words = line_html(line)
        if line.inside and line.depth == before == len(open_lists):
            out.append(f"{PARTED}{words}")
        elif line.depth and not line.inside:
            value = f' value="{line.number}"' if line.number else ""
            out.append(f"<li{value}>{words}")
        else:
            tag = f"h{line.level}" if line.level else "p"
            out.append(f"<{tag}>{words}</{tag}>")
        before = line.depth if not line.inside or line.depth == before else 0
    _close(out, open_lists, 0)
    return "".join(out)


def _shift_lists(out: list[str], open_lists: list[str], line: Line) -> None:
    """Close and open lists so that the next thing can be an item (or a paragraph inside one) of this line's depth."""
    if line.inside:
        _close(out, open_lists, min(line.depth, len(open_lists)))
        return
    _close(out, open_lists, line.depth)
    if line.depth and len(open_lists) == line.depth:
        out.append("</li>")
    while len(open_lists) < line.depth:
        open_lists.append("ol" if line.number else "ul")
        out.append(f"<{open_lists[-1]}>")
        if len(open_lists) < line.depth:
            out.append("<li>")


def _close(out: list[str], open_lists: list[str], depth: int) -> None:
    while len(open_lists) > depth:
        out.append(f"</li></{open_lists.pop()}>")


def line_html(line: Line) -> str:
    """The words of one line."""
    return "".join(_linked_html(link, runs) for link, runs in _by_link(line.runs))


def _linked_html(link: str, runs: Sequence[Run]) -> str:
    made = _nested(
        runs, _leaf_html, lambda out, mark: out + f"<{_TAGS[mark]}>", lambda out, mark: out + f"</{_TAGS[mark]}>"
    )
    return f'<a href="{escape(link)}">{made}</a>' if link else made


def _leaf_html(run: Run) -> str:
    made = escape(run.text).replace("\n", "<br>")
    return f'<code style="{MONO}">{made}</code>' if run.code or run.formula else made


def to_markdown(parts: Sequence[Line]) -> str:
    """Markdown of the same."""
    out: list[str] = []
    before = None
    widths: list[int] = []  # how far the words of each open item are indented, beyond the item around it
    for line in parts:
        if before is not None:
            tight = before.depth and line.depth and not line.inside
            out.append("\n" if tight else "\n\n")
        out.append(_indented(line, widths))
        before = line
    return "".join(out)


def _indented(line: Line, widths: list[int]) -> str:
    """A line behind its mark, all of it under the items that it is in."""
    mark = _mark(line)
    del widths[line.depth if line.inside else max(0, line.depth - 1) :]
    indent = " " * sum(widths)
    words = line_markdown(line)
    if line.depth and not line.inside:
        widths += [2] * (line.depth - 1 - len(widths)) + [len(mark)]
    inner = " " * sum(widths)
    return indent + mark + words.replace("\n", f"\n{inner}")


def line_markdown(line: Line) -> str:
    """The words of one line; what looks like the mark of a list or a heading is no mark."""
    made = "".join(_linked_markdown(link, runs) for link, runs in _by_link(line.runs))
    return made if line.level else _STARTS.sub(_no_mark, made)


def _no_mark(match: re.Match[str]) -> str:
    spaces, mark, digits, point = match.groups()
    return f"{spaces}{digits}\\{point}" if digits else f"{spaces}\\{mark}"


def _linked_markdown(link: str, runs: Sequence[Run]) -> str:
    made = _nested(runs, _leaf_markdown, _open_mark, _close_mark)
    if not link:
        return made
    return f"[{made}](<{link}>)" if re.search(r"[()\s]", link) else f"[{made}]({link})"


def _open_mark(out: str, mark: str) -> str:
    return out + _MARKS[mark][0]


def _close_mark(out: str, mark: str) -> str:
    """White space stands outside: a mark after a space closes nothing."""
    words = out.rstrip()
    return words + _MARKS[mark][1] + out[len(words) :]


def _leaf_markdown(run: Run) -> str:
    if run.formula:
        return run.text
    if run.code:
        fence = "`" * (1 + max((len(ticks) for ticks in re.findall("`+", run.text)), default=0))
        pad = " " if run.text.startswith("`") or run.text.endswith("`") else ""
        return f"{fence}{pad}{run.text}{pad}{fence}"
    return _SIGNS.sub(r"\\\g<0>", run.text).replace("\n", "  \n")


def to_plain(parts: Sequence[Line]) -> str:
    """The words, one line per paragraph; items keep their marks."""
    return "\n".join(
        ("  " * (line.depth - 1) + _mark(line) if line.depth else "") + "".join(run.text for run in line.runs)
        for line in parts
    )


def _mark(line: Line) -> str:
    if line.inside:
        return ""
    if line.depth:
        return f"{line.number}. " if line.number else "- "
    return "#" * line.level + " " if line.level else ""


def _by_link(runs: Sequence[Run]) -> Iterator[tuple[str, list[Run]]]:
    """Runs that follow each other and lead to the same place."""
    group: list[Run] = []
    for run in runs:
        if group and run.link != group[-1].link:
            yield group[-1].link, group
            group = []
        group.append(run)
    if group:
        yield group[-1].link, group


def _nested(
    runs: Sequence[Run],
    leaf: Callable[[Run], str],
    opened: Callable[[str, str], str],
    closed: Callable[[str, str], str],
) -> str:
    """Words in marks that are opened and closed as the look changes, one inside the other."""
    out = ""
    stack: list[str] = []
    for run in runs:
        words, marks = leaf(run), _marks_of(run)
        blank = not run.text.strip()
        while stack and not set(stack) <= set(marks):
            out = closed(out, stack.pop())
        for mark in marks:
            if mark not in stack and not blank:
                spaces = words[: len(words) - len(words.lstrip())] if mark in _MARKS and not run.code else ""
                out, words = opened(out + spaces, mark), words[len(spaces) :]
                stack.append(mark)
        out += words
    while stack:
        out = closed(out, stack.pop())
    return out


def _marks_of(run: Run) -> list[str]:
    wanted = (("bold", run.bold), ("italic", run.italic), ("struck", run.struck), (run.script, bool(run.script)))
    return [mark for mark, has in wanted if has]
