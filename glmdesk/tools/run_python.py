"""Runs Python code in a process of its own: limited time, memory and output, no network where the system allows it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.tools.base import Tool, schema
from glmdesk.tools.isolation import isolation

SECONDS = 30.0
_MEMORY = 512 * 1024 * 1024
_FILE = 16 * 1024 * 1024  # bytes that one file may hold
_PROCESSES = 64  # with their threads; the system does not hold root to it
_OUTPUT = 200_000  # bytes of output that are kept; ten times as many end the run
_PIECE = 16 * 1024
_LENGTH = 12  # digits of the length of the code

# Runs in the interpreter before the code does; the limits cannot be raised again. Standard input carries the length of
# the code and the code, and then stays open for as long as the program lives: its end ends the run.
_LIMITED = f"""
import os, sys, threading
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY},) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, ({_FILE},) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, ({int(SECONDS)},) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0,) * 2)
    if os.getpid() == 1:  # alone in its namespace: elsewhere the user's other processes would count
        resource.setrlimit(resource.RLIMIT_NPROC, ({_PROCESSES},) * 2)
except (ImportError, ValueError, OSError):
    pass
def read(length):
    data = b""
    while len(data) < length and (piece := os.read(watched, length - len(data))):
        data += piece
    return data
def end_with_program():
    os.read(watched, 1)
    try:
        os.killpg(0, 9)
    finally:
        os._exit(1)
watched = os.dup(0)
code = read(int(read({_LENGTH}))).decode("utf-8")
sys.stdin = open(os.devnull)
threading.Thread(target=end_with_program, daemon=True).start()
sys.argv = ["code.py"]
exec(compile(code, "code.py", "exec"), {{"__name__": "__main__"}})
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` by the clock on the wall, `output` in bytes."""

    seconds: float = SECONDS
    output: int = _OUTPUT


class RunPythonTool(Tool):
    """Off until the user switches it on in the settings. The code sees and may change the user's files; where the
    system allows it neither the network nor other processes, no socket of the session, behind which the keyring is,
    and no hidden folder."""

    spec = ToolSpec(
        "run_python",
        "Runs a Python 3 script in a fresh process and returns what it prints. Standard library, no network, 30 s.",
        schema("code", code={"type": "string"}),
        label_id="tool.run_python.label",
        seconds=SECONDS + 15,
    )

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        code = str(arguments["code"]).encode("utf-8", "replace")
        run = _Run(self._limits, context.hidden)
        try:
            return await in_thread(lambda: run.result(code), name="glmdesk-python")
        finally:
            run.end()


@dataclass(slots=True)
class _Run:
    limits: Limits
    hidden: Sequence[Path]
    _process: subprocess.Popen[bytes] | None = None
    _ended: bool = False
    _why: str = ""
    _output: bytearray = field(default_factory=bytearray)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def result(self, code: bytes) -> ToolResult:
        with tempfile.TemporaryDirectory(prefix="glmdesk-python-", ignore_cleanup_errors=True) as folder:
            process = self._start(folder)
            clock = threading.Timer(self.limits.seconds, self._end_because, (f"ended after {self.limits.seconds:g} s",))
            clock.daemon = True
            clock.start()
            try:
                code_of_end = self._ended_with(process, code)
            finally:
                clock.cancel()
                self.end()  # what the code has started goes with it
        return self._told(code_of_end)

    def _start(self, folder: str) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise ToolFault("Stopped.")
            self._process = subprocess.Popen(  # noqa: S603 (running code is what the user has allowed)
                [*isolation(self.hidden), interpreter(), "-I", "-c", _LIMITED],
                cwd=folder,
                env=_environment(folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            return self._process

    def _ended_with(self, process: subprocess.Popen[bytes], code: bytes) -> int:
        """Give the code, take the output; the exit code."""
        given, output = process.stdin, process.stdout
        if given is None or output is None:
            return process.wait()
        try:
            with suppress(OSError):
                given.write(b"%0*d" % (_LENGTH, len(code)) + code)
                given.flush()
            with output:
                self._drain(output.fileno())
            return process.wait()
        finally:
            with suppress(OSError):
                given.close()

    def _drain(self, output: int) -> None:
        seen = 0
        while piece := os.read(output, _PIECE):
            seen += len(piece)
            self._output += piece[: max(0, self.limits.output - len(self._output))]
            if seen > 10 * self.limits.output:
                self._end_because("ended: too much output")
        if seen > len(self._output):
            self._output += b"\n(more output is not shown)"

    def _end_because(self, why: str) -> None:
        self._why = self._why or why
        self.end()

    def end(self) -> None:
        """Kill the process and all it has started. Safe to call at any time, from any thread."""
        with self._lock:
            self._ended = True
            process = self._process
        if process is not None:
            _kill(process)

    def _told(self, code: int) -> ToolResult:
        text = self._output.decode("utf-8", "replace").rstrip()
        if self._why or code:
            end = f"({self._why})" if self._why else f"(exit code {code})"
            return ToolResult(f"{text}\n{end}".strip(), is_error=True)
        return ToolResult(text or "(no output)")


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()


def _environment(folder: str) -> dict[str, str]:
    """Only what an interpreter needs: no key, no token, no proxy of this program."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    return kept | {"HOME": folder, "TMPDIR": folder, "TEMP": folder, "TMP": folder, "PYTHONIOENCODING": "utf-8"}


def interpreter() -> str:
    """A Python of the system. Raises ToolFault when there is none: a frozen program has none of its own."""
    for name in ("python3", "python", "py"):
        found = shutil.which(name)
        if found and not _is_this_program(found):
            return found
    raise ToolFault("No Python interpreter is installed on this computer.")


def _is_this_program(path: str) -> bool:
    return bool(getattr(sys, "frozen", False)) and os.path.realpath(path) == os.path.realpath(sys.executable)
