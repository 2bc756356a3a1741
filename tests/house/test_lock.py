"""The environment is the one that the lock describes, and the lock names no address."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PIN = re.compile(r"^([a-z0-9-]+)==([^\s;\\]+)", re.MULTILINE)
# What installs the environment is not installed by it.
INSTALLERS = {"glmdesk", "pip", "setuptools", "uv", "wheel"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(lines: list[str]) -> dict[str, str]:
    return {match[1]: match[2] for line in lines if (match := PIN.match(line))}


SHIPPED = _pins(LOCK.splitlines())
CONSTRAINTS = _pins(PROJECT["tool"]["uv"]["constraint-dependencies"])


def _installed() -> dict[str, str]:
    found = {_normal(dist.metadata["Name"]): dist.version for dist in metadata.distributions()}
    return {name: version for name, version in found.items() if name not in INSTALLERS}


def test_every_installed_distribution_has_the_version_of_the_lock() -> None:
    wrong = {name: version for name, version in _installed().items() if CONSTRAINTS.get(name) != version}
    assert wrong == {}


def test_every_shipped_distribution_is_pinned_alike_in_both_places() -> None:
    assert {name: CONSTRAINTS.get(name) for name in SHIPPED} == SHIPPED


@pytest.mark.parametrize(
    "requirement", PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["preview"]
)
def test_every_dependency_of_the_program_is_in_the_lock(requirement: str) -> None:
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    assert _normal(name.group()) in SHIPPED


def test_every_locked_distribution_has_hashes() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.split("\n", 1)[1].strip())
    assert len(entries) == len(SHIPPED)
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^\s*(-i|-f|--\w*index|--find-links)", LOCK, re.MULTILINE)


def test_the_developers_tools_are_not_shipped() -> None:
    assert {"pytest", "ruff", "pyright", "zai-sdk", "hypothesis"} & set(SHIPPED) == set()


def test_the_file_with_addresses_is_not_tracked() -> None:
    names = subprocess.run(["git", "ls-files", "uv.lock"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert names == ""


def test_markdown_stays_below_the_major_version_the_chinese_plugin_needs() -> None:
    assert metadata.version("markdown-it-py").startswith("3.")
