"""The installer for Windows; `makensis` compiles it on any system."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from release.manifest import file_list
from release.places import PACKAGING, Places, version
from release.signing import sign_windows

SCRIPT = PACKAGING / "windows" / "glmdesk.nsi"


def make_installer(places: Places, icons: Path) -> list[Path]:
    """The per-user installer of the bundle. Raises CalledProcessError."""
    if sys.platform == "win32":
        for program in sorted(places.bundle.glob("*.exe")):
            sign_windows(program)
    made = places.packages / places.file_name("-setup.exe")
    compile_installer(bundle=places.bundle, icon=icons / "glmdesk.ico", work=places.work, made=made)
    sign_windows(made)
    return [made]


def compile_installer(*, bundle: Path, icon: Path, work: Path, made: Path) -> None:
    """Run makensis with warnings as errors. Raises CalledProcessError."""
    made.parent.mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    removal = work / "remove.nsh"
    removal.write_text("\n".join(removal_lines(file_list(bundle))) + "\n", "utf-8")
    values = {"VERSION": version(), "BUNDLE": bundle, "ICON": icon, "REMOVAL": removal, "OUT": made}
    defines = [f"-D{name}={value}" for name, value in values.items()]
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *defines, str(SCRIPT)]
    subprocess.run(command, check=True)


def removal_lines(names: list[str]) -> Iterator[str]:
    """What the uninstaller removes: our files by name, then folders that are empty. A user's own file stays."""
    for name in names:
        yield f'Delete "$INSTDIR\\{PureWindowsPath(name)}"'
    folders = {parent for name in names for parent in PureWindowsPath(name).parents if parent.name}
    for folder in sorted(folders, key=lambda path: (-len(path.parts), str(path))):
        yield f'RMDir "$INSTDIR\\{folder}"'
