"""Each import contract catches a violation planted in a copy of the package; the real tree breaks none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

# contract id -> (file of the package, line added to it)
PLANTED = {
    "layers": ("services/planted.py", "import glmdesk.ui"),
    "siblings": ("markup/planted.py", "import glmdesk.store"),
    "qt": ("services/planted.py", "from PySide6.QtCore import QObject"),
    "windowless": ("commands/planted.py", "import glmdesk.ui"),
    "httpx": ("services/planted.py", "import httpx"),
    "sqlite3": ("services/planted.py", "def late():\n    import sqlite3"),
    "keyring": ("commands/planted.py", "import keyring"),
    "mcp": ("tools/planted.py", "import mcp"),
    "ui": ("ui/planted.py", "from glmdesk.store import planted"),
    "domain": ("domain/planted.py", "import msgspec"),
    "tops": ("app.py", "import glmdesk.preflight"),
}


def _lint(tree: Path, *options: str) -> str:
    """What the linter prints about a tree; that tree's package is looked at, not the installed one."""
    command = "from importlinter.cli import lint_imports_command as command; command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-logo", "--no-cache", *options],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def _broken(tree: Path, *options: str) -> list[str]:
    """The names of the contracts that the linter reports broken."""
    output = _lint(tree, *options)
    assert "\nContracts: " in output, output
    return re.findall(r"^(.+) BROKEN\b", output, re.MULTILINE)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("house")
    python_only = shutil.ignore_patterns("__pycache__", "resources")
    for folder in ("glmdesk", "scripts"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=python_only)
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(PLANTED)


def test_the_package_breaks_no_contract() -> None:
    assert _broken(ROOT) == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_a_planted_violation_breaks_its_contract(contract: dict[str, str], copy: Path) -> None:
    name, line = PLANTED[contract["id"]]
    path = copy / "glmdesk" / name
    before = path.read_text("utf-8") if path.exists() else None
    path.write_text((before or "") + f"\n{line}\n", "utf-8")
    try:
        assert _broken(copy, "--contract", contract["id"]) == [contract["name"]]
    finally:
        path.unlink() if before is None else path.write_text(before, "utf-8")


def test_a_new_module_outside_the_picture_is_reported(copy: Path) -> None:
    path = copy / "glmdesk" / "utils.py"
    path.write_text('"""Everything."""\n', "utf-8")
    try:
        assert "glmdesk.utils" in _lint(copy)
    finally:
        path.unlink()
