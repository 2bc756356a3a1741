"""Namespaces of Linux for code that a model wrote: no network, no other process, no secret of the user in sight.

Through the session's sockets code would reach the keyring, other windows or an agent that signs, with the user's rights
and without a network; in the program's own folder it could write itself a permission.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

_ALONE = ("-r", "-n", "-p", "-f", "--kill-child")  # its first process ends all others with it
_DISPLAYS = [str(Path("/", "tmp", name)) for name in (".X11-unix", ".ICE-unix")]  # where every X server has them
_FOLDERS = ("/run/user", "/run/dbus", *_DISPLAYS)
_SECRETS = (".ssh", ".gnupg", ".local/share/keyrings", ".local/share/kwalletd")  # of the home folder


def isolation(hidden: Sequence[Path] = ()) -> Sequence[str]:
    """What stands before the command: as much as the system allows, or nothing. `hidden` folders look empty."""
    tool, mount = (shutil.which(name) if sys.platform == "linux" else None for name in ("unshare", "mount"))
    return _allowed(tool, bool(mount), (*_folders(), *map(str, hidden)), tuple(_sockets())) if tool else ()


@cache
def _allowed(tool: str, can_mount: bool, folders: tuple[str, ...], sockets: tuple[str, ...]) -> Sequence[str]:
    # In a namespace of users inside the other one, what is mounted cannot be taken away again.
    inner = f'exec {shlex.quote(tool)} -r -m "$@"'
    hiding = (tool, *_ALONE, "--mount-proc", "sh", "-c", _script(folders, sockets) + inner, "sh")
    for command in (*((hiding,) if can_mount else ()), (tool, *_ALONE), (tool, "-r", "-n")):
        try:
            done = subprocess.run([*command, "true"], capture_output=True, timeout=5, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired):
            return ()
        if done.returncode == 0:
            return command
    return ()


def _script(folders: Sequence[str], sockets: Sequence[str]) -> str:
    """Words of a shell that put nothing where folders and sockets are; it fails rather than leaving one in sight."""
    empty = [(path, f"mount -t tmpfs none {shlex.quote(path)}") for path in folders]
    closed = [(path, f"mount --bind /dev/null {shlex.quote(path)}") for path in sockets]
    lines = [f"if [ -e {shlex.quote(path)} ]; then {words} || exit 71; fi\n" for path, words in (*empty, *closed)]
    return "".join(lines)


def _folders() -> Iterator[str]:
    yield from _FOLDERS
    yield from (str(Path.home() / name) for name in _SECRETS)
    if data := os.environ.get("XDG_DATA_HOME", ""):
        yield str(Path(data, "keyrings"))
    for name in ("XDG_RUNTIME_DIR", "GNOME_KEYRING_CONTROL"):
        if path := os.environ.get(name, ""):
            yield path


def _sockets() -> Iterator[str]:
    for address in os.environ.get("DBUS_SESSION_BUS_ADDRESS", "").split(";"):
        for pair in address.removeprefix("unix:").split(","):
            name, _, path = pair.partition("=")
            if name == "path" and path:
                yield path
    if path := os.environ.get("SSH_AUTH_SOCK", ""):
        yield path
