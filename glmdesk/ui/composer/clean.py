"""Text as it may be stored and sent: no NUL, no half of a surrogate pair, plain line breaks."""

from __future__ import annotations

import re

_UNWANTED = re.compile("[\x00\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|[\u2028\u2029]")


def clean_text(text: str) -> str:
    """`text` without what SQLite, JSON or the wire cannot carry."""
    # Qt may hand over a pair as two halves: joining them first keeps the character.
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore") if _UNWANTED.search(text) else text
    return _BREAKS.sub("\n", _UNWANTED.sub("", joined))
