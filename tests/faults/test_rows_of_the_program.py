"""Rows 4, 63 and 64: ends, and the key."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtGui import QGuiApplication

from tests.faults.scene import CANARY, Scene, play
from tests.helpers.systems import linux_only, posix_only
from tests.journeys import test_quit
from tests.store import test_secrets


@posix_only("SIGTERM")
@pytest.mark.parametrize("state", ["idle", "streaming"])
def test_row_04_the_end_of_the_session_loses_nothing(profile: Path, slow: str, state: str) -> None:
    """All states and ways: tests/journeys/test_quit.py."""
    test_quit.test_the_program_ends_in_time_and_in_order(profile, slow, state, "SIGTERM")


FORMS = (CANARY, CANARY[:12], quote(CANARY, safe=""), base64.b64encode(CANARY.encode()).decode().rstrip("="))


def _children(pid: int) -> list[Path]:
    found: list[Path] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in tasks.read_text().split():
            found += [Path("/proc") / child, *_children(int(child))]
    return found


def _assert_clean(data: bytes, where: object) -> None:
    for form in FORMS:
        assert form.encode() not in data, where


@linux_only("/proc")
@pytest.mark.usefixtures("quick_retries")
def test_row_63_the_key_is_nowhere(profile: Path, url: str, caplog: pytest.LogCaptureFixture) -> None:
    """What `packaging/canary.py` does with the frozen program, here while the window is open and used."""
    caplog.set_level("DEBUG")

    async def body(scene: Scene) -> None:
        for text in (
            "$x^2$ 你好",
            "你好\n/error 1000",
            "你好\n/error 500",
            "/long tokens=60 thought=0\n/fault rst after=20",
        ):
            await scene.ask(text)
        window = scene.window
        _assert_clean((await window.desk.history.export_json()).encode(), "the export")
        scene.view.commands.select_all()
        scene.view.copy_selection()
        window.chat.copy_last_answer()
        _assert_clean(QGuiApplication.clipboard().text().encode(), "the clipboard")
        _assert_clean((window.windowTitle() + scene.said + "".join(window.notices.texts)).encode(), "the window")
        for process in [Path("/proc/self"), *_children(os.getpid())]:
            for name in ("cmdline", "environ"):
                _assert_clean((process / name).read_bytes(), process / name)

    play(profile, url, body)
    _assert_clean(caplog.text.encode(), "the log")
    for path in profile.rglob("*"):
        if path.is_file():
            _assert_clean(path.read_bytes(), path)


@linux_only("the Secret Service")
def test_row_64_without_a_keyring_it_is_said() -> None:
    test_secrets.test_a_system_without_a_session_bus_has_no_keyring()


@linux_only("the Secret Service")
def test_row_64_a_locked_keyring_is_named() -> None:
    test_secrets.test_a_real_secret_service_that_is_locked_says_so_and_asks_nobody()


@linux_only("the Secret Service")
def test_row_64_a_keyring_that_refuses_is_named() -> None:
    test_secrets.test_a_real_secret_service_that_was_never_unlocked_refuses()


def test_row_64_a_slow_keyring_is_left_behind_and_the_loop_stays_alive() -> None:
    test_secrets.test_a_slow_keyring_is_left_behind_and_the_loop_stays_alive()


def test_row_64_a_key_can_be_kept_for_the_session() -> None:
    test_secrets.test_a_key_for_this_session_needs_no_keyring()
