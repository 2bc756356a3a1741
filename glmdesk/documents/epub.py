"""Books: the chapters in the order of reading."""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from glmdesk.documents.base import Reading, Unreadable, gathered
from glmdesk.documents.packages import open_package
from glmdesk.documents.plain import decoded
from glmdesk.domain.page_text import page_text

MEDIA_TYPE = "application/epub+zip"
# Attributes are looked for in the text: no XML parser means no entities to expand.
_ROOT = re.compile(r"<rootfile\b[^>]*?full-path=[\"']([^\"']+)")
_ITEM = re.compile(r"<(?:\w+:)?item\b([^>]*)>")
_REF = re.compile(r"<(?:\w+:)?itemref\b[^>]*?idref=[\"']([^\"']+)")
_ATTRIBUTE = re.compile(r"\b(id|href)=[\"']([^\"']*)")


def read(path: Path) -> Reading:
    """Raises Unreadable; a locked book gives no words."""
    with open_package(path) as package:
        reading = gathered(_chapters(package), MEDIA_TYPE)
        locked = "META-INF/encryption.xml" in package.namelist() and not reading.text.strip()
    if locked:
        raise Unreadable("file_password")
    return reading


def _chapters(package: ZipFile) -> Iterator[str]:
    root = _ROOT.search(_text(package, "META-INF/container.xml"))
    if root is None:
        raise Unreadable("file_damaged")
    opf = _text(package, root[1])
    places = {at["id"]: at["href"] for at in map(_attributes, _ITEM.findall(opf)) if {"id", "href"} <= at.keys()}
    for name in _REF.findall(opf):
        if name in places:
            chapter = posixpath.normpath(posixpath.join(posixpath.dirname(root[1]), unquote(places[name])))
            if chapter in package.namelist():
                yield page_text(_text(package, chapter), base="")


def _attributes(text: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(text))


def _text(package: ZipFile, name: str) -> str:
    try:
        return decoded(package.read(name))
    except (KeyError, BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("file_damaged") from error
