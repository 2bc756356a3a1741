"""What a server process starts with: its program, its folder, the few variables it inherits."""

from __future__ import annotations

import os
import re
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


# Where npx, uvx and their like are put. A program started from a desktop's menu does not have them in its PATH,
# because they are added by the shell's own files.
_USUAL = (
    ("~/AppData/Roaming/npm", "~/.local/bin", "~/.cargo/bin", "~/scoop/shims", "C:/Program Files/nodejs")
    if sys.platform == "win32"
    else (
        "~/.local/bin",
        "~/.cargo/bin",
        "~/.volta/bin",
        "~/.bun/bin",
        "~/.deno/bin",
        "~/.asdf/shims",
        "~/.local/share/mise/shims",
        "~/.local/share/fnm/aliases/default/bin",
        "~/.npm-global/bin",
        "/opt/homebrew/bin",
        "/usr/local/bin",
        "/snap/bin",
    )
)
_NVM = "~/.nvm/versions/node"
_VERSION = re.compile(r"\d+")


def base_environment() -> dict[str, str]:
    """The variables a server inherits; exported shell functions stay out. Usual folders are put behind its PATH."""
    found = {name: os.environ.get(name, "") for name in _BASE}
    found["PATH"] = os.pathsep.join(_folders(found["PATH"]))
    return {name: value for name, value in found.items() if value and not value.startswith("()")}


def _folders(path: str) -> list[str]:
    known = [folder for folder in path.split(os.pathsep) if folder]
    usual = [Path(folder).expanduser() for folder in _USUAL]
    return [*known, *(str(f) for f in [*usual, *_newest_node()] if f.is_dir() and str(f) not in known)]


def _newest_node() -> list[Path]:
    """The newest Node that nvm has installed."""
    try:
        versions = [found for found in Path(_NVM).expanduser().iterdir() if (found / "bin").is_dir()]
    except OSError:
        return []
    newest = sorted(versions, key=lambda found: [int(number) for number in _VERSION.findall(found.name)])[-1:]
    return [found / "bin" for found in newest]


def find_program(command: str, path: str | None) -> str | None:
    """The absolute path of a command; None when there is none. `path` is the server's own PATH."""
    found = shutil.which(str(Path(command).expanduser()) if command.startswith("~") else command, path=path)
    return str(Path(found).absolute()) if found else None


def find_folder(text: str) -> Path:
    """The folder a server starts in: the user's home when none is named."""
    return Path(text).expanduser() if text else Path.home()
