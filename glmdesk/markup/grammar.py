"""The Markdown parser: CommonMark with tables, strikethrough, task lists and emphasis that suits Chinese."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

COLUMN_LIMIT = 100
NESTING_LIMIT = 40  # deeper text is shown as it was written


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The one parser; the import costs 0.1 s, so it waits for the first message that is shown."""
    from markdown_it import MarkdownIt
    from mdit_py_cjk_friendly import cjk_friendly

    from glmdesk.markup import rules

    md = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 2 * NESTING_LIMIT})
    md.enable(["table", "strikethrough"]).use(cjk_friendly)
    md.disable("html_block")
    _leave_footnotes(md)
    _leave_wide_tables(md)
    rules.install(md)
    return md


def _leave_footnotes(md: MarkdownIt) -> None:
    """`[^1]: …` is a footnote here and not the definition of a link."""
    from markdown_it.rules_block import reference

    def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        at = state.bMarks[start] + state.tShift[start]
        return not state.src.startswith("[^", at) and reference(state, start, end, silent)

    md.block.ruler.at("reference", rule)


def _leave_wide_tables(md: MarkdownIt) -> None:
    """A line with hundreds of bars is no table anyone reads, and costs seconds."""
    from markdown_it.rules_block import table

    def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        bars = state.src.count("|", state.bMarks[start], state.eMarks[start])
        return bars <= COLUMN_LIMIT and table(state, start, end, silent)

    md.block.ruler.at("table", rule, {"alt": ["paragraph", "reference"]})
