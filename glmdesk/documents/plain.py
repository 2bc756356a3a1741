"""Text, code and web pages: the encoding is found, whatever it is."""

from __future__ import annotations

from pathlib import Path

from glmdesk.documents.base import MAX_TEXT, Reading, Unreadable, gathered
from glmdesk.domain.page_text import page_text

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OTHERS = ("big5", "shift_jis", "euc_jp", "euc_kr", "cp1251", "cp1252")
_MOST_BYTES = 4 * MAX_TEXT
_SAMPLE = 64_000  # bytes from which a rare encoding is guessed


def read_text(path: Path) -> Reading:
    """A text as it stands. Raises Unreadable."""
    return gathered([decoded(_bytes(path))], "text/plain", note=_note(path))


def read_html(path: Path) -> Reading:
    """The words of a page; nothing is fetched."""
    return gathered([page_text(decoded(_bytes(path)), base="")], "text/html", note=_note(path))


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)


def _note(path: Path) -> str:
    return "length" if path.stat().st_size > _MOST_BYTES else ""


def decoded(data: bytes) -> str:
    """Text from bytes: by its mark, as UTF-8, as GB18030, else by its letters. Raises Unreadable for other bytes."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _tidy(data.decode(name, "replace"))
    if b"\0" in data[:_SAMPLE]:
        return _tidy(_wide(data))
    for name in ("utf-8", "gb18030"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError as error:
            if name == "utf-8" and error.start > len(data) - 4 and error.reason == "unexpected end of data":
                return _tidy(data[: error.start].decode(name))  # cut in the middle of a letter
            continue
        if name == "utf-8" or _is_chinese(text):
            return _tidy(text)
    return _tidy(_guessed(data))


def _wide(data: bytes) -> str:
    """UTF-16 without a mark has a zero in every other byte of Latin letters; anything else with zeros is no text."""
    sample = data[:_SAMPLE]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if len(data) % 2 or max(odd, even) < 0.3 * len(sample) / 2 or min(odd, even) > 0.02 * len(sample):
        raise Unreadable("file_kind")
    return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace")


def _is_chinese(text: str) -> bool:
    """Whether what GB18030 made of the bytes is mostly common Chinese; Latin accents would become rare signs."""
    wide = [ch for ch in text[:20_000] if ch > "\x7f"]
    common = sum("\u4e00" <= ch <= "\u9fa5" or "\u3000" <= ch <= "\u303f" or "\uff00" <= ch <= "\uffef" for ch in wide)
    return bool(wide) and common >= 0.9 * len(wide)


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], cp_isolation=list(_OTHERS)).best()
    if best is None:
        raise Unreadable("file_kind")
    return data.decode(best.encoding, "replace")


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
