"""Reads a text file that the user gives to a template."""

from __future__ import annotations

from pathlib import Path

from glmdesk.ui.composer.clean import clean_text
from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS

MAX_BYTES = 2_000_000


class TextFileProblem(Exception):
    """The file was not taken; `text_id` says why."""

    def __init__(self, text_id: str) -> None:
        super().__init__(text_id)
        self.text_id = text_id


def read_text_file(path: Path) -> str:
    """UTF-8 (with or without a mark), UTF-16 with a mark, or GB18030. Raises TextFileProblem."""
    try:
        # A pipe or a device would never end.
        if not path.is_file():
            raise TextFileProblem("scenario.file.not_a_file")
        if path.stat().st_size > MAX_BYTES:
            raise TextFileProblem("scenario.file.too_large")
        data = path.read_bytes()
    except OSError as error:
        raise TextFileProblem("scenario.file.unreadable") from error
    text = clean_text(_decode(data))
    if len(text) > MAX_CHARACTERS:
        raise TextFileProblem("scenario.file.too_long")
    return text


def _decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    elif b"\x00" in data:
        raise TextFileProblem("scenario.file.not_text")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TextFileProblem("scenario.file.not_text")
