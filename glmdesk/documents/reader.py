"""Which reader a file gets: by its bytes first, by its name where bytes do not tell."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

from glmdesk.documents import docx, epub, packages, pdf, plain, pptx, sheets
from glmdesk.documents.base import MAX_FILE, Reading, Unreadable

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_PAGES = (".html", ".htm", ".xhtml")
_READERS = {"docx": docx.read, "pptx": pptx.read, "xlsx": sheets.read, "ods": sheets.read, "epub": epub.read}


def read(path: Path) -> Reading:
    """The text of a document. Raises Unreadable, OSError, MemoryError."""
    size = path.stat().st_size
    if not path.is_file():
        raise Unreadable("file_kind")
    if size == 0:
        raise Unreadable("file_empty")
    if size > MAX_FILE:
        raise Unreadable("file_too_large")
    reading = _reading(path)
    if not reading.text.strip():
        raise Unreadable("file_empty")
    return reading


def _reading(path: Path) -> Reading:
    with path.open("rb") as file:
        head = file.read(1024)
    if b"%PDF-" in head:
        return pdf.read(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(path)
    if head.startswith(_OLD_OFFICE):
        return _old_office(path)
    if _is_image(head):
        raise Unreadable("file_image")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_page = path.suffix.lower() in _PAGES or start.startswith((b"<!doctype html", b"<html"))
    return plain.read_html(path) if is_page else plain.read_text(path)


def _is_image(head: bytes) -> bool:
    return head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or b"ftypheic" in head[:16]


def _package(path: Path) -> Reading:
    reader = _READERS.get(packages.kind_of(path))
    if reader is None:
        raise Unreadable("file_kind")
    try:
        return reader(path)
    except (Unreadable, MemoryError, OSError):
        raise
    except (BadZipFile, KeyError, ValueError, AttributeError, TypeError, RuntimeError, SyntaxError) as error:
        raise Unreadable("file_damaged") from error  # what the libraries raise at a broken part


def _old_office(path: Path) -> Reading:
    """A locked package is wrapped in the old format; old sheets can be read, old documents and slides cannot."""
    with path.open("rb") as file:
        if "EncryptedPackage".encode("utf-16-le") in file.read(1 << 20):
            raise Unreadable("file_password")
    if path.suffix.lower() in (".doc", ".ppt", ".pps", ".msg", ".wps", ".dps"):
        raise Unreadable("file_old")
    try:
        return sheets.read(path)
    except Unreadable as error:
        raise Unreadable("file_password" if error.kind == "file_password" else "file_old") from error
