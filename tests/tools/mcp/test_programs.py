"""Where programs are looked for when the desktop's PATH does not name them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from glmdesk.tools.mcp.programs import base_environment, find_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders of other systems")


def put(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'first'}{os.pathsep}/usr/bin")
    return tmp_path


def found(command: str) -> str | None:
    return find_program(command, base_environment()["PATH"])


def test_programs_of_the_user_are_found_behind_the_path(home: Path) -> None:
    uvx = put(home / ".local" / "bin", "glmdesk-uvx")
    assert found("glmdesk-uvx") == str(uvx)
    first = put(home / "first", "glmdesk-uvx")
    assert found("glmdesk-uvx") == str(first)


def test_the_newest_node_of_nvm_is_found(home: Path) -> None:
    for version in ("v8.17.0", "v22.3.0", "v20.11.1"):
        put(home / ".nvm" / "versions" / "node" / version / "bin", "glmdesk-npx")
    (home / ".nvm" / "versions" / "node" / "v99.0.0").mkdir()
    assert found("glmdesk-npx") == str(home / ".nvm" / "versions" / "node" / "v22.3.0" / "bin" / "glmdesk-npx")


def test_folders_that_are_not_there_are_not_in_the_path(home: Path) -> None:
    assert str(home / ".cargo" / "bin") not in base_environment()["PATH"]
    assert base_environment()["PATH"].startswith(f"{home / 'first'}{os.pathsep}/usr/bin")
