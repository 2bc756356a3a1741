"""A window in which no tool is used: `python -m tests.journeys.plain_day PROFILE`. Prints what it has imported."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.journeys.driver import Person, drive

PACKAGES = (
    "glmdesk.tools.",
    *("jsonschema", "referencing", "mcp", "mcp_types", "pydantic"),
    *(f"glmdesk.services.{name}" for name in ("structured", "lab", "connect", "inspecting")),
    *(f"glmdesk.ui.{name}" for name in ("structured", "usage", "inspector", "agents", "header.ruler_sheet")),
    *("glmdesk.ui.tools.sheet", "glmdesk.ui.tools.approval_card"),
)


async def ask(person: Person) -> None:
    """One question and its whole answer."""
    composer = person.window.page.composer
    composer.set_text("法国的首都是哪里？")
    person.click(composer.send_button)
    await person.until(lambda: person.window.page.transcript.stack.items, "the question is shown")
    await person.until(lambda: not person.program.desk.chat.busy(), "the answer")
    print(*sorted(name for name in sys.modules if name.startswith(PACKAGES)))


if __name__ == "__main__":
    drive(Path(sys.argv[1]), ask, demo=True)
