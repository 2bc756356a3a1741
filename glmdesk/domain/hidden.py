"""Characters that a reader does not see and a model reads: zero width, marks of direction, tags, private use."""

from __future__ import annotations

import json
import unicodedata

_HIDDEN = ("Cf", "Cc", "Co", "Cs", "Zl", "Zp")  # categories of Unicode
_BLANK = "\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"  # letters that look like nothing
_PLAIN = "\n\t"


def is_hidden(char: str) -> bool:
    """Whether a character cannot be seen; the ends of lines and tabs are plain."""
    tag = 0xE0000 <= ord(char) <= 0xE01EF  # also those that Unicode leaves free: they can carry a text of their own
    return char not in _PLAIN and (unicodedata.category(char) in _HIDDEN or char in _BLANK or tag)


def reveal_hidden(text: str) -> str:
    """`text` with every hidden character written as `⟦U+200B⟧`."""
    return "".join(f"⟦U+{ord(char):04X}⟧" if is_hidden(char) else char for char in text)


def hidden_in(text: str) -> tuple[str, ...]:
    """The hidden characters of a text as U+…, each once."""
    return tuple(dict.fromkeys(f"U+{ord(char):04X}" for char in text if is_hidden(char)))


def escape_hidden(text: str) -> str:
    """JSON with its hidden characters as `\\u200b`, which means the same; any other text with them revealed."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return reveal_hidden(text)
    return "".join(json.dumps(char)[1:-1] if is_hidden(char) else char for char in text)
