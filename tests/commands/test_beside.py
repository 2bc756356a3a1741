"""Commands beside an open window: its database stays marked as open."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from glmdesk.store.database import open_database
from tests.commands.terminal import Terminal


@pytest.mark.parametrize("command", ["ask", "export"])
def test_the_mark_of_an_open_window_stays(terminal: Terminal, command: str) -> None:
    path = terminal.profile / "glmdesk.db"

    async def body() -> None:
        window = await open_database(path)
        ran = await asyncio.to_thread(_run, terminal, command)
        assert ran == 0
        assert path.with_name("glmdesk.db-open").exists()
        await window.close()
        assert not path.with_name("glmdesk.db-open").exists()

    asyncio.run(body())


@pytest.mark.parametrize("command", ["ask", "export"])
def test_a_log_that_a_command_has_written_back_is_not_told_as_lost(terminal: Terminal, command: str) -> None:
    killed = terminal.profile
    path = killed / "glmdesk.db"

    async def leave() -> None:
        window = await open_database(path)
        await window.run(lambda connection: connection.execute("CREATE TABLE of_tests (x)"))
        for name in ("glmdesk.db", "glmdesk.db-wal", "glmdesk.db-open"):
            shutil.copy(killed / name, _aside(killed) / name)  # as a kill leaves them
        await window.close()

    async def look() -> float | None:
        window = await open_database(path)
        await window.close()
        return window.lost_log

    asyncio.run(leave())
    shutil.rmtree(killed)
    _aside(killed).rename(killed)
    assert _run(terminal, command) == 0
    assert asyncio.run(look()) is None


def test_a_log_that_is_lost_is_still_told_after_a_command(terminal: Terminal) -> None:
    path = terminal.profile / "glmdesk.db"

    async def open_and_close() -> float | None:
        window = await open_database(path)
        await window.close()
        return window.lost_log

    asyncio.run(open_and_close())
    path.with_name("glmdesk.db-open").touch()
    assert _run(terminal, "export") == 0
    assert asyncio.run(open_and_close()) is not None


def _aside(profile: Path) -> Path:
    folder = profile.with_name("aside")
    folder.mkdir(exist_ok=True)
    return folder


def _run(terminal: Terminal, command: str) -> int:
    if command == "ask":
        return terminal.ask("--save", "你好").code
    return terminal.run("export", "--all").code
