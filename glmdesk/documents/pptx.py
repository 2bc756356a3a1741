"""Slides, with python-pptx: the words of each slide and its notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from glmdesk.documents.base import Reading, gathered, table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def read(path: Path) -> Reading:
    """One part per slide; notes follow as a quotation."""
    from pptx import Presentation

    presentation: Any = Presentation(str(path))
    return gathered(_slides(presentation), MEDIA_TYPE)


def _slides(presentation: Any) -> Iterator[str]:
    for number, slide in enumerate(presentation.slides, 1):
        words = list(_shapes(slide.shapes))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            notes = str(slide.notes_slide.notes_text_frame.text).strip()
            words += [f"> {line}" for line in notes.splitlines()]
        if words:
            yield "\n".join([f"## {number}", *words])


def _shapes(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            yield from _shapes(shape.shapes)
        elif getattr(shape, "has_table", False):
            yield table([cell.text for cell in row.cells] for row in shape.table.rows)
        elif shape.has_text_frame and shape.text_frame.text.strip():
            yield str(shape.text_frame.text).replace("\v", "\n")
