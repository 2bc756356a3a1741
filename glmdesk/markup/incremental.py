"""A growing text parsed a little at a time: what is finished is never parsed again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from glmdesk.domain.blocks import Block, CodeBlock, ProseBlock
from glmdesk.markup.runs import Runs
from glmdesk.markup.units import ListState, Unit, code_block, definitions_before, parse_units

_FENCE_OPEN = re.compile(r"(`{3,}|~{3,})([^\n]*)\n")
_WORDS = r"[^\W_]|[，。、；：？！（）“”‘’《》…—,?!]"
_PLAIN = re.compile(rf"(?:{_WORDS}| )+")
_END = re.compile(rf"(?<={_WORDS})(?:</(?:p|li|ul|ol|h[1-6])>)+\Z")
_BREAK = re.compile(r"[\s，。、；：？！（）“”‘’《》…—]")
_LONGEST_RUN = 400  # characters without a break that are looked at
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def _normal(text: str) -> str:
    """Line ends as one sort, and nothing Qt or an encoder could choke on."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text if text.isascii() or not _SURROGATE.search(text) else _SURROGATE.sub("\ufffd", text)


def _in_address(source: str) -> bool:
    """Whether what follows may belong to an address."""
    run = _BREAK.split(source[-_LONGEST_RUN:])[-1]
    return len(run) == _LONGEST_RUN or any(mark in run for mark in ("://", "www.", "@"))


@dataclass(slots=True)
class _Fence:
    """An open fence: where its content starts, where the next whole line to look at starts, and how it closes."""

    info: str
    content: int
    seen: int
    close: re.Pattern[str]


