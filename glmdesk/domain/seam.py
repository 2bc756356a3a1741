"""The seam of a continued answer: what the model says again is taken off."""

from __future__ import annotations

_TAIL = 600  # characters of the old text that may be repeated
_SHORTEST = 4  # a shorter repetition may be chance


class Seam:
    """Feeds a continuation through, without its leading line breaks and without the words that were already there.

    Text is held back only while it still could be a repetition of the old end.
    """

    def __init__(self, before: str) -> None:
        self._tail = before[-_TAIL:]
        self._held = ""
        self._open = True

    def feed(self, text: str) -> str:
        """What to append for this delta."""
        if not self._open:
            return text
        self._held = (self._held + text).lstrip("\n")
        cut = self._repeated()
        if cut is None:
            return ""
        self._open = False
        return self._held[cut:]

    def rest(self) -> str:
        """What is still held back when the stream ends."""
        if not self._open:
            return ""
        self._open = False
        return self._held

    def _repeated(self) -> int | None:
        """How many characters of the held text stand at the old end; None while that is undecided."""
        for start in range(len(self._tail) - _SHORTEST + 1):
            end = self._tail[start:]
            if self._held.startswith(end):
                return len(end)
            if end.startswith(self._held):
                return None
        return 0
