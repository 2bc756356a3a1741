"""Which system libraries a bundle for Linux asks the loader for."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

from release.places import PACKAGING


def elf_files(folder: Path) -> Iterator[Path]:
    """Programs and libraries, links left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def needed(folder: Path) -> set[str]:
    """Names such as `libEGL.so.1` that are needed and not inside. Needs `readelf` (binutils)."""
    files = list(elf_files(folder))
    inside = {path.name for path in folder.rglob("*.so*")}
    done = subprocess.run(["readelf", "-dW", *map(str, files)], capture_output=True, text=True, check=True)
    asked = {line.rpartition("[")[2].rstrip("]") for line in done.stdout.splitlines() if "(NEEDED)" in line}
    return asked - inside


def system_libraries() -> dict[str, str]:
    """The table of libraries: name for the loader -> Debian package."""
    table = tomllib.loads((PACKAGING / "linux" / "libraries.toml").read_text("utf-8"))
    return dict(table["debian"])


def undeclared(folder: Path) -> list[str]:
    """Libraries that a bundle needs and no package declares."""
    return sorted(needed(folder) - set(system_libraries()))
