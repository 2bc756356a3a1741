"""Rows 2 to 14, 17 and 18: the history on the disk. What tests/store shows in full is called from here by its row."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from glmdesk.domain.conversation import Setup
from glmdesk.domain.message import Status
from glmdesk.store.migrations import MIGRATIONS, VERSION, migrate, version_of
from tests.faults.scene import Scene, play
from tests.helpers.stored import NIGHTLY, child, run_child, stored
from tests.helpers.systems import posix_only
from tests.journeys import test_rescue as journeys
from tests.store import test_backup, test_database, test_migrations, test_preferences, test_rescue

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")  # the offscreen platform

KILLS = 50 if NIGHTLY else 3
EXPORT_KILLS = 100 if NIGHTLY else 4
LOST_LOGS = 50 if NIGHTLY else 3

# Runs one migration and kills itself after so many steps of SQLite's virtual machine; says how many there were.
MIGRATOR = """
import os, sqlite3, sys
from glmdesk.store.migrations import MIGRATIONS, migrate

path, number, limit = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
connection = sqlite3.connect(path, isolation_level=None)
connection.row_factory = sqlite3.Row
ticks = 0

def tick():
    global ticks
    ticks += 1
    if ticks == limit:
        os.kill(os.getpid(), 9)
    return 0

connection.set_progress_handler(tick, 10)
migrate(connection, before_first=lambda old: None, steps=MIGRATIONS[:number])
print(ticks)
"""


def _schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [(name, sql) for name, sql in rows]


def _version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return version_of(connection)


def _migrate(path: Path, number: int, limit: int) -> int:
    """The ticks that it took, 0 when it was killed."""
    with child(MIGRATOR, path, number, limit) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), err
    return int(out or 0)


def _old(path: Path, number: int, filled: Path) -> bytes:
    """A database that has had `number` steps, with messages in it."""
    path.write_bytes(filled.read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, before_first=lambda old: None, steps=MIGRATIONS[:number])
    return path.read_bytes()


@posix_only("SIGKILL")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("number", range(2, VERSION + 1))
def test_row_02_a_kill_inside_a_migration_leaves_the_old_schema_or_the_new(tmp_path: Path, number: int) -> None:
    dice = random.Random(number)
    filled = _filled(tmp_path / "filled.db")
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    data = _old(old, number - 1, filled)
    new.write_bytes(data)
    ticks = _migrate(new, number, -1)
    inside = 0
    for kill in range(KILLS):
        path = tmp_path / f"{kill}.db"
        path.write_bytes(data)
        inside += _migrate(path, number, dice.randint(1, max(1, ticks))) == 0
        assert _schema(path) == _schema(old if _version(path) < number else new)
        assert _migrate(path, number, -1) >= 0
        assert _schema(path) == _schema(new)
        assert _count(path) == _count(old)
    print(f"\nmigration {number}: {inside} kills of {KILLS} inside its {ticks} ticks")
    assert inside == KILLS


def _count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM messages").fetchone()[0]


def _filled(path: Path) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, before_first=lambda old: None, steps=MIGRATIONS[:1])
        connection.execute("BEGIN")
        connection.execute(
            "INSERT INTO conversations VALUES ('c', '', 1, 0, 0, '', 0, 0, NULL, 0, NULL, '{}', '', '{}', 1)"
        )
        connection.executemany(
            "INSERT INTO messages VALUES "
            "(?, ?, 'c', NULL, 'user', 'complete', ?, x'', '', '', NULL, '', '', NULL, '{}', 0)",
            [(n, f"m{n}", '[{"kind":"text","text":"一些文字"}]') for n in range(1, 301)],
        )
        connection.execute("COMMIT")
    return path


EXPORTER = """
import sys
from pathlib import Path
from glmdesk.store.atomic import write_file

print("ready", flush=True)
number = 0
while True:
    number += 1
    write_file(Path(sys.argv[1]), f"{number}:".encode() + b"x" * 3_000_000 + b":end")
