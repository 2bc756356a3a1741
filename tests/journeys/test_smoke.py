"""`glmdesk --smoke PNG`, a display that is not there, and a second start, with the real program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.helpers.stored import ROOT

COLOURS = 60  # a blank or half-painted window has a handful


def _program(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The program with the offscreen platform unless told otherwise."""
    return subprocess.Popen(
        [sys.executable, "-m", "glmdesk", *arguments],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _end(process: subprocess.Popen[str], *, seconds: float = 60) -> tuple[int, str, str]:
    with process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return process.returncode, out, err


def _until(condition: Callable[[], object], what: str, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.02)


@contextmanager
def _open_window(profile: Path, **environment: str) -> Generator[subprocess.Popen[str]]:
    process = _program("--demo", GLMDESK_HOME=str(profile), **environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _colours(image: QImage) -> int:
    places = [(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)]
    return len({image.pixel(x, y) for x, y in places})


@dataclass(frozen=True, slots=True)
class Smoke:
    """A finished smoke run; its picture and the folder it was given as profile or as home."""

    code: int
    out: str
    err: str
    picture: Path
    folder: Path


@pytest.fixture(scope="module")
def smokes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Smoke]:
    """Four runs at once: an answer takes its time, and most of it is waiting."""
    folder = tmp_path_factory.mktemp("smoke")
    _leave_a_lock(folder / "killed")
    homes = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    environments = {
        "zh": {"LANG": "zh_CN.UTF-8", "LC_ALL": "", "GLMDESK_HOME": str(folder / "zh")},
        "homeless": {"LANG": "en_US.UTF-8", "LC_ALL": "", "GLMDESK_HOME": ""} | dict.fromkeys(homes, str(folder)),
        "killed": {"GLMDESK_HOME": str(folder / "killed")},
        "no folder": {"GLMDESK_HOME": str(folder / "other")},
    }
    pictures = {name: folder / f"{name}.png" for name in environments} | {"no folder": folder / "none" / "x.png"}
    running = {n: _program("--smoke", str(pictures[n]), **environments[n]) for n in environments}
    return {n: Smoke(*_end(process), pictures[n], folder) for n, process in running.items()}


def _leave_a_lock(profile: Path) -> None:
    """As a killed window leaves it."""
    with _open_window(profile) as window:
        _until((profile / "instance.lock").exists, "the window is open")
        window.kill()


@pytest.mark.parametrize("name", ["zh", "homeless", "killed"])
def test_smoke_asks_waits_and_saves_a_real_picture(smokes: dict[str, Smoke], name: str) -> None:
    smoke = smokes[name]
    assert (smoke.code, smoke.out) == (0, ""), smoke.err
    image = QImage(str(smoke.picture))
    assert image.width() >= 800
    assert image.height() >= 600
    assert _colours(image) > COLOURS


def test_smoke_speaks_the_systems_language(smokes: dict[str, Smoke]) -> None:
    assert smokes["zh"].picture.read_bytes() != smokes["homeless"].picture.read_bytes()


def test_smoke_without_a_profile_leaves_nothing_in_the_users_own(smokes: dict[str, Smoke]) -> None:
    kept = {path.parent.name for path in smokes["homeless"].folder.rglob("glmdesk.db")}
    assert kept == {"zh", "killed"}, "the profiles that were named and used"


def test_smoke_that_cannot_save_its_picture_ends_with_a_reason(smokes: dict[str, Smoke]) -> None:
    smoke = smokes["no folder"]
    assert smoke.code == 2
    assert str(smoke.picture) in smoke.err
    assert "Traceback" not in smoke.err


@pytest.mark.skipif(sys.platform != "linux", reason="X displays")
@pytest.mark.parametrize("arguments", [("--smoke", "x.png"), ("--demo",), ()])
def test_an_unreachable_display_is_two_readable_lines_and_no_abort(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    where = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":77", "GLMDESK_HOME": str(tmp_path / "profile")}
    code, out, err = _end(_program(*arguments, **where))
    assert (code, out) == (4, "")
    assert len(err.splitlines()) == 2
    assert all(len(line) > 10 for line in err.splitlines())
    assert not (tmp_path / "profile").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
def test_a_second_start_on_one_profile_ends_and_leaves_the_first_open(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with _open_window(profile) as first:
        _until(lambda: (profile / "glmdesk.db").exists() and (profile / "instance.lock").exists(), "the window is open")
        code, out, err = _end(_program(GLMDESK_HOME=str(profile)), seconds=15)
        assert (code, out, err) == (0, "", "")
        assert first.poll() is None
        first.send_signal(signal.SIGTERM)
        assert first.wait(15) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows names this folder otherwise")
def test_a_killed_window_leaves_no_folder_among_the_temporary_files(tmp_path: Path) -> None:
    profile, temporary = tmp_path / "profile", tmp_path / "temporary"
    temporary.mkdir()
    with _open_window(profile, TMPDIR=str(temporary)) as window:
        _until((profile / "instance.lock").exists, "the window is open")
        window.kill()
    assert not [path for path in temporary.iterdir() if path.is_dir()]
