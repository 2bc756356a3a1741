"""ZIP packages of office programs and books: what is in them, and that they are no bombs."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile, ZipFile

from glmdesk.documents.base import MAX_UNPACKED, Unreadable

_MAX_ENTRIES = 20_000
_ENCRYPTED = 0x1


def open_package(path: Path) -> ZipFile:
    """An open package that may be unpacked. Raises Unreadable."""
    try:
        package = ZipFile(path)
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("file_damaged") from error
    try:
        check(package)
    except Unreadable:
        package.close()
        raise
    return package


def check(package: ZipFile) -> None:
    """Sizes and locks as the directory tells them; reading stops at the size that is told there."""
    entries = package.infolist()
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable("file_bomb")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Unreadable("file_password")


def kind_of(path: Path) -> str:
    """`docx`, `pptx`, `xlsx`, `epub` or '' by what the package holds, whatever its name says."""
    with open_package(path) as package:
        names = frozenset(package.namelist())
    for name, kind in (
        ("word/document.xml", "docx"),
        ("ppt/presentation.xml", "pptx"),
        ("xl/workbook.xml", "xlsx"),
        ("xl/workbook.bin", "xlsx"),
        ("META-INF/container.xml", "epub"),
        ("content.xml", "ods"),
    ):
        if name in names:
            return kind
    return ""
