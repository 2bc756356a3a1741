from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.message import Role, Status
from glmdesk.domain.part import AttachmentPart, ErrorPart, ReasoningPart, TextPart
from glmdesk.store.migrations import MIGRATIONS, VERSION, migrate, version_of
from tests.helpers.stored import stored

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = range(1, VERSION)


def build(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((GOLDEN / f"v{version}.sql").read_text("utf-8"))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_database_of_every_past_version_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    path = tmp_path / "d.db"
    build(path, version)

    async def body() -> None:
        async with stored(path) as store:
            first, second = await store.list()
            assert (first.id, first.title, first.pinned, first.setup.model) == ("c1", "第一个对话", True, "glm-4.6")
            assert (second.id, second.draft) == ("c2", "half a draft")
            question, answer, cut = await store.messages("c1")
            assert question.parts == (AttachmentPart("说明.txt", "text/plain", "附件的文字"), TextPart("密钥在哪里？"))
            assert answer.parts == (ReasoningPart("想一想", 1.5), TextPart("在设置里。"))
            assert answer.usage is not None
            assert (answer.role, answer.usage.total_tokens, answer.seq) == (Role.ASSISTANT, 30, 2)
            assert cut.parts == (TextPart("half"), ErrorPart(ErrorInfo("ended_early")))
            assert cut.status is Status.STREAMING
            assert not any(m.damaged for m in (question, answer, cut))
            assert [hit.message_id for hit in await store.search("密钥")] == ["m1"]
            assert [hit.message_id for hit in await store.search("附件")] == ["m1"]

    asyncio.run(body())


@pytest.mark.parametrize("version", VERSIONS)
def test_the_old_database_is_kept_as_it_was(tmp_path: Path, version: int) -> None:
    path = tmp_path / "d.db"
    build(path, version)

    async def body() -> None:
        async with stored(path):
            pass

    asyncio.run(body())
    asyncio.run(body())
    (kept,) = (tmp_path / "backups").iterdir()
    assert kept.name == f"before-v{VERSION}-from-v{version}-20270115-080000.db"
    with closing(sqlite3.connect(kept)) as connection:
        assert version_of(connection) == version
        golden = sqlite3.connect(":memory:")
        with closing(golden):
            golden.executescript((GOLDEN / f"v{version}.sql").read_text("utf-8"))
            assert list(connection.iterdump()) == list(golden.iterdump())


def test_the_golden_database_has_the_schema_of_its_step() -> None:
    for version in VERSIONS:
        with (
            closing(sqlite3.connect(":memory:", isolation_level=None)) as connection,
            closing(sqlite3.connect(":memory:")) as golden,
        ):
            connection.row_factory = sqlite3.Row
            migrate(connection, before_first=lambda old: None, steps=MIGRATIONS[:version])
            golden.executescript((GOLDEN / f"v{version}.sql").read_text("utf-8"))
            schema = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
            assert [tuple(r) for r in connection.execute(schema)] == [tuple(r) for r in golden.execute(schema)]


def test_a_step_that_fails_leaves_the_version_before_it() -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (x)")
        raise ZeroDivisionError

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        asked: list[int] = []
        with pytest.raises(ZeroDivisionError):
            migrate(connection, before_first=asked.append, steps=(MIGRATIONS[0], broken))
        assert asked == [0]
        assert version_of(connection) == 1
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        assert "conversations" in names
        assert "half" not in names


def test_nothing_is_done_to_a_database_that_is_up_to_date() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        asked: list[int] = []
        migrate(connection, before_first=asked.append)
        migrate(connection, before_first=asked.append)
        assert asked == [0]


def test_without_room_for_a_backup_nothing_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    build(path, 1)
    (tmp_path / "backups").write_text("in the way")

    async def body() -> None:
        async with stored(path):
            pass

    with pytest.raises(Exception, match="store_readonly"):
        asyncio.run(body())
    with closing(sqlite3.connect(path)) as connection:
        assert version_of(connection) == 1
