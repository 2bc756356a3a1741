from __future__ import annotations

import asyncio
import random
import re
import signal
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from glmdesk.domain.conversation import path_to
from glmdesk.domain.errors import StoreError
from glmdesk.domain.exchange import Exchange
from glmdesk.domain.prices import Cost
from glmdesk.domain.spending import Entry, Period
from glmdesk.domain.usage import Usage
from glmdesk.store.backup import backup
from glmdesk.store.ledger import Ledger
from glmdesk.store.rescue import repair, restore, set_aside
from tests.helpers.stored import NIGHTLY, child, stored
from tests.helpers.systems import posix_only

SEEDS = 100 if NIGHTLY else 12
PAGE = 4096
MESSAGES = 240
NOW = 1_800_000_000.0

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.helpers.stored import stored

async def body():
    async with stored(Path(sys.argv[1])) as store:
        await store.conversation()
        for number in range(int(sys.argv[2])):
            parent = f"m{number - 1:04}" if number else None
            await store.say(f"<{number:04}>词 " * 20, f"m{number:04}", parent_id=parent)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(body())
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of short, long and very long messages; every part of a text says whose it is."""
    path = tmp_path_factory.mktemp("sound") / "d.db"

    async def body() -> None:
        dice = random.Random(5)
        last: dict[str, str] = {}
        async with stored(path) as store:
            for number in range(8):
                await store.conversation(f"c{number}", title=f"标题 {number}")
            for number in range(MESSAGES):
                home = f"c{number % 8}"
                text = f"<{number:04}>密钥 words " * dice.choice([1, 20, 300, 1500])
                parent = last.get(home)
                last[home] = (await store.say(text, f"m{number:04}", conversation_id=home, parent_id=parent)).id

    asyncio.run(body())
    return path.read_bytes()


def pages_of_messages(data: bytes) -> dict[str, set[int]]:
    """Where the words of each message lie, seen by looking for them in the bytes."""
    found: dict[str, set[int]] = {}
    for match in re.finditer(rb"<(\d{4})>", data):
        found.setdefault(f"m{match[1].decode()}", set()).add(match.start() // PAGE)
    return found


def leaves_of(data: bytes, key: str) -> set[int]:
    """The table leaves (file format, "B-tree Pages": kind 13) that hold the row of a message, its old places too."""
    pages = range(len(data) // PAGE)
    named = {page for page in pages if data[page * PAGE] == 13 and key.encode() in data[page * PAGE :][:PAGE]}
    return named & pages_of_messages(data)[key]


def repaired(path: Path) -> list[tuple[str, str]]:
    """Repair the file and give id and words of every message that is whole and can be reached from its leaf."""
    repair(path, path.parent / "damaged", now=NOW)

    async def body() -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        async with stored(path) as store:
            for conversation in await store.list():
                messages = await store.messages(conversation.id)
                shown = path_to(messages, conversation.leaf_id)
                found += [(m.id, m.text) for m in shown if not m.damaged]
        return found

    return asyncio.run(body())


def assert_most_is_there(path: Path, sound: bytes, bad: set[int]) -> None:
    good = {key for key, pages in pages_of_messages(sound).items() if not pages & bad}
    found = {key for key, text in repaired(path) if text.startswith(f"<{key[1:]}>")}
    assert len(good & found) >= 0.99 * len(good)


def test_a_sound_file_comes_through_a_repair_unchanged(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "d.db"
    path.write_bytes(sound)

    async def everything() -> list[object]:
        async with stored(path) as store:
            conversations = await store.list()
            return [(c, await store.messages(c.id)) for c in conversations]

    before = asyncio.run(everything())
    result = repair(path, tmp_path / "damaged", now=NOW)
    assert (result.salvaged.conversations, result.salvaged.messages) == (8, MESSAGES)
    assert (result.salvaged.damaged, result.salvaged.lost) == (0, 0)
    assert asyncio.run(everything()) == before
    assert result.kept == tmp_path / "damaged" / "glmdesk-20270115-080000.db"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_rows_on_good_pages_survive_overwritten_pages(tmp_path: Path, sound: bytes, seed: int) -> None:
    dice = random.Random(seed)
    data = bytearray(sound)
    bad = set(dice.sample(range(len(data) // PAGE), dice.randint(1, 40)))
    for page in bad:
        data[page * PAGE : (page + 1) * PAGE] = dice.randbytes(PAGE)
    path = tmp_path / "d.db"
    path.write_bytes(data)
    assert_most_is_there(path, sound, bad)
    assert (tmp_path / "damaged" / "glmdesk-20270115-080000.db").read_bytes() == data


def test_what_was_spent_survives_a_repair(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    entries = [
        Entry(NOW + number, "bigmodel", "glm-4.5", message_id=f"m{number}", usage=Usage(10, 5, 15, 2), cost=cost)
        for number, cost in enumerate((Cost(0.5, 0.1), None, Cost(2.0)))
    ]
    exchange = Exchange("POST", "http://x", {}, "{}", NOW)

    async def body() -> None:
        async with stored(path) as store:
            await store.conversation()
            await store.say("words", "m0")
            for entry in entries:
                await Ledger(store.database).add(entry, exchange, keep_bytes=10_000)
        path.write_bytes(bytes(100) + path.read_bytes()[100:])
        repaired = repair(path, tmp_path / "damaged", now=NOW)
        assert (repaired.salvaged.messages, repaired.salvaged.lost) == (1, 0)
        async with stored(path) as store:
            report = await Ledger(store.database).report(Period(date(2027, 1, 1), date(2027, 12, 31)))
            assert (report.total.requests, report.total.yuan, report.total.unpriced) == (3, 2.5, 1)

    asyncio.run(body())


def test_a_zeroed_header_costs_nothing(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "d.db"
    path.write_bytes(bytes(100) + sound[100:])
    assert len(repaired(path)) == MESSAGES


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_what_is_left_of_a_cut_file_is_read(tmp_path: Path, sound: bytes, share: float) -> None:
    length = int(len(sound) * share)
    path = tmp_path / "d.db"
    path.write_bytes(sound[:length])
    assert_most_is_there(path, sound, set(range(length // PAGE, len(sound) // PAGE + 1)))


def test_a_file_that_is_no_database_gives_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    path.write_bytes(random.Random(1).randbytes(50_000))
    assert repaired(path) == []


def test_the_report_says_how_many_are_known_to_be_lost(tmp_path: Path, sound: bytes) -> None:
    data = bytearray(sound)
    for page in leaves_of(sound, "m0100"):
        data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    path = tmp_path / "d.db"
    path.write_bytes(data)
    salvaged = repair(path, tmp_path / "damaged", now=NOW).salvaged
    assert salvaged.lost > 0
    assert salvaged.messages + salvaged.lost == MESSAGES


def die_after(path: Path, messages: int) -> None:
    """Another program writes so many messages and is killed before it can close the file."""
    with child(KILLED, path, messages) as process:
        assert process.wait(60) == -signal.SIGKILL


@posix_only("SIGKILL")
def test_the_log_of_a_killed_program_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    die_after(path, 30)
    assert path.with_name("d.db-wal").exists()
    data = path.read_bytes()
    path.write_bytes(bytes(min(100, len(data))) + data[100:])
    assert len(repaired(path)) == 30
    assert {p.name for p in (tmp_path / "damaged").iterdir()} >= {
        "glmdesk-20270115-080000.db",
        "glmdesk-20270115-080000.db-wal",
    }


@posix_only("SIGKILL")
def test_a_lost_log_is_told_with_the_time_of_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    die_after(path, 3)
    path.with_name("d.db-wal").unlink()
    left = path.stat().st_mtime

    async def body() -> tuple[float | None, float | None]:
        async with stored(path) as store:
            first = store.database.lost_log
        async with stored(path) as store:
            return first, store.database.lost_log

    assert asyncio.run(body()) == (left, None)


def test_an_emptied_file_is_not_taken_for_a_new_one_while_there_are_backups(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "d.db"
    path.write_bytes(sound)

    async def opened() -> int:
        async with stored(path) as store:
            await backup(store.database, tmp_path / "backups")
            return len(await store.list())

    assert asyncio.run(opened()) == 8
    path.write_bytes(b"")
    with pytest.raises(StoreError) as caught:
        asyncio.run(opened())
    assert caught.value.info.kind == "store_emptied"
    (copy,) = (tmp_path / "backups").iterdir()
    restore(copy, path, tmp_path / "damaged", now=NOW)
    assert asyncio.run(opened()) == 8


def test_a_restored_backup_takes_the_place_and_what_was_there_is_kept(tmp_path: Path, sound: bytes) -> None:
    path, copy = tmp_path / "d.db", tmp_path / "copy.db"
    path.write_bytes(b"SQLite format 3\0 but broken")
    copy.write_bytes(sound)
    kept = restore(copy, path, tmp_path / "damaged", now=NOW)
    assert path.read_bytes() == sound
    assert kept is not None
    assert kept.read_bytes().endswith(b"broken")
    assert copy.exists()


def test_a_backup_that_is_damaged_itself_is_not_restored(tmp_path: Path, sound: bytes) -> None:
    path, copy = tmp_path / "d.db", tmp_path / "copy.db"
    path.write_bytes(sound)
    data = bytearray(sound)
    data[PAGE : 3 * PAGE] = random.Random(2).randbytes(2 * PAGE)
    copy.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        restore(copy, path, tmp_path / "damaged", now=NOW)
    assert caught.value.info.kind == "store_damaged"
    assert path.read_bytes() == sound
    assert {p.name for p in tmp_path.iterdir()} == {"d.db", "copy.db"}


def test_files_put_aside_in_one_second_keep_apart(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    kept: list[Path] = []
    for text in ("one", "two"):
        path.write_text(text)
        kept.append(set_aside(path, tmp_path / "damaged", now=NOW))
    assert [p.read_text() for p in kept] == ["one", "two"]


def test_deleted_words_do_not_come_back(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "d.db"
    path.write_bytes(sound)

    async def body() -> None:
        async with stored(path) as store:
            await store.purge("c0")

    asyncio.run(body())
    assert not [key for key, _ in repaired(path) if int(key[1:]) % 8 == 0]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM conversations").fetchone()[0] == 7
