"""What Markdown becomes: the blocks the transcript paints and the exporters write.

`depth` is 1 for what belongs to an item of a list and stands in a block of its own, below the item's first words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProseBlock:
    """Paragraphs, headings, lists and quotes in a row.

    `html` is made by us from the token tree: a fixed set of tags, everything else escaped, no image, no style.
    """

    source: str
    html: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fence or an indented block; `closed` is False while its fence is still open."""

    source: str
    text: str
    language: str = ""
    closed: bool = True
    depth: int = 0


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A GFM table; cells are HTML under the same rules as prose. `align`: left, center, right or ''."""

    source: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[str, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class FormulaBlock:
    """A display formula; `tex` without its delimiters."""

    source: str
    tex: str
    depth: int = 0


Block = ProseBlock | CodeBlock | TableBlock | FormulaBlock
