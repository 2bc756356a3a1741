"""The whole program below its face, on a real profile and the real demo server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from glmdesk.compose import Composition, compose
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.message import Message
from glmdesk.domain.secret import Secret
from glmdesk.services.chat import Draft
from glmdesk.store.files import Profile

TEST_KEY = Secret("test-id.test-secret")


@asynccontextmanager
async def program(folder: Path, url: str) -> AsyncGenerator[Composition, None]:
    """A composition whose default endpoint is the server at `url`; closed at the end."""
    failures: list[BaseException] = []
    composition = await compose(Profile(folder), on_error=failures.append)
    try:
        endpoint = Endpoint("test", "Test", DialectName.BIGMODEL, url)
        composition.desk.endpoints.add_for_session(endpoint, TEST_KEY)
        composition.desk.endpoints.use_for_session("test")
        await composition.desk.settings.change(auto_title=False)
        yield composition
    finally:
        await composition.close()
    assert not failures, failures


Body = Callable[[Composition], Awaitable[None]]


def run(folder: Path, url: str, *bodies: Body) -> None:
    """Each body has a program of its own on the same profile: between two of them lies a restart."""

    async def main(body: Body) -> None:
        async with program(folder, url) as composition:
            await body(composition)

    for body in bodies:
        asyncio.run(main(body))


async def ask(composition: Composition, text: str, conversation_id: str = "") -> Message:
    """Send a question (in a new conversation unless one is given) and wait for its answer."""
    chat = composition.desk.chat
    if not conversation_id:
        conversation_id = (await composition.desk.history.create()).id
    await chat.open(conversation_id)
    await chat.send(conversation_id, Draft(text))
    await chat.until_idle(conversation_id)
    return (await chat.open(conversation_id)).rows[-1].message
