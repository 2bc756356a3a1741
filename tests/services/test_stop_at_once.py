from __future__ import annotations

import asyncio
from pathlib import Path

from glmdesk.domain.message import Status
from glmdesk.services.chat import Draft
from tests.helpers.program import program
from tests.helpers.server import demo_server


def test_stop_in_the_same_moment_as_send_ends_the_answer(tmp_path: Path) -> None:
    async def body(url: str) -> None:
        async with program(tmp_path, url) as composition:
            chat = composition.desk.chat
            conversation = await composition.desk.history.create()
            transcript = await chat.open(conversation.id)
            await chat.send(conversation.id, Draft("/long tokens=3000"))
            await chat.stop(conversation.id)
            assert not chat.busy()
            assert transcript.rows[-1].message.status is Status.STOPPED

    with demo_server(rate=100) as url:
        asyncio.run(body(url))
