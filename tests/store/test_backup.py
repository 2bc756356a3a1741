from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from glmdesk.domain.errors import StoreError
from glmdesk.store.backup import Backup, backup, backups, check, kept_of, thin
from tests.helpers.stored import stored

FLIPS = 100


def make(path: Path) -> None:
    async def body() -> None:
        async with stored(path) as store:
            await store.conversation()
            for number in range(20):
                await store.say(f"<{number:02}>密钥 and words, 一些文字", f"m{number}")

    asyncio.run(body())


def test_a_backup_opens_and_has_everything(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path)

    async def body() -> Path:
        async with stored(path) as store:
            copy = await backup(store.database, tmp_path / "kept")
            original = await store.messages("c")
        async with stored(copy) as store:
            assert await store.messages("c") == original
            assert await check(store.database) == []
            assert len(await store.search("密钥")) == 20
        return copy

    copy = asyncio.run(body())
    assert copy.name == "glmdesk-20270115-080000.db"
    assert list(copy.parent.iterdir()) == [copy]


def test_a_backup_without_a_place_is_an_error_for_the_user(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def body() -> None:
        async with stored() as store:
            with pytest.raises(StoreError) as caught:
                await backup(store.database, tmp_path / "file")
            assert caught.value.info.kind == "store_readonly"
            assert await store.list() == []

    asyncio.run(body())


def test_100_flipped_bits_in_texts_are_all_found(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path)
    sound = path.read_bytes()
    dice = random.Random(3)
    for _ in range(FLIPS):
        number = dice.randrange(20)
        data = bytearray(sound)
        start = data.index(f'"text":"<{number:02}>'.encode()) + len('"text":"')
        at = start + dice.randrange(len(f"<{number:02}>密钥 and words, 一些文字".encode()))
        data[at] ^= 1 << dice.randrange(8)
        path.write_bytes(data)
        asyncio.run(assert_found(path, f"m{number}"))


async def assert_found(path: Path, message_id: str) -> None:
    async with stored(path) as store:
        assert await check(store.database) == [message_id]
        messages = await store.messages("c")
        assert [m.id for m in messages if m.damaged] == [message_id]
        assert all(m.text for m in messages)


def test_a_flip_outside_the_text_does_not_hide_a_message(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE messages SET role = 'usep' WHERE id = 'm1'")
        connection.execute("UPDATE messages SET status = 'x', timing = '[', usage = '7' WHERE id = 'm2'")
        connection.execute("UPDATE messages SET parts = '{' WHERE id = 'm3'")
        connection.execute("UPDATE conversations SET setup = '[', extra = '[]'")

    async def body() -> None:
        async with stored(path) as store:
            messages = await store.messages("c")
            assert [m.id for m in messages if m.damaged] == ["m1", "m3"]
            assert len(messages) == 20
            assert len(await store.list()) == 1
            assert len(await store.search("密钥")) == 20

    asyncio.run(body())


def test_the_check_says_when_the_file_itself_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    make(path)
    data = bytearray(path.read_bytes())
    place = data.index(b"<05>") // 4096 * 4096
    data[place : place + 8] = b"\xff" * 8
    path.write_bytes(data)

    async def body() -> None:
        async with stored(path) as store:
            with pytest.raises(StoreError) as caught:
                await check(store.database)
            assert caught.value.info.kind == "store_damaged"

    asyncio.run(body())


def made_on(folder: Path, days: Iterable[int], *, hours: Iterable[int] = (8,)) -> None:
    """Backups as they would lie in the folder, so many days before 2027-01-15."""
    for day in days:
        for hour in hours:
            moment = datetime(2027, 1, 15, hour, tzinfo=UTC) - timedelta(days=day)
            (folder / f"glmdesk-{moment:%Y%m%d-%H%M%S}.db").write_text("x")


def test_of_a_year_of_daily_backups_days_weeks_and_months_stay(tmp_path: Path) -> None:
    made_on(tmp_path, range(365))
    (tmp_path / "notes.db").write_text("not a backup")
    gone = thin(tmp_path)
    left = [f"{item.made:%m-%d}" for item in backups(tmp_path)]
    # Seven days; the newest of four weeks (two of them among the days); the newest of three months.
    assert left == ["01-15", "01-14", "01-13", "01-12", "01-11", "01-10", "01-09", "01-03", "12-31", "12-27", "11-30"]
    assert len(gone) == 365 - len(left)
    assert (tmp_path / "notes.db").exists()


def test_thinning_twice_takes_nothing_more(tmp_path: Path) -> None:
    made_on(tmp_path, range(100), hours=(3, 9, 20))
    thin(tmp_path)
    assert thin(tmp_path) == []


def test_all_backups_of_the_last_day_stay(tmp_path: Path) -> None:
    made_on(tmp_path, range(3), hours=(1, 5, 9))
    left = kept_of(backups(tmp_path))
    assert sorted(f"{item.made:%d %H}" for item in left) == ["13 09", "14 09", "15 01", "15 05", "15 09"]


def test_a_missing_folder_has_no_backups(tmp_path: Path) -> None:
    assert backups(tmp_path / "none") == []
    assert thin(tmp_path / "none") == []


def test_a_backup_ahead_of_something_risky_says_so(tmp_path: Path) -> None:
    async def body() -> list[Backup]:
        async with stored() as store:
            await backup(store.database, tmp_path, reason="import")
            await backup(store.database, tmp_path, reason="import")
        return backups(tmp_path)

    names = [item.path.name for item in asyncio.run(body())]
    assert names == ["before-import-20270115-080000.db", "before-import-20270115-080000-1.db"]