"""


@posix_only("SIGKILL")
def test_row_03_a_kill_while_a_file_is_written_leaves_the_old_one_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    dice = random.Random(3)
    for _ in range(EXPORT_KILLS):
        with child(EXPORTER, path) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(dice.uniform(0, 0.1))  # the moment of the kill is what is tested
            process.kill()
        if path.exists():
            data = path.read_bytes()
            assert data.endswith(b":end")
            assert len(data) > 3_000_000


@contextmanager
def _full_disk() -> Generator[None]:
    """No file can grow any more; Python ignores the signal that comes with it."""
    import resource  # POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@posix_only("a limit on the size of files")
@pytest.mark.parametrize("limit", [4_096, 120_000])
def test_row_05_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path, limit: int) -> None:
    test_database.test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path, limit)


@posix_only("a limit on the size of files")
def test_row_05_a_disk_that_fills_while_an_answer_comes_is_told_and_the_answer_goes_on(
    profile: Path, slow: str
) -> None:
    async def body(scene: Scene) -> None:
        await scene.send("/long tokens=300 thought=0")
        await scene.person.until(lambda: len(scene.message.text) > 50, "words come")
        with _full_disk():
            await scene.person.until(lambda: scene.window.notices.texts, "it is told")
            assert "磁盘" in scene.window.notices.texts[0]
            answer = await scene.end()
            assert answer.status is Status.COMPLETE
        await scene.person.until(lambda: not scene.window.notices.texts, "it is saved as soon as there is room")
        stored = await scene.window.desk.history.export_json()
        assert json.dumps(answer.text[-20:], ensure_ascii=False)[1:-1] in stored

    play(profile, slow, body)


@posix_only("a limit on the size of files")
def test_row_05_an_export_onto_a_full_disk_says_so_and_keeps_the_file_that_was_there(
    profile: Path, slow: str, tmp_path: Path
) -> None:
    path = tmp_path / "all.json"

    async def body(scene: Scene) -> None:
        window = scene.window
        await window.desk.history.create(Setup())
        window.list.export_to(path)
        await scene.person.until(lambda: str(path) in " ".join(window.notices.texts), "it is told")
        before = path.read_bytes()
        assert json.loads(before)["conversations"]
        with _full_disk():
            window.list.export_to(path)
            await scene.person.until(lambda: "磁盘" in " ".join(window.notices.texts), "the full disk is told")
            assert "内存" not in " ".join(window.notices.texts), "an export is not kept for later"
        assert path.read_bytes() == before
        assert [file.name for file in path.parent.glob("*all.json*")] == ["all.json"]

    play(profile, slow, body)


@posix_only("rights of files")
def test_row_06_a_folder_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    test_database.test_a_folder_that_cannot_be_written_says_where(tmp_path)


# Writes an export as somebody whom the folder does not belong to.
EXPORT_OF_NOBODY = """
import os, sys
from pathlib import Path
from glmdesk.domain.errors import StoreError
from glmdesk.store.atomic import export_file
import encodings.idna

if os.geteuid() == 0:
    os.setuid(65534)  # the rights of files do not hold for root
try:
    export_file(Path(sys.argv[1]), b"new")
except StoreError as error:
    print(error.info.kind, error.info.action, error.info.args["path"])
"""


@posix_only("rights of files")
def test_row_06_an_export_into_a_folder_that_cannot_be_written_says_where_and_keeps_the_old_file(
    tmp_path: Path,
) -> None:
    for parent in (tmp_path, *tmp_path.parents):
        if parent.owner() == tmp_path.owner() and parent.name.startswith("pytest"):
            parent.chmod(0o755)
    folder = tmp_path / "exports"
    folder.mkdir()
    path = folder / "all.json"
    path.write_bytes(b"old")
    folder.chmod(0o555)
    lines = run_child(EXPORT_OF_NOBODY, path)
    folder.chmod(0o755)
    assert lines == [f"export_readonly None {path}"]
    assert [(file.name, file.read_bytes()) for file in folder.iterdir()] == [("all.json", b"old")]


@posix_only("a file in the place of a folder")
def test_row_07_without_a_folder_the_window_asks_and_can_go_on_without_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journeys.test_a_profile_that_cannot_be_made_can_be_used_without_saving(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sound database of short, long and very long messages."""
    return test_rescue.sound.__wrapped__(tmp_path_factory)  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(test_rescue.SEEDS))
def test_row_08_rows_on_good_pages_survive_overwritten_pages(tmp_path: Path, sound: bytes, seed: int) -> None:
    test_rescue.test_rows_on_good_pages_survive_overwritten_pages(tmp_path, sound, seed)


def test_row_08_the_window_offers_to_recover_and_keeps_the_bad_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journeys.test_a_damaged_history_is_repaired_on_the_users_word(tmp_path, monkeypatch)


def test_row_09_of_100_flipped_bits_100_are_found(tmp_path: Path) -> None:
    test_backup.test_100_flipped_bits_in_texts_are_all_found(tmp_path)


