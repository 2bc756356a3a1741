"""Splits `<think>…</think>` out of the content of local servers that leave it there (glm-api.md §10)."""

from __future__ import annotations

from collections.abc import Iterator

from glmdesk.domain.event import Event, ReasoningDelta, TextDelta

_OPEN, _CLOSE = "<think>", "</think>"


class ThinkTags:
    """One pair of tags at the beginning counts, wherever it is cut; later ones are words of the answer.

    When the opening tag is missing, the closing one is taken off; what stood before it has been shown as text already
    and stays text.
    """

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self._begun = False
        self._over = False

    def feed(self, text: str) -> Iterator[Event]:
        """The events of one piece of content."""
        self._held += text
        while not self._over and (found := self._next_tag()) is not None:
            place, tag = found
            yield from self._hand_out(place)
            self._over = tag == _CLOSE or self._begun  # an opening tag after words is one of them
            self._inside = not self._over
            if self._inside or tag == _CLOSE:
                self._held = self._held[len(tag) :]
        yield from self._hand_out(len(self._held) - self._unsure())

    def rest(self) -> Iterator[Event]:
        """What is still held back when the stream ends."""
        yield from self._hand_out(len(self._held))

    def _tags(self) -> tuple[str, ...]:
        if self._over:
            return ()
        return (_CLOSE,) if self._inside else (_OPEN, _CLOSE)

    def _next_tag(self) -> tuple[int, str] | None:
        found = [(place, tag) for tag in self._tags() if (place := self._held.find(tag)) >= 0]
        return min(found, default=None)

    def _unsure(self) -> int:
        """How many characters at the end may be the beginning of a tag."""
        return max((_overlap(self._held, tag) for tag in self._tags()), default=0)

    def _hand_out(self, size: int) -> Iterator[Event]:
        text, self._held = self._held[:size], self._held[size:]
        if not text:
            return
        self._begun = self._begun or (not self._inside and bool(text.strip()))
        yield ReasoningDelta(text) if self._inside else TextDelta(text)


def _overlap(text: str, tag: str) -> int:
    return next((n for n in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:n])), 0)
