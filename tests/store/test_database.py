from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from glmdesk.domain.errors import Action, StoreError
from glmdesk.store.database import open_database
from glmdesk.store.migrations import APPLICATION_ID, VERSION
from tests.helpers.stored import child, run_child, stored
from tests.helpers.systems import posix_only

WRITER = """
import asyncio, resource, sys
from pathlib import Path
from glmdesk.domain.errors import StoreError
from tests.helpers.stored import stored

async def body():
    limit = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    async with stored(Path(sys.argv[1])) as store:
        try:
            await store.conversation()
            for number in range(10_000):
                await store.say("文字 " * 100, str(number))
                print(number, flush=True)
        except StoreError as error:
            print(error.info.kind, flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await store.say("space again", "after")
        print("after", flush=True)

try:
    asyncio.run(body())
except StoreError as error:
    print(error.info.kind)
"""

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""

NOBODY = """
import asyncio, os, sys
from pathlib import Path
from glmdesk.domain.errors import StoreError
from tests.helpers.stored import stored
import glmdesk.store.search, encodings.idna

async def body():
    try:
        async with stored(Path(sys.argv[1])) as store:
            print(len(await store.list()))
            await store.say("x")
    except StoreError as error:
        print(error.info.kind, error.info.action.value, error.info.args["path"])

if os.geteuid() == 0:
    os.setuid(65534)  # the rights of files do not hold for root
asyncio.run(body())
"""


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def refusal(path: Path) -> StoreError:
    async def body() -> None:
        database = await open_database(path)
        await database.close()

    with pytest.raises(StoreError) as caught:
        asyncio.run(body())
    return caught.value


def make(path: Path, *texts: str) -> None:
    async def body() -> None:
        async with stored(path) as store:
            await store.conversation()
            for number, text in enumerate(texts):
                await store.say(text, str(number))

    asyncio.run(body())


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_file_is_durable_ours_and_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "glmdesk.db"

    async def body() -> None:
        async with stored(path) as store:
            wanted = {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "application_id": APPLICATION_ID,
                "user_version": VERSION,
                "busy_timeout": 3000,
            }
            assert await store.database.read(lambda c: {name: pragma(c, name) for name in wanted}) == wanted

    asyncio.run(body())
    assert path.parent.stat().st_mode & 0o077 == 0
    assert not path.with_name("glmdesk.db-wal").exists()
    assert not (path.parent / "backups").exists()


def test_an_exception_rolls_everything_back() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()

            def work(connection: sqlite3.Connection) -> None:
                connection.execute("DELETE FROM conversations")
                raise ZeroDivisionError

            with pytest.raises(ZeroDivisionError):
                await store.database.run(work)
            assert len(await store.list()) == 1

    asyncio.run(body())


def test_a_wrong_statement_is_a_bug_and_no_message_to_the_user() -> None:
    async def body() -> None:
        async with stored() as store:
            with pytest.raises(sqlite3.OperationalError):
                await store.database.run(lambda connection: connection.execute("SELEC"))
            with pytest.raises(sqlite3.IntegrityError):
                await store.say("to a conversation that is not there")

    asyncio.run(body())


def test_a_save_whose_caller_is_cancelled_is_still_made() -> None:
    async def body() -> None:
        gate = threading.Event()
        async with stored() as store:
            await store.conversation()
            blocking = asyncio.gather(store.database.run(lambda connection: gate.wait(10)))
            saving = asyncio.gather(store.say("kept"))
            await asyncio.sleep(0)  # both are in the queue
            saving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await saving
            gate.set()
            await blocking
            assert [m.text for m in await store.messages("c")] == ["kept"]

    asyncio.run(body())


def test_work_is_done_in_the_order_it_was_asked_for() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            added = await asyncio.gather(*(store.say(str(n), str(n)) for n in range(50)))
            assert [m.seq for m in added] == sorted(m.seq for m in added)

    asyncio.run(body())


def test_closing_ends_the_thread_and_may_be_repeated(tmp_path: Path) -> None:
    async def body() -> None:
        database = await open_database(tmp_path / "d.db")
        assert any(t.name.startswith("glmdesk-store") for t in threading.enumerate())
        await database.close()
        await database.close()

    asyncio.run(body())
    assert not any(t.name.startswith("glmdesk-store") for t in threading.enumerate())


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    path.touch()
    make(path, "words")
    assert path.stat().st_size > 0
    assert not (tmp_path / "backups").exists()


def test_a_newer_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path, "words")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = contents(tmp_path)
    error = refusal(path)
    assert error.info.kind == "store_newer"
    assert error.info.args == {"path": str(path), "version": str(VERSION + 1), "known": str(VERSION)}
    assert contents(tmp_path) == before


