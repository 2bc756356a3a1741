"""Runs of prose: units put together to blocks of a size that is cheap to lay out again."""

from __future__ import annotations

from collections.abc import Iterable

from glmdesk.domain.blocks import Block, ProseBlock
from glmdesk.markup.units import Prose

RUN_LENGTH = 500  # characters of source after which a run of prose ends


class Runs:
    """Takes units in order and gives blocks. `done` never changes again; `copy` lets a tail be tried."""

    def __init__(self, done: list[Block] | None = None, pending: list[Prose] | None = None) -> None:
        self.done: list[Block] = done if done is not None else []
        self._pending: list[Prose] = pending if pending is not None else []

    def copy(self) -> Runs:
        """The same open run with an empty `done`."""
        return Runs([], list(self._pending))

    def add(self, parts: Iterable[Prose | Block]) -> None:
        for part in parts:
            if not isinstance(part, Prose):
                self.flush()
                self.done.append(part)
            else:
                self._add_prose(part)

    def _add_prose(self, part: Prose) -> None:
        other = bool(self._pending) and self._pending[-1].depth != part.depth
        if part.alone or other or sum(len(p.source) for p in self._pending) >= RUN_LENGTH:
            self.flush()
        self._pending.append(part)
        if part.alone:
            self.flush()

    def flush(self) -> None:
        """End the open run."""
        if self._pending:
            self.done.append(_join(self._pending))
            self._pending = []


def _join(parts: list[Prose]) -> ProseBlock:
    html: list[str] = []
    source: list[str] = []
    opened = ""
    for part in parts:
        goes_on = part.item is not None and part.item.continues and opened == part.item.tag
        if opened and not goes_on:
            html.append(f"</{opened}>")
            opened = ""
        if part.item is not None and not goes_on:
            opened = part.item.tag
            html.append("<ul>" if opened == "ul" else f'<ol start="{part.item.number}">')
        html.append(part.html)
        source += ["\n" if goes_on else "\n\n", part.source]
    if opened:
        html.append(f"</{opened}>")
    return ProseBlock("".join(source[1:]), "".join(html), parts[0].depth)
