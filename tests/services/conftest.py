"""Fixtures of the services' tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.claude import SettingsFile


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsFile:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("GLMDESK_HOME", str(tmp_path / "profile"))
    return SettingsFile(tmp_path)
