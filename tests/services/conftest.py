"""Fixtures of the services' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.claude import SettingsFile
from tests.helpers.server import demo_server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The demo server, answering at once."""
    with demo_server() as address:
        yield address


@pytest.fixture(scope="module")
def slow() -> Iterator[str]:
    """One that says 40 tokens a second."""
    with demo_server(rate=40) as address:
        yield address


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsFile:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("GLMDESK_HOME", str(tmp_path / "profile"))
    return SettingsFile(tmp_path)
