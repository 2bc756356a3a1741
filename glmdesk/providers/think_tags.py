"""Splits `<think>…</think>` out of the content of local servers that leave it there (glm-api.md §10)."""

from __future__ import annotations

from collections.abc import Iterator

from glmdesk.domain.event import Event, ReasoningDelta, TextDelta

_OPEN, _CLOSE = "<think>", "</think>"


class ThinkTags:
    """Tags may be cut anywhere. A closing tag without an opening one makes what came before it reasoning only when
    nothing of it has been handed out, so text that was shown never changes its kind."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self._begun = False

    def feed(self, text: str) -> Iterator[Event]:
        self._held += text
        while True:
            tag = _CLOSE if self._inside else _OPEN
            place = self._held.find(tag)
            if place < 0:
                break
            if not self._inside and self._begun:
                break  # the tag opens an answer; later ones are words about it
            yield from self._hand_out(self._held[:place])
            self._held = self._held[place + len(tag) :]
            self._inside = not self._inside
        keep = 0 if self._begun and not self._inside else _possible_tag(self._held, tag)
        ready = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        yield from self._hand_out(ready)

    def rest(self) -> Iterator[Event]:
        held, self._held = self._held, ""
        yield from self._hand_out(held)

    def _hand_out(self, text: str) -> Iterator[Event]:
        if not text:
            return
        if self._inside:
            yield ReasoningDelta(text)
            return
        self._begun = self._begun or bool(text.strip())
        stray = text.find(_CLOSE)
        yield TextDelta(text if stray < 0 else text[:stray] + text[stray + len(_CLOSE) :])


def _possible_tag(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if text.endswith(tag[:size]):
            return size
    return 0
