"""Continuous integration is well formed and runs the commands that people run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml

from scripts import check
from tests.helpers.systems import posix_only

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / ".ci" / "run"


def test_the_workflow_covers_three_systems_and_two_pythons() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    assert jobs["desktop"]["strategy"]["matrix"]["os"] == ["windows-latest", "macos-latest"]
    for name in ("linux", "desktop"):
        assert jobs[name]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]


def test_the_ci_script_ends_with_the_readmes_test_command() -> None:
    lines = SCRIPT.read_text("utf-8").splitlines()
    assert "uv run python -m scripts.check || checks=$?" in lines
    assert lines[-2:] == ["uv run pytest", 'exit "$checks"']
    assert os.access(SCRIPT, os.X_OK) or sys.platform == "win32"


@posix_only("a shell")
def test_the_ci_script_is_sound_shell() -> None:
    subprocess.run(["bash", "-n", str(SCRIPT)], check=True)


def test_the_house_rules_hold() -> None:
    assert check.house_rules()


def test_a_banned_word_is_found_with_its_place() -> None:
    registry = "https://pyp" + "i.org/simple"
    found = list(check.banned_in("notes.md", f"first line\nfrom {registry} and /tm" + "p/scratch\n"))
    assert [problem.rpartition(": ")[0] for problem in found] == [
        "notes.md:2: a path of one machine",
        "notes.md:2: the address of a registry",
    ]


def test_a_path_inside_a_word_is_no_machine_path() -> None:
    assert list(check.banned_in("notes.md", "tests/tm" + "p/x and src/wor" + "k/y")) == []


def test_a_long_file_is_found(tmp_path: Path) -> None:
    long = tmp_path / "long.py"
    long.write_text("x = 1\n" * (check.LONGEST + 1), "utf-8")
    assert len(list(check.long_files([str(long)]))) == 1
