"""`--smoke`: one demo question through the real window, then a picture of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from glmdesk.domain.message import Status
from glmdesk.ui.i18n import tr

if TYPE_CHECKING:
    from glmdesk.ui.main_window import MainWindow

LIMIT_SECONDS = 55.0  # the command promises to end within 60


class SmokeFailed(Exception):
    """Why the smoke run did not succeed."""


async def smoke_run(window: MainWindow, picture: Path) -> None:
    """Ask with thinking on, wait for the end, save a picture. Raises SmokeFailed with a reason."""
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await _ask(window)
    except TimeoutError as error:
        raise SmokeFailed(f"no complete answer within {LIMIT_SECONDS:.0f} s") from error
    await asyncio.sleep(0.4)  # let the last frame be painted
    if not window.grab().save(str(picture)):
        raise SmokeFailed(f"the picture could not be saved to {picture}")


async def _ask(window: MainWindow) -> None:
    presenter = window.chat
    await presenter.send(tr("chat.smoke_question"))
    conversation_id = presenter.conversation_id
    transcript = await window.desk.chat.open(conversation_id)
    await window.desk.chat.until_idle(conversation_id)
    answer = transcript.rows[-1].message
    if answer.status is not Status.COMPLETE or not answer.reasoning:
        raise SmokeFailed(f"the answer ended as {answer.status.value}, {len(answer.reasoning)} characters of thinking")
