"""One server process with its pipes, in a kill scope of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process

from glmdesk.tools.mcp.guardian import FD_VARIABLE, GRACE_SECONDS

LEAVE_SECONDS = 1.0  # for a server whose input was closed to go by itself
_KILL_SECONDS = GRACE_SECONDS + 2.0
_POLL_SECONDS = 0.01
_LARGEST_PLAN = 60_000  # bytes: a pipe takes 64 KiB without a reader
_PACKAGE_PARENT = Path(__file__).resolve().parents[3]
# What a guardian needs to start; the server's own environment travels in the plan.
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


class PlanTooLong(Exception):
    """Command and environment together are longer than can be handed over."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start: `argv[0]` is an absolute path."""

    argv: Sequence[str]
    env: Mapping[str, str]
    folder: str


class ServerProcess:
    """A running server. `end` must be awaited; it takes at most 5 s."""

    def __init__(self, process: Process, lifeline: int | None) -> None:
        self._process = process
        self._lifeline = lifeline

    @property
    def pid(self) -> int:
        """The guardian's process id; the server is its child."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code once it has ended."""
        return self._process.returncode

    async def write(self, data: bytes) -> None:
        """Raises OSError or an anyio stream error once the pipe is closed."""
        if self._process.stdin is not None:
            await self._process.stdin.send(data)

    def output(self) -> AsyncIterator[bytes]:
        return _chunks(self._process.stdout)

    def errors(self) -> AsyncIterator[bytes]:
        """Its stderr; nothing on Windows, where the SDK's job object keeps it."""
        return _chunks(self._process.stderr)

    async def exited(self, seconds: float) -> bool:
        """Whether it ends within that time. Polls: asyncio's own wait also waits for pipes that others hold."""
        deadline = anyio.current_time() + seconds
        while self._process.returncode is None:
            if anyio.current_time() >= deadline:
                return False
            await anyio.sleep(_POLL_SECONDS)
        return True

    async def end(self) -> None:
        """Close its input, then cut the lifeline: the guardian ends the server and all it started."""
        with anyio.CancelScope(shield=True):
            await _close(self._process.stdin)
            if not await self.exited(LEAVE_SECONDS):
                await self._force()
            self.cut_lifeline()
            await self._release()

    async def _force(self) -> None:
        if self._lifeline is None:
            await _end_job(self._process)
            return
        self.cut_lifeline()
        if not await self.exited(_KILL_SECONDS):
            with suppress(OSError):
                self._process.kill()
            await self.exited(LEAVE_SECONDS)

    def cut_lifeline(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    async def _release(self) -> None:
        await _close(self._process.stdout)
        await _close(self._process.stderr)
        # A survivor may hold a pipe open: asyncio's transport would wait for it and warn.
        transport = getattr(getattr(self._process, "_process", None), "_transport", None)
        if transport is not None:
            transport.close()


async def spawn(plan: Plan) -> ServerProcess:
    """Start it. Raises OSError, or PlanTooLong."""
    if sys.platform == "win32":
        return await _spawn_in_job(plan)
    data = json.dumps({"argv": list(plan.argv), "env": dict(plan.env), "cwd": plan.folder}).encode() + b"\n"
    if len(data) > _LARGEST_PLAN:
        raise PlanTooLong
    reading, writing = os.pipe()
    try:
        process = await anyio.open_process(
            guardian_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_guardian_environment(reading),
            pass_fds=(reading,),
            start_new_session=True,
        )
        os.write(writing, data)
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
    return ServerProcess(process, writing)


def guardian_command() -> list[str]:
    """How to start the guardian: the frozen program is its own interpreter."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", "guardian"]
    return [sys.executable, "-m", "glmdesk", "--worker", "guardian"]


def _guardian_environment(lifeline: int) -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return {**passed, "PYTHONPATH": str(_PACKAGE_PARENT), "PYTHONUTF8": "1", FD_VARIABLE: str(lifeline)}


async def _spawn_in_job(plan: Plan) -> ServerProcess:
    """Windows: the SDK puts the process into a job object that ends with this program."""
    from mcp.os.win32.utilities import create_windows_process

    process = await create_windows_process(
        plan.argv[0],
        list(plan.argv[1:]),
        dict(plan.env),
        None,
        plan.folder,
    )
    return ServerProcess(process, None)  # type: ignore[arg-type]  # a FallbackProcess has the same methods


async def _end_job(process: Process) -> None:
    from mcp.os.win32.utilities import close_process_job, terminate_windows_process_tree

    await terminate_windows_process_tree(process)
    close_process_job(process)


async def _chunks(stream: ByteReceiveStream | None) -> AsyncIterator[bytes]:
    if stream is None:
        return
    with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
        async for chunk in stream:
            yield chunk


async def _close(stream: anyio.abc.AsyncResource | None) -> None:
    if stream is not None:
        with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            await stream.aclose()
