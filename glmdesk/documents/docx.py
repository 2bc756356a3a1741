"""Word documents, with python-docx: paragraphs and tables in their order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from glmdesk.documents.base import Reading, gathered, table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read(path: Path) -> Reading:
    """Headings get `#`, items of lists `-`, tables become Markdown."""
    from docx import Document

    document: Any = Document(str(path))
    return gathered(_blocks(document), MEDIA_TYPE)


def _blocks(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield table([cell.text for cell in row.cells] for row in block.rows)
        else:
            yield _paragraph(block)


def _paragraph(paragraph: Any) -> str:
    text, style = str(paragraph.text), str(getattr(paragraph.style, "name", "") or "")
    if not text.strip():
        return ""
    level = style.removeprefix("Heading ")
    if style.startswith("Heading ") and level.isdigit():
        return f"{'#' * min(6, int(level))} {text}"
    if style == "Title":
        return f"# {text}"
    return f"- {text}" if style.startswith("List") else text
