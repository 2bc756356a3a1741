"""What a server process starts with: its program, its folder, the few variables it inherits."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

# What a server gets when nothing is said: no key, token or proxy of the user's is among it.
_BASE = (
    (
        "APPDATA",
        "COMSPEC",
        "HOMEDRIVE",
        "HOMEPATH",
        "LOCALAPPDATA",
        "PATH",
        "PATHEXT",
        "PROCESSOR_ARCHITECTURE",
        "PROGRAMFILES",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "USERNAME",
        "USERPROFILE",
    )
    if sys.platform == "win32"
    else ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER")
)


def base_environment() -> dict[str, str]:
    """The variables a server inherits; exported shell functions stay out."""
    found = {name: os.environ.get(name, "") for name in _BASE}
    return {name: value for name, value in found.items() if value and not value.startswith("()")}


def find_program(command: str, path: str | None) -> str | None:
    """The absolute path of a command; None when there is none. `path` is the server's own PATH."""
    found = shutil.which(str(Path(command).expanduser()) if command.startswith("~") else command, path=path)
    return str(Path(found).absolute()) if found else None


def find_folder(text: str) -> Path:
    """The folder a server starts in: the user's home when none is named."""
    return Path(text).expanduser() if text else Path.home()
