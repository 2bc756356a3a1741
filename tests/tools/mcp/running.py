"""Runs servers in a hub and finds processes again."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from glmdesk.domain.ports import StoreKind
from glmdesk.domain.secret import Secret
from glmdesk.domain.servers import ServerConfig, ServerState, ServerStatus
from glmdesk.tools.mcp.connection import Surroundings
from glmdesk.tools.mcp.hub import Hub

FAKE = Path(__file__).with_name("fake_server.py")
LIMIT = 20.0


class Vault:
    """A keyring of this test's own."""

    def __init__(self, **values: str) -> None:
        self.values = {name: Secret(value) for name, value in values.items()}

    async def kind(self) -> StoreKind:
        return StoreKind.MEMORY

    async def get(self, name: str) -> Secret | None:
        return self.values.get(name)

    async def set(self, name: str, secret: Secret) -> StoreKind:
        self.values[name] = secret
        return StoreKind.MEMORY

    async def delete(self, name: str) -> None:
        self.values.pop(name, None)

    def keep_in_memory(self, name: str, secret: Secret) -> None:
        self.values[name] = secret


class Servers:
    """A hub whose news can be waited for."""

    def __init__(self, vault: Vault | None = None, *, start_seconds: float = 10.0) -> None:
        self.links: list[str] = []
        self.vault = vault or Vault()
        self._news = asyncio.Event()
        loop = asyncio.get_running_loop()
        around = Surroundings(
            self.vault,
            lambda: loop.call_soon_threadsafe(self._news.set),
            lambda server_id, link: self.links.append(link),
            start_seconds=start_seconds,
            login_seconds=start_seconds,
        )
        self.hub = Hub(around)

    async def until(self, server_id: str, condition: Callable[[ServerStatus], bool]) -> ServerStatus:
        async with asyncio.timeout(LIMIT):
            while not condition(self.hub.status(server_id)):
                self._news.clear()
                if not condition(self.hub.status(server_id)):
                    await self._news.wait()
        return self.hub.status(server_id)

    async def started(self, config: ServerConfig, *, interactive: bool = False) -> ServerStatus:
        """Its status once it is no longer starting."""
        await self.hub.start(config, interactive=interactive)
        return await self.until(config.id, lambda status: status.state is not ServerState.STARTING)


@asynccontextmanager
async def servers(vault: Vault | None = None, *, start_seconds: float = 10.0) -> AsyncGenerator[Servers, None]:
    running = Servers(vault, start_seconds=start_seconds)
    try:
        yield running
    finally:
        await running.hub.close()


def fake(mode: str, mark: str = "", *, server_id: str = "fake") -> ServerConfig:
    return ServerConfig(server_id, "Fake", command=sys.executable, args=(str(FAKE), mode, mark))


def marked(mark: str) -> list[int]:
    """Processes whose command line holds the word, but for zombies."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and mark in _command_line(entry):
            found.append(int(entry.name))
    return found


def _command_line(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
