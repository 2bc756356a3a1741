"""Starts and ends the embedded server as a process of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

_START_TIMEOUT = 20.0  # seconds until the child must have said its port
_END_TIMEOUT = 3.0
# What Python and the system's socket layer need to start; no key, token or proxy of the user's gets in.
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH")
OPTIONS_VARIABLE = "GLMDESK_DEMO_OPTIONS"
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]


class DemoStartError(RuntimeError):
    """The embedded server did not come up."""


def worker_environment(arguments: Sequence[str] = ()) -> dict[str, str]:
    """The child's whole environment; its options travel in it, because `--worker demo` takes none of its own."""
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    own = {"PYTHONPATH": str(_PACKAGE_PARENT), "PYTHONUTF8": "1", OPTIONS_VARIABLE: " ".join(arguments)}
    return {**passed, **own}


def command() -> list[str]:
    """How to start the server: the frozen program is its own interpreter."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", "demo"]
    return [sys.executable, "-m", "glmdesk.demo"]


class DemoProcess:
    """One server process; it ends by itself when this process ends, because its standard input closes.

    `rate` in tokens per second (0: as fast as it goes); None leaves the server's default.
    """

    def __init__(self, *, rate: float | None = None, profile: str | None = None) -> None:
        self._arguments = [f"--parent-pid={os.getpid()}"]
        if rate is not None:
            self._arguments.append(f"--rate={rate}")
        if profile is not None:
            self._arguments.append(f"--profile={profile}")
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def start(self) -> str:
        """The base URL, `http://127.0.0.1:PORT/api/paas/v4`. Raises DemoStartError."""
        # A thread reads the first line: subprocess support differs between event loops, threads do not.
        try:
            port = await asyncio.wait_for(asyncio.to_thread(self.launch), _START_TIMEOUT)
        except TimeoutError as error:
            await self.close()
            raise DemoStartError("the demo server did not answer in time") from error
        return f"http://127.0.0.1:{port}/api/paas/v4"

    def launch(self) -> int:
        """Blocking form of `start`: the port. Raises DemoStartError."""
        self._child = _spawn(command(), worker_environment(self._arguments))
        line = _stream(self._child.stdout).readline().decode("ascii", "replace").split()
        if len(line) != 2 or line[0] != "listening":
            self.shut()
            raise DemoStartError("the demo server ended before it listened")
        return int(line[1])

    async def close(self) -> None:
        await asyncio.to_thread(self.shut)

    def shut(self) -> None:
        """Blocking form of `close`: ask by closing its input, then end it."""
        child, self._child = self._child, None
        if child is None:
            return
        _stream(child.stdin).close()
        try:
            child.wait(_END_TIMEOUT)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        _stream(child.stdout).close()


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise DemoStartError("the demo server has no pipe")
    return stream


def _spawn(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        return subprocess.Popen(  # noqa: S603 (our own program, no shell)
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=flags,
        )
    except OSError as error:
        raise DemoStartError(str(error)) from error
