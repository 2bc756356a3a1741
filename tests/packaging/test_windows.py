"""The installer for Windows is valid, and its uninstaller removes our files only."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from release.icons import ico
from release.windows import SCRIPT, compile_installer, removal_lines


def _stand_in(folder: Path) -> Path:
    """A bundle of the same shape, a few bytes large."""
    for name in ("glmdesk.exe", "glmdesk-gui.exe", "_internal/python311.dll", "_internal/resources/模板/a b.toml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"MZ stand-in")
    return folder


def test_the_script_compiles_without_a_warning(tmp_path: Path) -> None:
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed")
    (tmp_path / "icon.ico").write_bytes(ico())
    made = tmp_path / "glmdesk-0.1.0-windows.exe"
    bundle = _stand_in(tmp_path / "bundle")
    compile_installer(bundle=bundle, icon=tmp_path / "icon.ico", work=tmp_path / "work", made=made)
    assert made.read_bytes()[:2] == b"MZ"


def test_files_go_before_their_folders_and_the_innermost_folder_first() -> None:
    lines = list(removal_lines(["glmdesk.exe", "_internal/a/b.txt", "_internal/c.txt"]))
    assert lines == [
        'Delete "$INSTDIR\\glmdesk.exe"',
        'Delete "$INSTDIR\\_internal\\a\\b.txt"',
        'Delete "$INSTDIR\\_internal\\c.txt"',
        'RMDir "$INSTDIR\\_internal\\a"',
        'RMDir "$INSTDIR\\_internal"',
    ]


def test_nothing_is_removed_by_whole_folders_and_no_administrator_is_asked_for() -> None:
    script = SCRIPT.read_text("utf-8")
    assert "RMDir /r" not in script
    assert "RequestExecutionLevel user" in script
    assert "HKLM" not in script
    removal = script[script.index('Section "Uninstall"') :]
    assert "LOCALAPPDATA" not in removal
    assert "APPDATA" not in removal