NEWER_IN_THE_LOG = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA user_version = {sys.argv[2]}")
os.kill(os.getpid(), 9)
"""


def test_a_newer_version_in_the_log_of_a_killed_program_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path, "words")
    with child(NEWER_IN_THE_LOG, path, VERSION + 5) as process:
        process.communicate()
    files = ("d.db", "d.db-wal")
    before = [(tmp_path / name).read_bytes() for name in files]
    assert before[1]
    assert refusal(path).info.args["version"] == str(VERSION + 5)
    assert [(tmp_path / name).read_bytes() for name in files] == before


@pytest.mark.parametrize("data", [b"not a database", b"x" * 5000, b"SQLite format 3\0", b"\0" * 4096])
def test_what_is_no_database_is_refused_and_untouched(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "d.db"
    path.write_bytes(data)
    assert refusal(path).info.kind == "store_damaged"
    assert contents(tmp_path) == {"d.db": data}


def test_a_database_of_another_program_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    for statement in ("CREATE TABLE x (y)", "PRAGMA application_id = 7"):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(statement)
        before = path.read_bytes()
        assert refusal(path).info.kind == "store_damaged"
        assert path.read_bytes() == before


def test_a_damaged_page_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path, *(f"text {n} " * 200 for n in range(50)))
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)
    assert refusal_on_use(path).info.kind == "store_damaged"


def refusal_on_use(path: Path) -> StoreError:
    async def body() -> None:
        async with stored(path) as store:
            await store.list()
            await store.messages("c")

    with pytest.raises(StoreError) as caught:
        asyncio.run(body())
    return caught.value


@pytest.mark.parametrize("cut", [0.3, 0.7])
def test_a_truncated_database_is_named_as_such(tmp_path: Path, cut: float) -> None:
    path = tmp_path / "d.db"
    make(path, *(f"text {n} " * 200 for n in range(50)))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    assert refusal_on_use(path).info.kind == "store_damaged"


def test_a_folder_that_is_a_file_is_refused_with_a_choice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    error = refusal(tmp_path / "file" / "d.db")
    assert (error.info.kind, error.info.action) == ("store_readonly", Action.CHOOSE_FOLDER)
    assert refusal(tmp_path).info.kind == "store_readonly"


def test_another_program_that_holds_the_file_is_named_after_the_time_limit(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path, "words")

    async def body() -> None:
        database = await open_database(path, busy_seconds=0.1)
        try:
            with pytest.raises(StoreError) as caught:
                await database.run(lambda connection: connection.execute("DELETE FROM conversations"))
            assert (caught.value.info.kind, caught.value.info.action) == ("store_locked", Action.RETRY)
            count = await database.read(lambda c: c.execute("SELECT count(*) FROM messages").fetchone()[0])
            assert count == 1  # reading goes on
        finally:
            await database.close()

    with child(LOCKER, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        asyncio.run(body())
        process.communicate("")


@posix_only("a limit on the size of files")
@pytest.mark.parametrize("limit", [0, 4_096, 60_000, 120_000, 250_000, 700_000])
def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "d.db"
    lines = run_child(WRITER, path, limit)
    assert "store_full" in lines
    kept = lines[: lines.index("store_full")]
    if "after" in lines:  # it came far enough to open
        kept.append("after")

    async def body() -> None:
        async with stored(path) as store:
            await store.database.read(lambda c: c.execute("PRAGMA integrity_check").fetchone()[0] == "ok" or 1 / 0)
            assert [m.id for m in await store.messages("c")] == kept if kept else True

    asyncio.run(body())
    assert ("after" in lines) == (limit > 60_000)


@posix_only("rights of files")
def test_a_folder_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    path = folder / "d.db"
    make(path, "words")
    for parent in (tmp_path, *tmp_path.parents):
        if parent.owner() == folder.owner() and parent.name.startswith("pytest"):
            parent.chmod(0o755)
    path.chmod(0o444)
    folder.chmod(0o555)
    lines = run_child(NOBODY, path)
    folder.chmod(0o755)
    assert lines == [f"store_readonly choose_folder {path}"]
    new = tmp_path / "new" / "d.db"
    tmp_path.chmod(0o555)
    lines = run_child(NOBODY, new)
    tmp_path.chmod(0o755)
    assert lines == [f"store_readonly choose_folder {new}"]


def test_a_log_left_behind_says_that_the_end_was_not_clean(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path, "words")
    code = "import os, sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    with child(code + "c.execute('UPDATE messages SET model = 1')\nos.kill(os.getpid(), 9)", path) as process:
        process.communicate()

    async def unclean() -> bool:
        async with stored(path) as store:
            return store.database.unclean

    assert asyncio.run(unclean())
    assert not asyncio.run(unclean())
    assert set(contents(tmp_path)) == {"d.db"}
