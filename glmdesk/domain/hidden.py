"""Characters that a reader does not see and a model reads: zero width, marks of direction, tags, private use."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

_HIDDEN = ("Cf", "Cc", "Co", "Cs", "Zl", "Zp")  # categories of Unicode
_BLANK = "\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"  # letters that look like nothing
_PLAIN = "\n\t"
_ALSO = re.compile(f"[{_BLANK}\U000e0000-\U000e01ef]")  # hidden, but printable for Python
_LOOKED_AT = re.compile("[^ -~\n\t\u4e00-\u9fff]")  # all but the most common ones


def is_hidden(char: str) -> bool:
    """Whether a character cannot be seen; the ends of lines and tabs are plain."""
    tag = 0xE0000 <= ord(char) <= 0xE01EF  # also those that Unicode leaves free: they can carry a text of their own
    return char not in _PLAIN and (unicodedata.category(char) in _HIDDEN or char in _BLANK or tag)


def reveal_hidden(text: str) -> str:
    """`text` with every hidden character written as `⟦U+200B⟧`."""
    return _rewritten(text, lambda char: f"⟦U+{ord(char):04X}⟧")


def hidden_in(text: str) -> tuple[str, ...]:
    """The hidden characters of a text as U+…, each once."""
    if not _has_any(text):
        return ()
    return tuple(dict.fromkeys(f"U+{ord(char):04X}" for char in _LOOKED_AT.findall(text) if is_hidden(char)))


def escape_hidden(text: str) -> str:
    """JSON with its hidden characters as `\\u200b`, which means the same; any other text with them revealed."""
    if not _has_any(text):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return reveal_hidden(text)
    return _rewritten(text, lambda char: json.dumps(char)[1:-1])


def _has_any(text: str) -> bool:
    """Quick, because nearly every text has none and some are long."""
    return not text.replace("\n", "").replace("\t", "").isprintable() or _ALSO.search(text) is not None


def _rewritten(text: str, write: Callable[[str], str]) -> str:
    if not _has_any(text):
        return text
    return _LOOKED_AT.sub(lambda found: write(found[0]) if is_hidden(found[0]) else found[0], text)
