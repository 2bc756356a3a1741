"""PyInstaller, and what is done to its output."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from release.contents import is_program
from release.places import PACKAGING, ROOT, Places, source_date


def freeze(places: Places, icons: Path) -> None:
    """Build the one-dir bundle. Raises CalledProcessError."""
    for old in (places.bundle, places.work):
        shutil.rmtree(old, ignore_errors=True)
    places.work.mkdir(parents=True)
    own = {
        "GLMDESK_FLAVOUR": places.flavour.value,
        "GLMDESK_CONTENTS": str(places.contents),
        "GLMDESK_ICONS": str(icons),
        # The order of sets, and with it the order of files, is the same every time.
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": str(source_date()),
    }
    command = [str(places.python), "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    folders = ["--distpath", str(places.bundle.parent), "--workpath", str(places.work / "pyinstaller")]
    subprocess.run([*command, *folders, str(PACKAGING / "glmdesk.spec")], cwd=ROOT, env=os.environ | own, check=True)
    if sys.platform == "linux":
        _strip(places.internal)
        _plain_modes(places)


def _strip(internal: Path) -> None:
    """Names of functions that nobody reads: 25 MB in an interpreter built from source, 9 MB in wheels. Qt has none."""
    strip = shutil.which("strip")
    if strip is None:
        print("strip (binutils) is not installed: libraries keep their symbols", file=sys.stderr)
        return
    files = [path for path in internal.rglob("*.so*") if path.is_file() and not path.is_symlink()]
    with_names = [str(path) for path in files if not re.match(r"(lib)?(Qt|pyside|shiboken|Shiboken|q)", path.name)]
    subprocess.run([strip, "--strip-unneeded", *with_names], check=True)


def _plain_modes(places: Places) -> None:
    """Libraries need no executable bit, programs do; nothing is writable by others."""
    for path in places.bundle.rglob("*"):
        if path.is_symlink():
            continue
        path.chmod(0o755 if path.is_dir() or path == places.launcher or is_program(path.name) else 0o644)
