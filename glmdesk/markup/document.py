"""A whole text to blocks in one go."""

from __future__ import annotations

from glmdesk.domain.blocks import Block
from glmdesk.markup.incremental import IncrementalMarkdown


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a finished text; never raises, whatever the text is."""
    return IncrementalMarkdown().finish(text)
