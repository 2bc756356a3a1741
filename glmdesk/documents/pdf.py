"""PDF, with PDFium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from glmdesk.documents.base import MAX_PAGES, Reading, Unreadable, gathered

MEDIA_TYPE = "application/pdf"


def read(path: Path) -> Reading:
    """The text of the pages in order. Raises Unreadable."""
    import pypdfium2

    try:
        document: Any = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("file_password" if "password" in str(error).lower() else "file_damaged") from error
    try:
        count = len(document)
        reading = gathered(_pages(document, min(count, MAX_PAGES)), MEDIA_TYPE)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("file_damaged") from error
    finally:
        document.close()
    if not reading.text.strip():
        raise Unreadable("file_scanned" if count else "file_empty")
    return Reading(reading.text, MEDIA_TYPE, "pages") if count > MAX_PAGES else reading


def _pages(document: Any, count: int) -> Iterator[str]:
    for number in range(count):
        page = document[number]
        text = page.get_textpage()
        yield str(text.get_text_bounded()).replace("\r\n", "\n").replace("\ufffe", "")
        text.close()
        page.close()
