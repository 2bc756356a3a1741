"""A missing display or library is found before Qt can abort on it."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from glmdesk import preflight
from glmdesk.domain.messages import Catalogue, Language

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems always have a display and Qt's libraries"
)

NOWHERE = "no/such/folder"  # a display name that cannot exist


def test_no_display_named_is_a_problem() -> None:
    problem = preflight.display_problem({})
    assert problem is not None
    assert problem.what == "doctor.display.none"


def test_a_display_that_does_not_answer_is_a_problem_and_no_abort() -> None:
    problem = preflight.display_problem({"DISPLAY": ":7777"})
    assert problem is not None
    assert (problem.what, problem.arguments["display"]) == ("doctor.display.dead", "DISPLAY=:7777")


@pytest.mark.desktop
def test_a_running_x_server_is_a_display() -> None:
    reading, writing = os.pipe()
    command = ["Xvfb", "-noreset", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            display = ":" + numbers.readline().strip()
        assert preflight.display_problem({"DISPLAY": display}) is None
    finally:
        server.terminate()
        server.wait()


@pytest.mark.parametrize("arguments", [[], ["--demo"]])
def test_without_a_display_the_program_says_so_in_two_lines_and_ends_with_4(arguments: list[str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    environment["DISPLAY"] = ":7777"
    command = [sys.executable, "-m", "glmdesk", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (4, "")
    assert len(done.stderr.splitlines()) == 2
    assert "DISPLAY=:7777" in done.stderr or "apt install" in done.stderr


@pytest.mark.parametrize("name", ["nonsense", "", ":", ":0.0.0", "💥:1"])
def test_a_malformed_display_name_is_a_problem(name: str) -> None:
    assert preflight.display_problem({"DISPLAY": name}) is not None


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600", "offscreen;xcb"])
def test_drawing_without_a_display_needs_none(platform: str) -> None:
    assert preflight.display_problem({"QT_QPA_PLATFORM": platform}) is None


def test_a_platform_that_needs_a_display_is_still_checked() -> None:
    problem = preflight.display_problem({"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-0"})
    assert problem is not None
    assert problem.what == "doctor.display.none"


@pytest.mark.parametrize("platform", ["", "wayland", "wayland-egl", "wayland;xcb"])
def test_a_listening_wayland_socket_is_a_display(platform: str, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-5"))
        server.listen()
        named = {"WAYLAND_DISPLAY": "wayland-5", "XDG_RUNTIME_DIR": str(tmp_path), "QT_QPA_PLATFORM": platform}
        assert preflight.display_problem(named) is None


def test_a_dead_wayland_socket_is_named() -> None:
    problem = preflight.display_problem({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": NOWHERE})
    assert problem is not None
    assert problem.arguments["display"] == "WAYLAND_DISPLAY=wayland-9"


def test_a_library_that_cannot_be_loaded_is_named_with_its_package() -> None:
    assert preflight.missing({"libno-such-thing.so.9": "libno9", "libc.so.6": "libc6"}) == {
        "libno-such-thing.so.9": "libno9"
    }


def test_missing_libraries_come_before_the_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(preflight.EVERYWHERE, "libno-such-thing.so.9", "libno9")
    problem = preflight.find_problem({})
    assert problem is not None
    assert problem.what == "doctor.libraries.missing"
    assert "libno9" in problem.arguments["packages"]


def test_without_a_display_the_x_libraries_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(preflight.ON_X11, "libno-such-thing.so.9", "libno9")
    assert preflight.library_problem({"QT_QPA_PLATFORM": "offscreen"}) is None
    assert preflight.library_problem({"DISPLAY": ":0"}) is not None


def test_every_library_qt_links_is_checked() -> None:
    """The list is Qt's own: a new PySide6 that links one more library fails here, not on a user's machine."""
    spec = importlib.util.find_spec("PySide6")
    assert spec is not None
    qt = Path(str(spec.origin)).parent / "Qt"
    linked = _linked(qt / "lib/libQt6Gui.so.6") | _linked(qt / "plugins/platforms/libqxcb.so")
    assert "libxcb-cursor.so.0" in linked
    assert linked - ALWAYS_THERE <= set(preflight.EVERYWHERE | preflight.ON_X11)


# What Python itself or the packages of the others bring.
ALWAYS_THERE = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libgthread-2.0.so.0"}


def _linked(binary: Path) -> set[str]:
    """Names of system libraries in a binary's string table; Qt's own left out."""
    names = re.findall(rb"\0(lib[\w+.-]+\.so\.\d+)(?=\0)", binary.read_bytes())
    return {name.decode() for name in names if not name.startswith((b"libQt6", b"libicu"))}


@pytest.mark.parametrize("language", [Language.ZH_CN, Language.EN])
def test_every_problem_has_two_lines_in_both_languages(language: Language) -> None:
    ids = Catalogue.load(language).ids
    for text_id in (
        "libraries.missing",
        "libraries.fix",
        "display.none",
        "display.none_fix",
        "display.dead",
        "display.dead_fix",
    ):
        assert f"doctor.{text_id}" in ids


def test_the_lines_are_in_the_systems_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(preflight, "missing", lambda libraries: {})
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    lines = preflight.check_display()
    assert lines is not None
    assert lines[0].startswith("没有图形桌面")


def test_the_check_loads_no_qt() -> None:
    code = "import sys, glmdesk.preflight as p; p.check_display(); print([m for m in sys.modules if 'PySide6' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
