"""Helper processes: the program itself, started as `--worker NAME`, killed when it takes too long."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glmdesk.domain.threads import in_thread

# What Python needs to start; no key, token or proxy of the user's gets in.
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH")
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
_START_SECONDS = 20.0  # a cold start on a busy machine is not the fault of what is asked


class WorkerError(Exception):
    """The process did not answer: it took too long, or died."""


class Worker:
    """One process that is started by the first question and answers one question at a time.

    It ends when its input closes, so it outlives neither `close` nor a killed program.
    """

    def __init__(self, name: str, *, limit: float) -> None:
        self._name = name
        self._limit = limit  # seconds for one answer
        self._child: subprocess.Popen[bytes] | None = None
        self._warm = False
        self._ending = False
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The reply to one question. Raises WorkerError; the next question then gets a new process."""
        async with self._turn:
            return await in_thread(lambda: self._ask(question), name=f"glmdesk-{self._name}")

    def _ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        child = self._child = self._child or _spawn(self._name)
        if self._ending:  # `close` came while the process was being started
            child.kill()
        # The first answer waits for the imports.
        timer = threading.Timer(self._limit if self._warm else self._limit + _START_SECONDS, child.kill)
        timer.start()
        try:
            reply = _exchange(child, json.dumps(question).encode() + b"\n")
        except (OSError, ValueError) as error:
            self._drop()
            raise WorkerError(self._name) from error
        finally:
            timer.cancel()
        self._warm = True
        return reply

    async def warm_up(self, question: Mapping[str, Any]) -> None:
        """Let the process load what it needs, so that the limit holds for the questions alone."""
        if not self._warm:
            await self.ask(question)

    def _drop(self) -> None:
        child, self._child, self._warm = self._child, None, False
        if child is not None:
            child.kill()
            child.wait()
            _close_pipes(child)

    async def close(self) -> None:
        """End the process; a question that is being answered gets a WorkerError."""
        self._ending = True
        if self._child is not None:
            self._child.kill()
        async with self._turn:
            await in_thread(self._drop, name=f"glmdesk-{self._name}")
            self._ending = False


def _exchange(child: subprocess.Popen[bytes], line: bytes) -> dict[str, Any]:
    if child.stdin is None or child.stdout is None:
        raise OSError("no pipes")
    child.stdin.write(line)
    child.stdin.flush()
    return json.loads(child.stdout.readline())


def _close_pipes(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue  # what was still to be written has no reader any more


def _spawn(name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "glmdesk"]
    passed = {key: os.environ[key] for key in _PASSED if key in os.environ}
    return subprocess.Popen(  # noqa: S603 (our own program, no shell)
        [*command, "--worker", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**passed, "PYTHONPATH": str(_PACKAGE_PARENT), "PYTHONUTF8": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
