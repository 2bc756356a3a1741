"""Makes characters visible that a reader would not see and a model would read."""

from __future__ import annotations

import re

# Zero width, soft hyphen, direction marks and overrides, variation selectors of the supplement, tags (U+E0000).
_HIDDEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\U000e0000-\U000e01ef\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)


def reveal_hidden(text: str) -> str:
    """`text` with every hidden character written as `<U+200B>`."""
    return _HIDDEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
