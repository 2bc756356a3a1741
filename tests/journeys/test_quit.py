"""The program is ended in every state it can be in: quickly, in order, with nothing lost and nobody left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from glmdesk.compose import compose
from glmdesk.domain.message import Role, Status
from glmdesk.domain.resources import resource
from glmdesk.store.backup import backup
from glmdesk.store.files import Profile
from tests.documents.made import docx, rewritten
from tests.helpers.server import demo_server
from tests.helpers.stored import NIGHTLY, ROOT, stored
from tests.tools.mcp.running import marked

MARK = "glmdesk-quit"
UNSENT = "words that were not sent"
CLOSING_SECONDS = 3.0
ASKED = {"connecting", "thinking", "streaming", "approval", "tool", "countdown"}
SERVED = {"approval", "tool", "server_starting", "importing"}  # a tool server or a reader of files is running
STATES = (
    "idle",
    "connecting",
    "thinking",
    "streaming",
    "approval",
    "tool",
    "server_starting",
    "exporting",
    "importing",
    "template",
    "restoring",
    "countdown",
    "settings",
    "first_run",
)
# the window's button, a signal of the system, the end of the desktop's session, a terminal that goes away
WAYS = ("SIGUSR1", "SIGTERM", "SIGUSR2", "SIGHUP")
SLOW_TEMPLATE = resource("templates", "zh_CN", "qa", "simple.toml")


def _ways(state: str, place: int) -> tuple[str, ...]:
    """All of them at night. There is no window's button while no window is open."""
    ways = WAYS[1:] if state == "restoring" else WAYS
    return ways if NIGHTLY else (ways[place % 3],)


CASES = [(state, way) for place, state in enumerate(STATES) for way in _ways(state, place)]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    with demo_server(rate=200) as address:
        yield address


@contextmanager
def _nobody() -> Generator[str]:
    """A port where connections are taken and nothing is said."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/paas/v4"


def _below(pid: int) -> set[int]:
    """The living children of a process and theirs."""
    found: set[int] = set()
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, tasks.read_text().split()):
            found |= {child} | _below(child)
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def _fill(profile: Path) -> None:
    """Enough for an export that takes a moment."""
    async with stored(profile / "glmdesk.db") as store:
        await store.conversation("old")
        parent = None
        for number in range(300):
            parent = (await store.say("以前说过的话。" * 300, f"m{number}", conversation_id="old", parent_id=parent)).id


def _write_document(path: Path) -> None:
    """One whose reading takes a moment."""
    paragraph = "<w:p><w:r><w:t>以前写过的一段话。</w:t></w:r></w:p>" * 60_000
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{name}"><w:body>{paragraph}</w:body></w:document>'
    rewritten(docx(path), {"word/document.xml": document.encode()})


async def _back_up(profile: Path) -> None:
    """A history of one conversation in a backup, and another one beside it since."""
    async with stored(profile / "glmdesk.db") as store:
        await store.conversation("before")
        await backup(store.database, profile / "backups")
        await store.conversation("since")


def _hand_over(pipe: Path) -> None:
    """The words of a slow file, a moment after the program was told to end."""
    threading.Event().wait(0.2)
    end = time.monotonic() + 40
    while time.monotonic() < end:
        with suppress(OSError):  # nobody reads it yet
            handle = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            os.write(handle, SLOW_TEMPLATE.read_bytes())
            os.close(handle)
            return
    raise AssertionError("nobody reads the file")


def _quit(profile: Path, state: str, way: str, url: str) -> tuple[float, str]:
    """Seconds until the program had ended, and what it said on standard error."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.quit_window", state, url],
        cwd=ROOT,
        env=os.environ | {"GLMDESK_HOME": str(profile), "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "there\n", program.communicate(timeout=60)
        children = _below(program.pid)
        if state in SERVED and not children:
            program.kill()
            raise AssertionError("no process of its own was started")
        told = time.monotonic()
        program.send_signal(signal.Signals[way])
        if state == "template":
            _hand_over(profile / "slow.toml")
        _, err = program.communicate(timeout=60)
        seconds = time.monotonic() - told
    assert program.returncode == 0, err
    assert not [pid for pid in children if _alive(pid)], "a child is left"
    assert not marked(MARK), "a tool server is left"
    return seconds, err


async def _check_restored(profile: Path) -> None:
    program = await compose(Profile(profile))
    try:
        assert [c.id for c in await program.desk.history.list()] == ["before"]
    finally:
        await program.close()


async def _check(profile: Path, state: str) -> None:
    """The question, what had been said, and the words that were not sent are there."""
    program = await compose(Profile(profile))
    try:
        newest = max(await program.desk.history.list(), key=lambda conversation: conversation.created_at)
        assert newest.draft == UNSENT
        rows = [row.message for row in (await program.desk.chat.open(newest.id)).rows]
    finally:
        await program.close()
    if state not in ASKED:
        assert rows == []
        return
    assert [row.role for row in rows] == [Role.USER, Role.ASSISTANT]
    assert rows[1].status is Status.STOPPED
    assert len(rows[1].text) > 50 or state != "streaming"
    assert len(rows[1].reasoning) > 50 or state != "thinking"


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("state", "way"), CASES)
def test_the_program_ends_in_time_and_in_order(tmp_path: Path, url: str, state: str, way: str) -> None:
    if state != "first_run":
        (tmp_path / "settings.toml").write_text("welcomed = true\nauto_title = false\n", "utf-8")
    if state == "exporting":
        asyncio.run(_fill(tmp_path))
    if state == "restoring":
        asyncio.run(_back_up(tmp_path))
    if state == "template":
        os.mkfifo(tmp_path / "slow.toml")
    if state == "importing":
        _write_document(tmp_path / "long.docx")
    with _nobody() as nobody:
        seconds, err = _quit(tmp_path, state, way, nobody if state == "connecting" else url)
    print(f"\n{state}, {way}: {seconds:.2f} s")
    assert err == ""
    assert seconds < CLOSING_SECONDS
    assert not list(tmp_path.glob("*-wal")), "the database was closed"
    if state == "template":
        assert [path.name for path in (tmp_path / "templates").rglob("*")] == ["qa", "slow.toml"], "whole, nothing else"
    if state == "restoring":
        asyncio.run(_check_restored(tmp_path))
    elif state != "first_run":
        asyncio.run(_check(tmp_path, state))
