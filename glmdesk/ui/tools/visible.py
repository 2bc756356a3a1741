"""Characters that nobody can see, made visible before a person decides about a text."""

from __future__ import annotations

import unicodedata

_HIDDEN = ("Cf", "Cc", "Co", "Cs", "Zl", "Zp")
_PLAIN = "\n\t"


def is_hidden(char: str) -> bool:
    """Zero width, bidirectional controls, tags, private use and the like."""
    return char not in _PLAIN and (unicodedata.category(char) in _HIDDEN or char in "\u115f\u1160\u3164\uffa0")


def visible(text: str) -> str:
    """`text` with every hidden character as ⟦U+200B⟧."""
    return "".join(f"⟦U+{ord(char):04X}⟧" if is_hidden(char) else char for char in text)


def hidden_in(text: str) -> tuple[str, ...]:
    """The hidden characters of a text as U+…, each once."""
    return tuple(dict.fromkeys(f"U+{ord(char):04X}" for char in text if is_hidden(char)))
