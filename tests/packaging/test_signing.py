"""Signing takes its secrets from the environment and says when there are none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from release import signing

SECRETS = (
    "GLMDESK_WINDOWS_CERTIFICATE",
    "GLMDESK_WINDOWS_CERTIFICATE_PASSWORD",
    "GLMDESK_MACOS_IDENTITY",
    "GLMDESK_APPLE_ID",
    "GLMDESK_GPG_KEY",
)


@pytest.mark.parametrize("step", [signing.sign_windows, signing.sign_macos, signing.notarize_macos])
def test_a_step_without_its_secrets_is_skipped_with_a_notice(
    step: Callable[[Path], bool], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    assert step(tmp_path / "setup.exe") is False
    assert "not signed, GLMDESK_" in capsys.readouterr().err


def test_the_checksums_are_those_that_sha256sum_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GLMDESK_GPG_KEY", raising=False)
    for name in ("b.deb", "a.rpm"):
        (tmp_path / name).write_bytes(name.encode())
    sums = signing.write_checksums([tmp_path / "b.deb", tmp_path / "a.rpm"], tmp_path)
    digest = hashlib.sha256(b"a.rpm").hexdigest()
    assert sums.read_text("utf-8").splitlines()[0] == f"{digest}  a.rpm"
