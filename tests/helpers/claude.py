"""Claude Code's settings in a test's folder, and the program that changes them."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from glmdesk.compose import Composition, compose
from glmdesk.domain.coding_agents import Choice
from glmdesk.domain.errors import UserError
from glmdesk.store.files import Profile
from tests.tools.mcp.running import Vault

CHOICE = Choice("bigmodel", "glm-4.7", "glm-4.5-air")


class SettingsFile:
    """Claude Code's settings in this test's folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "claude" / "settings.json"
        self.path.parent.mkdir()
        self.profile = Profile(folder / "profile")

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def found(self) -> Any:
        return json.loads(self.text)

    @property
    def exists(self) -> bool:
        return self.path.exists()

    @property
    def mode(self) -> int:
        return stat.S_IMODE(self.path.stat().st_mode)

    def put(self, text: str) -> None:
        self.path.write_bytes(text.encode("utf-8", "surrogateescape"))

    def lead_to(self, target: Path) -> None:
        self.path.symlink_to(target)

    def become_a_pipe(self) -> None:
        self.path.unlink()
        os.mkfifo(self.path)

    def backups(self) -> list[Path]:
        return list(self.path.parent.glob("settings.json.glmdesk-*"))


@asynccontextmanager
async def running(settings: SettingsFile, vault: Vault | None = None) -> AsyncGenerator[Composition]:
    program = await compose(settings.profile, secrets=vault or Vault())
    try:
        yield program
    finally:
        await program.close()


def use(settings: SettingsFile, body: Callable[[Composition], Awaitable[None]], vault: Vault | None = None) -> None:
    async def main() -> None:
        async with running(settings, vault) as program:
            await body(program)

    asyncio.run(main())


async def write(program: Composition, choice: Choice = CHOICE) -> None:
    await program.desk.connect.apply(await program.desk.connect.plan(choice))


async def refused(work: Awaitable[object]) -> tuple[str, str]:
    with pytest.raises(UserError) as caught:
        await work
    return caught.value.info.kind, caught.value.info.args.get("line", "")
