"""Search hits as rows."""

from __future__ import annotations

from collections.abc import Sequence

from glmdesk.domain.conversation import SearchHit
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.rows import RowsModel

_LEAD = 14  # characters before the hit that stay in view


def shown_snippet(hit: SearchHit) -> tuple[str, int, int]:
    """(one line of text, start, end): the hit is near the beginning, so that a narrow row still shows it."""
    cut = max(0, hit.start - _LEAD)
    lead = "…" if cut else ""
    text = lead + hit.snippet[cut:].replace("\n", " ").replace("\t", " ")
    return text, hit.start - cut + len(lead), hit.end - cut + len(lead)


class HitsModel(RowsModel[SearchHit]):
    """One row per message that contains the query."""

    def title(self, row: SearchHit) -> str:
        return row.conversation_title or tr("sidebar.untitled")

    def details(self, row: SearchHit) -> Sequence[str]:
        return (row.snippet,)
