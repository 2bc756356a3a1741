"""Signatures and checksums. Secrets come from the environment; without them a step says so and is skipped."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from release.places import PACKAGING

_TIMESTAMP = "http://timestamp.digicert.com"


def _secrets(what: str, *names: str) -> list[str] | None:
    """The values of these variables, or None with a notice when one is missing."""
    values = [os.environ.get(name, "") for name in names]
    if all(values):
        return values
    print(f"{what}: not signed, {' and '.join(names)} not set", file=sys.stderr)
    return None


def sign_windows(file: Path) -> bool:
    """Sign a program or installer with `signtool`; the certificate is a PFX file in base64."""
    secrets = _secrets(file.name, "GLMDESK_WINDOWS_CERTIFICATE", "GLMDESK_WINDOWS_CERTIFICATE_PASSWORD")
    if secrets is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        certificate = Path(folder) / "certificate.pfx"
        certificate.write_bytes(base64.b64decode(secrets[0]))
        key = ["/f", str(certificate), "/p", secrets[1]]
        stamp = ["/fd", "sha256", "/tr", _TIMESTAMP, "/td", "sha256"]
        subprocess.run(["signtool", "sign", *key, *stamp, str(file)], check=True)
    return True


def sign_macos(app: Path) -> bool:
    """Sign an application with the hardened runtime; the identity must be in an unlocked keychain."""
    secrets = _secrets(app.name, "GLMDESK_MACOS_IDENTITY")
    if secrets is None:
        return False
    entitlements = str(PACKAGING / "macos" / "entitlements.plist")
    options = ["--force", "--deep", "--timestamp", "--options", "runtime", "--entitlements", entitlements]
    subprocess.run(["codesign", *options, "--sign", secrets[0], str(app)], check=True)
    return True


def notarize_macos(image: Path) -> bool:
    """Have Apple check a disk image, and staple its answer to it."""
    names = ("GLMDESK_APPLE_ID", "GLMDESK_APPLE_TEAM", "GLMDESK_APPLE_PASSWORD")
    secrets = _secrets(f"{image.name} (notarization)", *names)
    if secrets is None:
        return False
    account = ["--apple-id", secrets[0], "--team-id", secrets[1], "--password", secrets[2]]
    subprocess.run(["xcrun", "notarytool", "submit", str(image), *account, "--wait"], check=True)
    subprocess.run(["xcrun", "stapler", "staple", str(image)], check=True)
    return True


def write_checksums(files: Iterable[Path], folder: Path) -> Path:
    """`SHA256SUMS`, and its signature where GLMDESK_GPG_KEY names a key of the keyring."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(files)]
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(lines), "utf-8")
    key = _secrets(sums.name, "GLMDESK_GPG_KEY")
    if key is not None:
        options = ["--batch", "--yes", "--armor", "--local-user", key[0], "--output", f"{sums}.asc"]
        subprocess.run(["gpg", *options, "--detach-sign", str(sums)], check=True)
    return sums
