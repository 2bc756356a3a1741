"""The command that prints a key, as other programs start it: from a checkout, a bundle, an AppImage."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from glmdesk.services.key_command import key_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the command is for the system's own shell")


@pytest.fixture(autouse=True)
def no_profile_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLMDESK_HOME", raising=False)
    monkeypatch.delenv("APPIMAGE", raising=False)


def echoing(path: Path) -> Path:
    """A program that prints its arguments."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n', "utf-8")
    path.chmod(0o755)
    return path


def started(command: str) -> list[str]:
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30).stdout.splitlines()


def test_a_checkout_starts_its_own_script() -> None:
    script, *words = shlex.split(key_command("bigmodel"))
    assert words == ["key", "print", "bigmodel"]
    assert Path(script) == Path(sys.executable).with_name("glmdesk")
    assert Path(script).is_file()


def test_without_a_script_the_package_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "bin" / "python3"
    monkeypatch.setattr(sys, "executable", str(python))
    assert shlex.split(key_command("zai")) == [str(python), "-m", "glmdesk", "key", "print", "zai"]


def test_a_bundle_starts_itself_from_a_folder_with_spaces_and_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = echoing(tmp_path / "GLM 桌面's $HOME" / "glmdesk")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("GLMDESK_HOME", "/data/my profile")
    words = [str(program), "--profile", "/data/my profile", "key", "print", "own; id"]
    assert started(key_command("own; id")) == words


def test_an_appimage_is_started_and_not_its_mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = echoing(tmp_path / "GLM-Desk.AppImage")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".mount_GLM123" / "glmdesk"))
    monkeypatch.setenv("APPIMAGE", str(image))
    assert started(key_command("bigmodel"))[0] == str(image)
