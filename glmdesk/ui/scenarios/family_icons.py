"""One icon per scenario."""

from __future__ import annotations

from glmdesk.domain.template import Family

FAMILY_ICONS = {
    Family.WEB: "web",
    Family.ASSISTANT: "assistant",
    Family.OFFICE: "office",
    Family.QA: "qa",
    Family.TRANSLATION: "translation",
    Family.WRITING: "writing",
    Family.CHARACTER: "character",
}
MINE_ICON = "plus"
