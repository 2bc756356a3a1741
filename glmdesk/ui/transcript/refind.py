"""Finding a place in a text again after its mark-up was read differently: only letters and digits are compared."""

from __future__ import annotations

from collections.abc import Sequence

_LENGTHS = (12, 6, 3, 2, 1)  # letters around a place that must be the same


def _letters(texts: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """All letters of some texts, and (text, position) of each."""
    places = [(number, at) for number, text in enumerate(texts) for at, ch in enumerate(text) if ch.isalnum()]
    return "".join(texts[number][at] for number, at in places), places


def again(old: Sequence[str], position: int, new: Sequence[str]) -> tuple[int, int] | None:
    """Where a position of the last of the `old` texts is in the `new` ones: (text, position), None when it is lost."""
    before = _letters([*old[:-1], old[-1][:position]])[0]
    after = _letters([old[-1][position:]])[0]
    letters, places = _letters(new)
    starts_word = old[-1][position : position + 1].isalnum()
    for length in _LENGTHS:
        if starts_word and after:
            at = _nearest(letters, after[:length], len(before))
            if at is not None:
                return places[at]
        if not starts_word and before:
            at = _nearest(letters, before[-length:], max(0, len(before) - length))
            if at is not None:
                number, last = places[at + len(before[-length:]) - 1]
                return number, last + 1
    return None


def _nearest(text: str, wanted: str, near: int) -> int | None:
    """The start of the occurrence that is nearest to a place."""
    left = text.rfind(wanted, 0, near + len(wanted))
    right = text.find(wanted, near)
    found = [at for at in (left, right) if at >= 0]
    return min(found, key=lambda at: abs(at - near)) if found else None