class IncrementalMarkdown:
    """`update` with the whole text as it grows; then `finish` with the final text.

    `blocks[:frozen]` keep their identity from one update to the next. `parsed` counts the characters that went
    through the parser, for tests and benchmarks. `generation` grows when all blocks are made anew.
    """

    def __init__(self) -> None:
        self.generation = 0
        self._raw = ""  # what `_text` was made of
        self._reset()

    def _reset(self) -> None:
        self.generation += 1
        self._finished = False
        self._text = ""
        self._at = 0
        self._runs = Runs()
        self._tail: list[Block] = []
        self._references: dict[str, Any] = {}
        self._late_references = False
        self._list: ListState | None = None
        self._fence: _Fence | None = None
        self.parsed = 0

    @property
    def blocks(self) -> Sequence[Block]:
        """All blocks of the text so far."""
        return [*self._runs.done, *self._tail]

    @property
    def tail(self) -> Sequence[Block]:
        """The blocks after the frozen ones."""
        return self._tail

    @property
    def frozen(self) -> int:
        """How many blocks at the front can not change any more."""
        return len(self._runs.done)

    def frozen_from(self, index: int) -> Sequence[Block]:
        """The frozen blocks from one index on."""
        return self._runs.done[index:]

    def update(self, text: str) -> None:
        """Take the text as it is now. A text that does not go on from the last one, or goes on after `finish`,
        starts over."""
        text = self._normalised(text)
        if len(text) == len(self._text) and text == self._text:
            return
        if self._finished or not text.startswith(self._text):
            self._reset()
        before, self._text = self._text, text
        if self._fence is None and self._appended(before, text[len(before) :]):
            return
        if self._fence is None or self._go_on_in_fence(self._fence):
            self._parse_tail()

    def _appended(self, before: str, added: str) -> bool:
        """Put a few plain words behind the last paragraph, item or heading without parsing it again.

        Only where no mark is near that they could change; the next mark or line end parses all of the tail.
        """
        block = self._tail[-1] if self._tail else None
        if not isinstance(block, ProseBlock) or not _PLAIN.fullmatch(added) or before[-1:].isspace():
            return False
        end = _END.search(block.html)
        if end is None or not block.source.endswith(before[-8:]):
            return False
        if block.html[end.start() - 1] != before[-1]:  # a mark that is not shown stands between, as in `Title\n-`
            return False
        if _in_address(block.source):
            return False
        html = f"{block.html[: end.start()]}{added}{block.html[end.start() :]}"
        self._tail[-1] = replace(block, source=block.source + added, html=html)
        return True

    def _normalised(self, text: str) -> str:
        """Only what is new is looked at: a long answer would be read as a whole in every frame."""
        raw, self._raw = self._raw, text
        if raw and not raw.endswith("\r") and text.startswith(raw):
            return self._text + _normal(text[len(raw) :])
        return _normal(text)

    def finish(self, text: str) -> tuple[Block, ...]:
        """The final text: everything is frozen, and links whose address came later are resolved."""
        self.update(text)
        if self._finished:
            return tuple(self._runs.done)
        whole = self._text
        units, env = self._units()
        late = self._late_references or (self._at > 0 and len(env["references"]) > len(self._references))
        if late:
            parsed = self.parsed
            self._reset()
            self._text, self.parsed = whole, parsed
            units, _ = self._units()
        for unit in units:
            self._runs.add(unit.parts)
        self._runs.flush()
        self._at, self._tail, self._fence, self._finished = len(whole), [], None, True
        return tuple(self._runs.done)

    def _units(self) -> tuple[list[Unit], dict[str, Any]]:
        env: dict[str, Any] = {"references": dict(self._references)}
        tail = self._text[self._at :]
        self.parsed += len(tail)
        return parse_units(tail, env, self._list), env

    def _parse_tail(self) -> None:
        units, env = self._units()
        count = self._settled(units)
        if count:
            self._freeze(units[:count], units[count], env)
        self._show(units[count:])
        if len(units) == count + 1 and units[-1].kind == "fence":
            self._enter_fence()

    def _show(self, units: Sequence[Unit]) -> None:
        runs = self._runs.copy()
        for unit in units:
            runs.add(unit.parts)
        runs.flush()
        self._tail = runs.done

    def _settled(self, units: Sequence[Unit]) -> int:
        """How many units at the front are final: those whose successor starts on a whole line.

        A table needs its second line too: until that is whole, its first line may still belong to a paragraph.
        """
        whole_lines = self._text.count("\n", self._at)
        for i in range(len(units) - 1, 0, -1):
            if units[i].start + (2 if units[i].kind == "table_open" else 1) <= whole_lines:
                return i
        return 0

    def _freeze(self, units: Sequence[Unit], following: Unit, env: dict[str, Any]) -> None:
        for unit in units:
            self._runs.add(unit.parts)
        self._list = units[-1].list_after if following.continues else None
        known = definitions_before(env, following.start)
        self._late_references |= len(known) > len(self._references)
        # Lines of kept definitions are lines of a tail that is gone: they lie before every later line.
        self._references = {name: value | {"map": [0, 0]} for name, value in known.items()}
        for _ in range(following.start):
            self._at = self._text.index("\n", self._at) + 1

    def _enter_fence(self) -> None:
        opening = _FENCE_OPEN.match(self._text, self._at)
        block = self._tail[-1]
        if opening is None or not isinstance(block, CodeBlock) or block.closed:
            return
        mark = opening[1]
        close = re.compile(rf"^ {{0,3}}{mark[0]}{{{len(mark)},}}[ \t]*\n", re.MULTILINE)
        self._fence = _Fence(opening[2], opening.end(), opening.end(), close)
        self._runs.flush()
        self._go_on_in_fence(self._fence)

    def _go_on_in_fence(self, fence: _Fence) -> bool:
        """Append to the open fence. True when it closed and the text after it wants parsing."""
        whole = self._text.rfind("\n", fence.seen) + 1
        self.parsed += len(self._text) - fence.seen
        closing = fence.close.search(self._text, fence.seen, whole) if whole else None
        if closing is None:
            fence.seen = max(fence.seen, whole)
            content = self._text[fence.content :]
            self._tail = [code_block(self._text[self._at :], content, fence.info, closed=False)]
            return False
        source = self._text[self._at : closing.end()].rstrip("\n")
        content = self._text[fence.content : closing.start()]
        self._runs.add([code_block(source, content, fence.info, closed=True)])
        self._at, self._fence, self._list, self._tail = closing.end(), None, None, []
        return True
