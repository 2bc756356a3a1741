"""Nothing of a server outlives the program, however the program ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.tools.mcp.running import FAKE, marked

ROOT = Path(__file__).resolve().parents[3]
NIGHTLY = os.environ.get("GLMDESK_NIGHTLY") == "1"
LIMIT = 5.0  # seconds (faults.md row 50)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def _of_servers(mark: str) -> list[int]:
    """Servers and their children, not the program that holds them."""
    return [pid for pid in marked(mark) if FAKE.name in Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")]


def _wait_until_gone(mark: str) -> list[int]:
    deadline = time.monotonic() + LIMIT
    while (left := marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


@pytest.mark.parametrize("turn", range(10 if NIGHTLY else 1))
@pytest.mark.parametrize("mode", ["good", "ignores_sigterm", "leaves_child", "floods_stderr"])
def test_a_killed_program_leaves_no_server_behind(mode: str, turn: int) -> None:
    mark = f"mark-{uuid4().hex}"
    command = [sys.executable, "-m", "tests.tools.mcp.holder", mode, mark]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        assert _of_servers(mark)
        holder.send_signal(signal.SIGKILL)
    assert _wait_until_gone(mark) == []


def test_a_killed_guardian_takes_its_server_along() -> None:
    mark = f"mark-{uuid4().hex}"
    command = [sys.executable, "-m", "tests.tools.mcp.holder", "good", mark]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        (server,) = _of_servers(mark)
        status = Path(f"/proc/{server}/status").read_text("utf-8")
        guardian = int(status.partition("PPid:")[2].split()[0])
        os.kill(guardian, signal.SIGKILL)
        deadline = time.monotonic() + LIMIT
        while _of_servers(mark) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert _of_servers(mark) == []
        holder.kill()
