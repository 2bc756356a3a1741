"""The leak check of conftest.py sees what it should and nothing else."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.leaks import Leaks


@pytest.fixture(autouse=True)
def _nothing_leaks() -> None:
    """Takes the place of the check itself: these tests leak on purpose."""


async def _forever() -> None:
    await asyncio.Event().wait()


def test_a_task_that_asyncio_run_would_cancel_silently_is_found() -> None:
    async def body() -> None:
        asyncio.get_running_loop().create_task(_forever())
        await asyncio.sleep(0)

    leaks = Leaks()
    with leaks.watch():
        asyncio.run(body())
    assert leaks.found() == ["task _forever"]


def test_a_task_that_ends_by_itself_is_no_leak() -> None:
    async def body() -> None:
        asyncio.get_running_loop().create_task(asyncio.sleep(0.01))

    leaks = Leaks()
    with leaks.watch():
        asyncio.run(body())
    assert leaks.found() == []


def test_a_task_of_an_abandoned_loop_is_found() -> None:
    leaks = Leaks()
    loop = asyncio.new_event_loop()
    task = loop.create_task(_forever())
    try:
        loop.run_until_complete(asyncio.sleep(0))
        assert leaks.found() == ["task _forever"]
    finally:
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()


def test_a_thread_that_does_not_end_is_found() -> None:
    leaks = Leaks()
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait, name="sleeper")
    thread.start()
    try:
        assert leaks.found() == ["thread sleeper"]
    finally:
        ended.set()
        thread.join()
    assert leaks.found() == []


def test_a_window_that_nobody_closed_is_found(qapp: QApplication) -> None:
    leaks = Leaks()
    window = QWidget()
    window.setObjectName("forgotten")
    child = QLabel("text", window)
    assert leaks.found() == ["widget QWidget 'forgotten'"]
    del child, window
    assert leaks.found() == []


def test_a_deleted_window_is_no_leak(qtbot: QtBot) -> None:
    leaks = Leaks()
    window = QWidget()
    window.deleteLater()
    assert leaks.found() == []


def test_the_home_is_not_the_users() -> None:
    assert Path.home() == Path(os.environ["HOME"])
    assert "glmdesk-tests-" in os.environ["GLMDESK_HOME"]
    assert os.environ["LC_ALL"] == "C.UTF-8"
    assert "DBUS_SESSION_BUS_ADDRESS" not in os.environ


def test_a_test_without_qt_does_not_pay_for_it() -> None:
    code = "import tests.conftest, sys; print('PySide6.QtWidgets' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
