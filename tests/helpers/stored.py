"""A database with conversations for tests, and children that use one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from glmdesk.domain.conversation import Conversation
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import TextPart
from glmdesk.store.conversations import Conversations
from glmdesk.store.database import Database, open_database

NIGHTLY = os.environ.get("GLMDESK_NIGHTLY") == "1"
ROOT = Path(__file__).resolve().parents[2]


class Stored(Conversations):
    """Conversations with the database they are in."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.database = database

    async def conversation(self, conversation_id: str = "c", **fields: object) -> Conversation:
        return await self.create(Conversation(conversation_id, **fields))  # pyright: ignore[reportArgumentType]

    async def say(self, text: str, message_id: str = "m", **fields: object) -> Message:
        """Add a user turn to the conversation `c`."""
        values = {"conversation_id": "c", "role": Role.USER, "parts": (TextPart(text),), **fields}
        return await self.add_message(Message(message_id, **values))  # pyright: ignore[reportArgumentType]


@asynccontextmanager
async def stored(path: Path | None = None, *, clock: float = 1_800_000_000.0) -> AsyncGenerator[Stored, None]:
    """An open database, in memory unless a path is given."""
    database = await open_database(path, clock=lambda: clock)
    try:
        yield Stored(database)
    finally:
        await database.close()


def child(code: str, *arguments: object, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """A Python process that runs `code` in the project; `sys.argv[1:]` are the arguments."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_child(code: str, *arguments: object, environment: dict[str, str] | None = None) -> list[str]:
    """The lines that a child printed; its failure is this test's failure."""
    with child(code, *arguments, environment=environment) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.splitlines()


def answer(
    text: str,
    message_id: str = "a",
    *,
    status: Status = Status.COMPLETE,
    parent: str = "m",
    conversation: str = "c",
) -> Message:
    """An answer in a conversation."""
    return Message(message_id, conversation, Role.ASSISTANT, (TextPart(text),), parent_id=parent, status=status)