@pytest.mark.parametrize("share", [0.3, 0.95])
def test_row_10_what_is_left_of_a_cut_file_is_read(tmp_path: Path, sound: bytes, share: float) -> None:
    test_rescue.test_what_is_left_of_a_cut_file_is_read(tmp_path, sound, share)


def test_row_10_a_zeroed_header_costs_nothing(tmp_path: Path, sound: bytes) -> None:
    test_rescue.test_a_zeroed_header_costs_nothing(tmp_path, sound)


def test_row_10_no_bytes_are_new_only_without_a_backup(tmp_path: Path, sound: bytes) -> None:
    test_rescue.test_an_emptied_file_is_not_taken_for_a_new_one_while_there_are_backups(tmp_path, sound)


@pytest.mark.parametrize("data", [b"not a database", b"SQLite format 3\0", b"\0" * 4096])
def test_row_10_what_is_no_database_is_left_as_it_is(tmp_path: Path, data: bytes) -> None:
    test_database.test_what_is_no_database_is_refused_and_untouched(tmp_path, data)


@posix_only("SIGKILL")
@pytest.mark.parametrize("seed", range(LOST_LOGS))
def test_row_11_a_log_that_is_lost_or_cut_after_a_kill_leaves_a_sound_history(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    path = tmp_path / "d.db"
    log = path.with_name("d.db-wal")
    test_rescue.die_after(path, dice.randint(2, 40))
    if seed % 2:
        log.unlink()
    else:
        log.write_bytes(log.read_bytes()[: dice.randrange(log.stat().st_size)])

    async def body() -> tuple[list[str], float | None]:
        async with stored(path) as store:
            assert (await store.database.read(lambda c: c.execute("PRAGMA integrity_check").fetchone()[0])) == "ok"
            return [m.id for m in await store.messages("c")], store.database.lost_log

    left, lost = asyncio.run(body())
    assert left == [f"m{number:04}" for number in range(len(left))], "what is left is the beginning, without gaps"
    assert lost is not None or seed % 2 == 0, "the time it goes back to is known"


def test_row_12_a_newer_history_is_refused_and_untouched(tmp_path: Path) -> None:
    test_database.test_a_newer_database_is_refused_and_untouched(tmp_path)


@pytest.mark.parametrize("version", range(1, VERSION))
def test_row_13_a_history_of_every_past_version_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    test_migrations.test_a_database_of_every_past_version_is_brought_up_to_date(tmp_path, version)


@pytest.mark.parametrize("version", range(1, VERSION))
def test_row_13_the_old_history_is_kept_as_it_was(tmp_path: Path, version: int) -> None:
    test_migrations.test_the_old_database_is_kept_as_it_was(tmp_path, version)


def test_row_14_a_history_in_use_elsewhere_opens_after_another_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journeys.test_a_history_that_is_in_use_elsewhere_opens_after_another_try(tmp_path, monkeypatch)


def test_row_14_another_program_that_holds_the_file_is_named(tmp_path: Path) -> None:
    test_database.test_another_program_that_holds_the_file_is_named_after_the_time_limit(tmp_path)


def test_row_17_a_clock_that_jumps_changes_no_order(tmp_path: Path) -> None:
    """A day back, ten years on, and back by an hour as at the end of summer time."""
    day, hour, start = 86_400.0, 3_600.0, 1_800_000_000.0
    clocks = [start, start - day, start + 3_653 * day, start + hour, start]

    async def body() -> None:
        for number, clock in enumerate(clocks):
            async with stored(tmp_path / "d.db", clock=clock) as store:
                await store.conversation(f"c{number}")
                if number == 0:
                    await store.conversation()
                parent = f"m{number - 1}" if number else None
                await store.say(f"{number}", f"m{number}", parent_id=parent, created_at=clock)
        async with stored(tmp_path / "d.db", clock=start) as store:
            assert [m.text for m in await store.messages("c")] == ["0", "1", "2", "3", "4"]
            listed = [c.id for c in await store.list() if c.id != "c"]
            assert listed == ["c4", "c3", "c2", "c1", "c0"]

    asyncio.run(body())


def test_row_18_a_settings_file_that_is_no_toml_is_kept_aside(tmp_path: Path) -> None:
    test_preferences.test_a_file_that_is_no_toml_is_kept_aside(tmp_path)


def test_row_18_any_settings_file_loads_and_keeps_what_it_does_not_know() -> None:
    test_preferences.test_any_file_loads_and_keeps_its_unknown_keys()


def test_row_18_any_bytes_load(tmp_path_factory: pytest.TempPathFactory) -> None:
    test_preferences.test_any_bytes_load_without_an_error(tmp_path_factory)
