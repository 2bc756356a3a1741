from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from glmdesk.domain.message import Status
from glmdesk.store.migrations import MIGRATIONS, VERSION, migrate, version_of
from tests.helpers.stored import NIGHTLY, child, stored

WRITES = 1000 if NIGHTLY else 20
MIGRATION_KILLS = 50 if NIGHTLY else 5

WRITER = """
import asyncio, sys, uuid
from dataclasses import replace
from pathlib import Path
from glmdesk.domain.message import Status
from glmdesk.domain.part import TextPart
from tests.helpers.stored import answer, stored

async def body():
    async with stored(Path(sys.argv[1])) as store:
        await store.mark_interrupted()
        print("open", flush=True)
        while True:
            question = await store.say("问题 " * 50, uuid.uuid4().hex)
            print("asked", question.id, flush=True)
            empty = answer("", uuid.uuid4().hex, status=Status.STREAMING, parent=question.id)
            streaming = await store.add_message(empty)
            for step in range(1, 6):
                streaming = replace(streaming, parts=(TextPart("词" * 100 * step),))
                await store.save_message(streaming)
                print("saved", streaming.id, 100 * step, flush=True)
            await store.save_message(replace(streaming, status=Status.COMPLETE))
            print("done", streaming.id, flush=True)

asyncio.run(body())
"""

OPENER = """
import asyncio, sys
from pathlib import Path
from tests.helpers.stored import stored

async def body():
    print("ready", flush=True)
    async with stored(Path(sys.argv[1])):
        print("open", flush=True)

asyncio.run(body())
"""


def kill_at_random(path: Path, dice: random.Random) -> list[list[str]]:
    """What the writer had acknowledged when it died."""
    with child(WRITER, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(dice.uniform(0, 0.15))  # the moment of the kill is what is tested
        process.kill()
        return [line.split() for line in process.stdout.readlines() if line.endswith("\n")]


@pytest.mark.timeout(1800)
def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    dice = random.Random(7)

    async def make() -> None:
        async with stored(path) as store:
            await store.conversation()

    asyncio.run(make())
    acknowledged: dict[str, tuple[str, int]] = {}
    for _ in range(WRITES):
        for event, message_id, *length in kill_at_random(path, dice):
            old = acknowledged.get(message_id, ("", 0))[1]
            acknowledged[message_id] = (event, int(length[0]) if length else old)
    assert len(acknowledged) > WRITES
    asyncio.run(verify(path, acknowledged))


async def verify(path: Path, acknowledged: dict[str, tuple[str, int]]) -> None:
    async with stored(path) as store:
        await store.mark_interrupted()
        sound = await store.database.read(lambda c: c.execute("PRAGMA integrity_check").fetchone()[0])
        assert sound == "ok"
        messages = {m.id: m for m in await store.messages("c")}
        assert not any(m.damaged or m.status is Status.STREAMING for m in messages.values())
        for message_id, (event, length) in acknowledged.items():
            message = messages[message_id]
            assert len(message.text) >= length
            assert message.status is Status.COMPLETE or event == "saved"
        words = sum(m.status is not Status.STREAMING and bool(m.text) for m in messages.values())
        assert len(await store.search("问", 10**6)) + len(await store.search("词", 10**6)) == words


@pytest.fixture(scope="module")
def old_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of version 1 whose step to the next takes a while."""
    path = tmp_path_factory.mktemp("old") / "d.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, before_first=lambda old: None, steps=MIGRATIONS[:1])
        connection.execute("BEGIN")
        connection.execute(
            "INSERT INTO conversations VALUES ('c', '', 1, 0, 0, '', 0, 0, NULL, 0, NULL, '{}', '', '{}', 1)"
        )
        connection.executemany(
            "INSERT INTO messages VALUES "
            "(?, ?, 'c', NULL, 'user', 'complete', ?, x'', '', '', NULL, '', '', NULL, '{}', 0)",
            rows(),
        )
        connection.execute("COMMIT")
    return path


def rows() -> Sequence[tuple[int, str, str]]:
    return [(n, f"m{n}", '[{"kind":"text","text":"' + "一些文字 " * 100 + '"}]') for n in range(1, 1501)]


@pytest.mark.timeout(1800)
def test_a_migration_that_is_killed_leaves_the_old_schema_or_the_new(tmp_path: Path, old_database: Path) -> None:
    dice = random.Random(11)
    took = 1.0
    for number in range(MIGRATION_KILLS):
        path = tmp_path / str(number) / "d.db"
        path.parent.mkdir()
        shutil.copyfile(old_database, path)
        with child(OPENER, path) as process:
            assert process.stdout is not None
            process.stdout.readline()
            started = time.monotonic()
            if number:  # the first run says how long it takes
                time.sleep(dice.uniform(0, took))
                process.kill()
            process.wait()
            took = took if number else time.monotonic() - started
        assert_old_or_new(path)
        asyncio.run(assert_opens(path))


def assert_old_or_new(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert 1 <= version_of(connection) <= VERSION
        assert ("message_text" in tables) == ("message_index" in tables) == (version_of(connection) >= 2)
        assert ("commands" in tables) == (version_of(connection) >= 3)
        if version_of(connection) >= 2:
            assert connection.execute("SELECT count(*) FROM message_text").fetchone()[0] == 1500
            assert list((path.parent / "backups").glob("before-*.db"))


async def assert_opens(path: Path) -> None:
    async with stored(path) as store:
        assert await store.database.read(version_of) == VERSION
        assert len(await store.messages("c")) == 1500
        assert len(await store.search("文字", 5)) == 5
