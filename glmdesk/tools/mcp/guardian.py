"""Stands between the program and one MCP server process, so that nothing of it outlives the program.

It holds the reading end of a pipe, the lifeline. The program writes there what to start and keeps the other end open;
when that end closes, because the program says so or because it was killed, the server and all it started are ended.
POSIX only: on Windows a job object does the same (process.py).
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any, NoReturn

FD_VARIABLE = "GLMDESK_LIFELINE"
GRACE_SECONDS = 1.5  # between SIGTERM and SIGKILL
_REAP_SECONDS = 1.5  # to see the end of what was killed
_CANNOT_START = 127
# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Start the server, wait for its end or for the program's; returns the server's exit code."""
    lifeline = int(os.environ[FD_VARIABLE])
    os.set_inheritable(lifeline, False)
    plan = _read_plan(lifeline)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)  # children of a server that ended become ours, not the system's
    ended, wake = _wake_on_child()
    server = _start(plan)
    _let_go_of_pipes()
    code = _watch(server, lifeline, ended)
    os.close(wake)
    _end_all(server)
    return code


def _read_plan(lifeline: int) -> dict[str, Any]:
    """One line of JSON: `argv`, `env`, `cwd`."""
    data = bytearray()
    while not data.endswith(b"\n"):
        piece = os.read(lifeline, 65536)
        if not piece:
            sys.exit(0)
        data += piece
    return json.loads(data)


def _wake_on_child() -> tuple[int, int]:
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _noted)
    return ended, wake


def _noted(number: int, frame: object) -> None:
    """The wake-up pipe has its number."""


def _start(plan: dict[str, Any]) -> int:
    """The server's process id. Forking is safe here: this process has one thread."""
    me = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(plan, me)
    with suppress(OSError):
        os.setpgid(pid, pid)
    return pid


def _become(plan: dict[str, Any], guardian: int) -> NoReturn:
    try:
        os.setpgid(0, 0)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guardian:  # it has gone meanwhile
            os._exit(_CANNOT_START)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(plan["cwd"])
        os.execve(plan["argv"][0], plan["argv"], plan["env"])  # noqa: S606 (the user has agreed to this command)
    except BaseException as error:
        os.write(2, f"cannot start {plan['argv'][0]}: {error}\n".encode("utf-8", "replace"))
    os._exit(_CANNOT_START)


def _let_go_of_pipes() -> None:
    """The pipes are the server's alone, so that its end is seen at their other ends."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)


def _watch(server: int, lifeline: int, ended: int) -> int:
    """Wait for whatever ends first. 0 when it was not the server."""
    while True:
        ready, _, _ = select.select([lifeline, ended], [], [])
        if lifeline in ready and not os.read(lifeline, 1):
            return 0
        if ended in ready:
            signals = os.read(ended, 512)
            code = _reap(server)
            if code is not None:
                return code
            if any(number != signal.SIGCHLD for number in signals):
                return 0


def _reap(server: int) -> int | None:
    """Collect what has ended; the exit code once the server is among it."""
    code: int | None = None
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == server:
                code = os.waitstatus_to_exitcode(status)
    return code if code is None or code >= 0 else 128 - code


def _end_all(server: int) -> None:
    """SIGTERM, then SIGKILL, to the server's group and to everything that became our child."""
    _signal_all(server, signal.SIGTERM)
    if _gone(server, GRACE_SECONDS):
        return
    deadline = time.monotonic() + _REAP_SECONDS
    while time.monotonic() < deadline:
        _signal_all(server, signal.SIGKILL)
        if _gone(server, 0.05):
            return


def _signal_all(server: int, number: signal.Signals) -> None:
    with suppress(OSError):
        os.killpg(server, number)
    for pid in _children():
        with suppress(OSError):
            os.kill(pid, number)


def _children() -> list[int]:
    """Our own children (Linux; elsewhere the group is all there is)."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:  # noqa: PTH123 (pathlib costs start-up time)
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _gone(server: int, seconds: float) -> bool:
    """True once no child and no member of the group is left."""
    deadline = time.monotonic() + seconds
    while True:
        _reap(server)
        if not _children() and not _group_lives(server):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.01)


def _group_lives(server: int) -> bool:
    try:
        os.killpg(server, 0)
    except OSError:
        return False
    return True


def _prctl(option: int, value: int) -> None:
    """Nothing where there is no prctl: the lifeline works without it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
