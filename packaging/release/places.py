"""Where a build reads and writes, and what it is called."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
APP_ID = "io.github.glmdesk.GLMDesk"
NAME = "glmdesk"


class Flavour(Enum):
    """LIGHT opens previews in the system's browser; WEBENGINE has one inside."""

    LIGHT = "light"
    WEBENGINE = "webengine"


# Unpacked, in megabytes of 1,000,000 bytes.
LARGEST = {Flavour.LIGHT: 170, Flavour.WEBENGINE: 420}


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one build."""

    flavour: Flavour
    out: Path

    @property
    def venv(self) -> Path:
        return self.out / f"venv-{self.flavour.value}"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def work(self) -> Path:
        return self.out / f"work-{self.flavour.value}"

    @property
    def bundle(self) -> Path:
        """The frozen program: the launcher, and `_internal` beside it."""
        return self.out / self.flavour.value / NAME

    @property
    def internal(self) -> Path:
        return self.bundle / "_internal"

    @property
    def contents(self) -> Path:
        """What PyInstaller put in and from where (JSON); the spec file writes it."""
        return self.work / "contents.json"

    @property
    def launcher(self) -> Path:
        return self.bundle / (f"{NAME}.exe" if sys.platform == "win32" else NAME)

    @property
    def packages(self) -> Path:
        """The finished installers."""
        return self.out / "packages"

    def file_name(self, ending: str) -> str:
        """`glmdesk-0.1.0-linux-x86_64.tar.xz`; the flavour with WebEngine says so."""
        extra = "" if self.flavour is Flavour.LIGHT else f"-{self.flavour.value}"
        systems = {"win32": "windows", "darwin": "macos"}
        system = systems.get(sys.platform, sys.platform)
        return f"{NAME}{extra}-{version()}-{system}-{platform.machine().lower()}{ending}"


def version() -> str:
    """The program's version, e.g. `0.1.0`."""
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise LookupError("pyproject.toml names no version")
    return found[1]


def source_date() -> int:
    """Seconds since 1970 of the last commit: files in packages carry it, so that two builds are alike."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(done.stdout.strip() or 1_700_000_000)
