"""The words of a part of a laid out document with their look; ui/transcript/part_text.py writes them down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, cast

from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextDocument, QTextFragment, QTextList, QTextListFormat

from glmdesk.markup.links import link_allowed

_SCRIPTS = {
    QTextCharFormat.VerticalAlignment.AlignSubScript: "sub",
    QTextCharFormat.VerticalAlignment.AlignSuperScript: "sup",
}


class Formulas(Protocol):
    """The formulas of a document: `sources` of the name of a picture, and whether some words are one without."""

    def sources(self, picture: str) -> str: ...

    def undrawn(self, words: str) -> bool: ...


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
    script: str = ""  # "sub" or "sup"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a heading (`level` 1 to 6) or an item of a list (`depth` from 1, `number` 0 for a dot).

    `inside`: a further paragraph of an item of this depth.
    """

    runs: tuple[Run, ...]
    level: int = 0
    depth: int = 0
    number: int = 0
    inside: bool = False


def lines(document: QTextDocument, start: int, end: int, formulas: Formulas) -> Iterator[Line]:
    """The paragraphs of a document between two positions, with the sources of its formulas."""
    block = document.findBlock(start)
    while block.isValid() and block.position() < end:
        runs = tuple(_runs(block, start, end, formulas))
        if runs:
            yield _line(block, runs, whole=block.position() >= start)
        block = block.next()


def _line(block: QTextBlock, runs: tuple[Run, ...], *, whole: bool) -> Line:
    items = cast("QTextList | None", block.textList())  # None outside lists, whatever the stubs say
    if not whole:
        return Line(runs)
    if items is None:
        look = block.blockFormat()
        return Line(runs, level=look.headingLevel(), depth=look.indent(), inside=look.indent() > 0)
    style = items.format()
    counted = style.style() is QTextListFormat.Style.ListDecimal
    number = items.itemNumber(block) + style.start() if counted else 0
    return Line(runs, depth=max(1, style.indent()), number=number)


def _runs(block: QTextBlock, start: int, end: int, formulas: Formulas) -> Iterator[Run]:
    bold_anyway = block.blockFormat().headingLevel() > 0
    for fragment in _fragments(block):
        low, high = max(start, fragment.position()), min(end, fragment.position() + fragment.length())
        if low < high and fragment.charFormat().isImageFormat():
            yield Run(formulas.sources(fragment.charFormat().toImageFormat().name()), formula=True)
        elif low < high:
            # Cut in Qt's units: a wide character counts two.
            units = fragment.text().encode("utf-16-le", "surrogatepass")
            at = fragment.position()
            text = units[2 * (low - at) : 2 * (high - at)].decode("utf-16-le", "ignore")
            run = _run(text, fragment.charFormat(), bold_anyway=bold_anyway)
            yield Run(f"${text}$", formula=True) if run.code and formulas.undrawn(text) else run


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
        script=_SCRIPTS.get(look.verticalAlignment(), ""),
    )


def _families(look: QTextCharFormat) -> list[str]:
    families = cast("list[str] | None", look.fontFamilies())
    return [str(name) for name in families or ()]
