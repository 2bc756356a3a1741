"""A part of a laid out document as HTML and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import cast

from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextDocument, QTextFragment, QTextList, QTextListFormat

from glmdesk.markup.links import link_allowed
from glmdesk.ui.transcript.rich import MONO

_SIGNS = re.compile(r"([\\`*\[\]])")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    code: bool = False
    link: str = ""
    formula: bool = False  # TeX between its signs


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a heading (`level` 1 to 6) or an item of a list (`depth` from 1, `number` 0 for a dot)."""

    runs: tuple[Run, ...]
    level: int = 0
    depth: int = 0
    number: int = 0


def lines(document: QTextDocument, start: int, end: int, source_of: Callable[[str], str]) -> Iterator[Line]:
    """The paragraphs of a document between two positions; `source_of` the name of a picture is its formula."""
    block = document.findBlock(start)
    while block.isValid() and block.position() < end:
        runs = tuple(_runs(block, start, end, source_of))
        if runs:
            yield _line(block, runs, whole=block.position() >= start)
        block = block.next()


def _line(block: QTextBlock, runs: tuple[Run, ...], *, whole: bool) -> Line:
    items = cast("QTextList | None", block.textList())  # None outside lists, whatever the stubs say
    if not whole:
        return Line(runs)
    if items is None:
        return Line(runs, level=block.blockFormat().headingLevel())
    style = items.format()
    counted = style.style() is QTextListFormat.Style.ListDecimal
    number = items.itemNumber(block) + 1 if counted else 0
    return Line(runs, depth=max(1, style.indent()), number=number)


def _runs(block: QTextBlock, start: int, end: int, source_of: Callable[[str], str]) -> Iterator[Run]:
    bold_anyway = block.blockFormat().headingLevel() > 0
    for fragment in _fragments(block):
        low, high = max(start, fragment.position()), min(end, fragment.position() + fragment.length())
        if low < high and fragment.charFormat().isImageFormat():
            yield Run(source_of(fragment.charFormat().toImageFormat().name()), formula=True)
        elif low < high:
            # Cut in Qt's units: a wide character counts two.
            units = fragment.text().encode("utf-16-le", "surrogatepass")
            at = fragment.position()
            text = units[2 * (low - at) : 2 * (high - at)].decode("utf-16-le", "ignore")
            yield _run(text, fragment.charFormat(), bold_anyway=bold_anyway)


def _fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    at = block.begin()
    while not at.atEnd():
        yield at.fragment()
        at += 1


def _run(text: str, look: QTextCharFormat, *, bold_anyway: bool) -> Run:
    link = look.anchorHref() if look.isAnchor() else ""
    return Run(
        text.replace("\u2028", "\n"),
        bold=look.fontWeight() >= QFont.Weight.DemiBold and not bold_anyway,
        italic=look.fontItalic(),
        struck=look.fontStrikeOut(),
        code=look.fontFixedPitch() or any("mono" in name.lower() for name in _families(look)),
        link=link if link_allowed(link) else "",
    )


def _families(look: QTextCharFormat) -> list[str]:
    families = cast("list[str] | None", look.fontFamilies())
    return [str(name) for name in families or ()]


def to_html(parts: list[Line]) -> str:
    """Rich text; items of a list that follow each other are one list."""
    out: list[str] = []
    open_lists: list[str] = []
    for line in parts:
        _shift_lists(out, open_lists, line)
        words = "".join(_run_html(run) for run in line.runs)
        tag = "li" if line.depth else (f"h{line.level}" if line.level else "p")
        value = f' value="{line.number}"' if line.number else ""
        out.append(f"<{tag}{value}>{words}</{tag}>")
    _close(out, open_lists, 0)
    return "".join(out)


def _shift_lists(out: list[str], open_lists: list[str], line: Line) -> None:
    _close(out, open_lists, line.depth)
    while len(open_lists) < line.depth:
        open_lists.append("ol" if line.number else "ul")
        out.append(f"<{open_lists[-1]}>")


def _close(out: list[str], open_lists: list[str], depth: int) -> None:
    while len(open_lists) > depth:
        out.append(f"</{open_lists.pop()}>")


def _run_html(run: Run) -> str:
    made = escape(run.text).replace("\n", "<br>")
    if run.code or run.formula:
        made = f'<code style="{MONO}">{made}</code>'
    for wanted, tag in ((run.bold, "strong"), (run.italic, "em"), (run.struck, "s")):
        made = f"<{tag}>{made}</{tag}>" if wanted else made
    return f'<a href="{escape(run.link)}">{made}</a>' if run.link else made


def to_markdown(parts: list[Line]) -> str:
    """Markdown of the same."""
    out: list[str] = []
    before = None
    for line in parts:
        if before is not None:
            out.append("\n" if before.depth and line.depth else "\n\n")
        out.append(_prefix(line) + "".join(_run_markdown(run) for run in line.runs))
        before = line
    return "".join(out)


def to_plain(parts: list[Line]) -> str:
    """The words, one line per paragraph; items keep their marks."""
    return "\n".join((_prefix(line) if line.depth else "") + "".join(run.text for run in line.runs) for line in parts)


def _prefix(line: Line) -> str:
    if line.depth:
        return "  " * (line.depth - 1) + (f"{line.number}. " if line.number else "- ")
    return "#" * line.level + " " if line.level else ""


def _run_markdown(run: Run) -> str:
    if run.formula:
        return run.text
    if run.code:
        return f"``{run.text}``" if "`" in run.text else f"`{run.text}`"
    made = _SIGNS.sub(r"\\\1", run.text).replace("\n", "  \n")
    if made.strip():
        for wanted, sign in ((run.bold, "**"), (run.italic, "*"), (run.struck, "~~")):
            made = f"{sign}{made}{sign}" if wanted else made
    return f"[{made}]({run.link})" if run.link else made
