"""The desktop files, the man page, the lists of packages."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from glmdesk import preflight
from release import elf, linux
from release.places import APP_ID, version

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"


def _checked(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_desktop_entry_is_valid() -> None:
    _checked(["desktop-file-validate", str(LINUX / "glmdesk.desktop")])


def test_the_metadata_for_software_centres_is_valid(tmp_path: Path) -> None:
    file = tmp_path / f"{APP_ID}.metainfo.xml"
    file.write_text(linux.filled(LINUX / file.name), "utf-8")
    _checked(["appstreamcli", "validate", "--no-net", str(file)])


def test_names_and_version_agree() -> None:
    root = ElementTree.fromstring(linux.filled(LINUX / f"{APP_ID}.metainfo.xml"))
    assert root.findtext("id") == APP_ID
    assert root.findtext("launchable") == "glmdesk.desktop"
    assert [release.get("version") for release in root.iter("release")] == [version()]
    assert "@" not in linux.filled(LINUX / "glmdesk.1")


def test_the_entry_takes_addresses_of_the_program() -> None:
    lines = (LINUX / "glmdesk.desktop").read_text("utf-8").splitlines()
    assert "Exec=glmdesk %u" in lines
    assert "MimeType=x-scheme-handler/glmdesk;" in lines


def test_the_man_page_names_every_option_and_command() -> None:
    from glmdesk.cli import _parser

    page = (LINUX / "glmdesk.1").read_text("utf-8").replace("\\-", "-")
    usage = _parser().format_help()
    for name in set(re.findall(r"--[a-z-]+", usage)) | {"ask", "export", "doctor", "key"}:
        assert name in page, name


def test_every_library_that_the_program_looks_for_is_in_the_table() -> None:
    bundled = {
        name for name in preflight.ON_X11 if re.match(r"libxcb-(cursor|icccm|image|keysyms|render-util|util)", name)
    }
    looked_for = preflight.EVERYWHERE | preflight.ON_X11 | preflight.ON_WAYLAND
    table = elf.system_libraries()
    assert {n: table.get(n) for n in looked_for if n not in bundled} == {
        n: package for n, package in looked_for.items() if n not in bundled
    }


def test_a_chinese_font_is_asked_for() -> None:
    text = (LINUX / "libraries.toml").read_text("utf-8")
    assert "fonts-noto-cjk |" in text
    assert "google-noto-sans-cjk" in text
