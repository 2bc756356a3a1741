"""A desktop session for tests: a private D-Bus and a real, unlocked gnome-keyring daemon."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = b"test"


@contextmanager
def desktop_session(*, unlocked: bool = True) -> Generator[dict[str, str], None, None]:
    """The environment of a session with a home of its own. Nothing of the caller's session is used or touched.

    Raises FileNotFoundError when a daemon is not installed: a test that needs it fails and is not skipped.
    """
    programs = {name: _program(name) for name in ("dbus-daemon", "gnome-keyring-daemon")}
    with tempfile.TemporaryDirectory(prefix="glmdesk-session-", ignore_cleanup_errors=True) as folder:
        environment = _environment(Path(folder))
        with _bus(programs["dbus-daemon"], environment) as address:
            environment["DBUS_SESSION_BUS_ADDRESS"] = address
            with _keyring(programs["gnome-keyring-daemon"], environment, unlocked=unlocked):
                yield environment


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed (apt-get install -y dbus gnome-keyring)")
    return found


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
    for name in ("home", "runtime"):
        (folder / name).mkdir(mode=0o700)
    return kept | {
        "HOME": str(folder / "home"),
        "XDG_RUNTIME_DIR": str(folder / "runtime"),
        "XDG_DATA_HOME": str(folder / "home" / "share"),
        "XDG_CONFIG_HOME": str(folder / "home" / "config"),
    }


@contextmanager
def _bus(program: str, environment: dict[str, str]) -> Generator[str, None, None]:
    command = [program, "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as bus:
        try:
            assert bus.stdout is not None
            yield bus.stdout.readline().decode().strip()
        finally:
            bus.kill()


@contextmanager
def _keyring(program: str, environment: dict[str, str], *, unlocked: bool) -> Generator[None, None, None]:
    command = [program, "--foreground", "--components=secrets", *(["--unlock"] if unlocked else [])]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as daemon:
        try:
            assert daemon.stdin is not None
            assert daemon.stdout is not None
            daemon.stdin.write(PASSWORD)
            daemon.stdin.close()
            daemon.stdout.readline()  # printed when it is ready
            yield
        finally:
            daemon.kill()
