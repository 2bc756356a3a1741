"""A history that cannot be opened, from the small window with the ways out to the large one with what is left."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
import qasync
import shiboken6
from PySide6.QtWidgets import QApplication, QWidget

from glmdesk import app as program
from glmdesk.ui.main_window import MainWindow
from glmdesk.ui.rescue import RescueWindow, WayOut
from glmdesk.ui.settings.data import DataSection
from tests.helpers.stored import stored

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")  # the offscreen platform

W = TypeVar("W", bound=QWidget)
Body = Callable[[], Awaitable[None]]


def with_history(folder: Path) -> Path:
    """A profile with one conversation of 40 turns; gives its database."""
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text('welcomed = true\nlanguage = "en"\n')
    path = folder / "glmdesk.db"

    async def body() -> None:
        async with stored(path) as store:
            await store.conversation(title="Planets")
            for number in range(40):
                parent = f"m{number - 1}" if number else None
                await store.say(f"Question {number}", f"m{number}", parent_id=parent)

    asyncio.run(body())
    return path


async def shown(kind: type[W]) -> W:
    """The visible window of a kind, as soon as there is one."""
    async with asyncio.timeout(20):
        while True:
            for widget in QApplication.topLevelWidgets():
                if isinstance(widget, kind) and widget.isVisible():
                    return widget
            await asyncio.sleep(0.01)


async def gone(window: QWidget) -> None:
    async with asyncio.timeout(20):
        while shiboken6.isValid(window) and window.isVisible():
            await asyncio.sleep(0.01)


async def loaded(window: MainWindow, titles: set[str]) -> None:
    async with asyncio.timeout(20):
        while {c.title for c in window.list.conversations} != titles:
            await asyncio.sleep(0.01)


def use(folder: Path, body: Body, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the program itself on the profile while `body` acts; returns its exit code."""
    monkeypatch.setenv("GLMDESK_HOME", str(folder))
    instance = QApplication.instance()
    app = instance if isinstance(instance, QApplication) else QApplication([])

    async def main() -> int:
        start = program._Start(demo=False, smoke=None, trace=None)
        async with asyncio.TaskGroup() as both:
            running = both.create_task(program._run(app, program.Profile(folder), start))
            await body()
        return running.result()

    app.setQuitOnLastWindowClosed(False)  # as the program does
    with qasync.QEventLoop(app) as loop:
        code = loop.run_until_complete(main())
    app.setQuitOnLastWindowClosed(True)
    del loop
    gc.collect()
    return code


def texts(window: MainWindow) -> str:
    return "\n".join(window.notices.texts)


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[:100] = bytes(100)
    path.write_bytes(data)


def test_a_damaged_history_is_repaired_on_the_users_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_history(tmp_path / "p")
    damage(path)
    broken = path.read_bytes()

    async def body() -> None:
        small = await shown(RescueWindow)
        assert path.read_bytes() == broken
        assert set(small.buttons) == {WayOut.REPAIR, WayOut.EMPTY, WayOut.QUIT}
        small.buttons[WayOut.REPAIR].click()
        window = await shown(MainWindow)
        await loaded(window, {"Planets"})
        assert "1 chat and 40 messages" in texts(window)
        window.close()

    assert use(tmp_path / "p", body, monkeypatch) == 0
    (kept,) = (tmp_path / "p" / "damaged").glob("*.db")
    assert kept.read_bytes() == broken


def test_leaving_a_damaged_history_alone_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_history(tmp_path / "p")
    damage(path)
    broken = path.read_bytes()

    async def body() -> None:
        (await shown(RescueWindow)).close()

    assert use(tmp_path / "p", body, monkeypatch) == 1
    assert path.read_bytes() == broken
    assert not (tmp_path / "p" / "damaged").exists()


def test_a_backup_is_restored_from_the_settings_and_the_window_opens_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_history(tmp_path / "p")

    async def body() -> None:
        window = await shown(MainWindow)
        await loaded(window, {"Planets"})
        window.navigation.show_settings("data")
        section = window.navigation.page.section  # type: ignore[union-attr]
        assert isinstance(section, DataSection)
        async with asyncio.timeout(20):
            section.backup_button.click()
            while not section.restore_button.isEnabled():
                await asyncio.sleep(0.01)
        await window.desk.history.rename("c", "Moons")
        section.restore_button.click()
        await gone(window)
        again = await shown(MainWindow)
        await loaded(again, {"Planets"})
        assert "The backup was restored" in texts(again)
        again.close()

    assert use(tmp_path / "p", body, monkeypatch) == 0
    (kept,) = (tmp_path / "p" / "damaged").glob("*.db")
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT title FROM conversations").fetchall() == [("Moons",)]


def test_a_history_that_is_in_use_elsewhere_opens_after_another_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = with_history(tmp_path / "p")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")

    async def body() -> None:
        small = await shown(RescueWindow)
        assert set(small.buttons) == {WayOut.RETRY, WayOut.MEMORY, WayOut.QUIT}
        other.close()
        small.buttons[WayOut.RETRY].click()
        window = await shown(MainWindow)
        await loaded(window, {"Planets"})
        window.close()

    assert use(tmp_path / "p", body, monkeypatch) == 0


@pytest.mark.skipif(os.name != "posix", reason="a folder in the place of a file is told otherwise on Windows")
def test_a_profile_that_cannot_be_made_can_be_used_without_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")

    async def body() -> None:
        small = await shown(RescueWindow)
        small.buttons[WayOut.MEMORY].click()
        window = await shown(MainWindow)
        assert "Nothing is saved" in texts(window) or "不保存" in texts(window)
        window.close()

    assert use(tmp_path / "file" / "p", body, monkeypatch) == 0
    assert (tmp_path / "file").read_text() == "in the way"
