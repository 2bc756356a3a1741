"""Crashes of real processes, and what the next start knows about them."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from glmdesk.crash import REPORT, Aftermath, CrashWatch
from glmdesk.logs import start_logging
from tests.helpers.stored import child

DIE = """
import ctypes, os, sys
from pathlib import Path
from glmdesk.crash import CrashWatch
from glmdesk.logs import start_logging
start_logging(Path(sys.argv[1]))
watch = CrashWatch(Path(sys.argv[1]), clock=lambda: float(sys.argv[3]) or __import__("time").time())
aftermath = watch.begin()
print(int(bool(aftermath.trace)), int(aftermath.safe_mode), flush=True)
match sys.argv[2]:
    case "segv": ctypes.string_at(0)
    case "abort": os.abort()
    case "kill": os.kill(os.getpid(), 9)
    case "error": watch.died(ValueError("Bearer canary.secret"))
    case "end": watch.end()
"""


def run(folder: Path, how: str, *, started: float = 0) -> tuple[bool, bool]:
    """One run of a program that ends so; gives what it knew of the run before: (a crash, safe mode)."""
    with child(DIE, folder, how, started) as process:
        out, _ = process.communicate(timeout=60)
    crashed, safe = out.split()
    return crashed == "1", safe == "1"


CRASHES = ["abort", "error"] if sys.platform == "win32" else ["segv", "abort", "error"]  # ctypes raises there instead


@pytest.mark.parametrize("how", CRASHES)
def test_the_next_start_knows_of_a_crash_and_has_its_trace(tmp_path: Path, how: str) -> None:
    assert run(tmp_path, how) == (False, False)
    aftermath = Aftermath(tmp_path)
    assert ("ValueError" if how == "error" else "Fatal Python error") in aftermath.trace
    assert run(tmp_path, "end") == (True, False)
    report = (tmp_path / REPORT).read_text("utf-8")
    assert "GLM Desk" in report
    assert "canary" not in report
    assert run(tmp_path, "end") == (False, False)


@pytest.mark.parametrize("how", ["end", "kill"])
def test_an_end_in_order_and_a_kill_from_outside_are_no_crashes(tmp_path: Path, how: str) -> None:
    run(tmp_path, how)
    assert run(tmp_path, "end") == (False, False)


def test_two_crashes_soon_after_their_start_lead_to_safe_mode(tmp_path: Path) -> None:
    assert run(tmp_path, "abort") == (False, False)
    assert run(tmp_path, "abort") == (True, False)
    assert run(tmp_path, "end") == (True, True)
    assert run(tmp_path, "end") == (False, False)


def test_crashes_after_hours_of_work_do_not_lead_to_safe_mode(tmp_path: Path) -> None:
    for _ in range(3):
        assert not run(tmp_path, "abort", started=1_000_000_000.0)[1]


@pytest.mark.parametrize("text", ["", "{", '"x"', '[1, "a", null]'])
def test_a_damaged_list_of_starts_is_no_reason_to_stop(tmp_path: Path, text: str) -> None:
    run(tmp_path, "abort")
    (tmp_path / "starts.json").write_text(text)
    assert run(tmp_path, "end")[0]


def test_errors_of_threads_finalizers_and_tasks_reach_the_window_and_the_log(tmp_path: Path) -> None:
    start_logging(tmp_path)
    watch = CrashWatch(tmp_path)
    told: list[str] = []

    class Fragile:
        def __del__(self) -> None:
            raise RuntimeError("finalizer")

    def fail() -> None:
        raise RuntimeError("thread")

    async def body() -> None:
        loop = asyncio.get_running_loop()
        watch.begin()
        watch.watch(loop, lambda error: told.append(str(error)))
        thread = threading.Thread(target=fail)
        thread.start()
        await asyncio.to_thread(thread.join)
        del (fragile := [Fragile()])[:]
        loop.call_exception_handler({"message": "lost", "exception": RuntimeError("task")})
        sys.excepthook(RuntimeError, RuntimeError("slot"), None)
        assert not fragile
        async with asyncio.timeout(20):
            while len(told) < 4:
                await asyncio.sleep(0)

    asyncio.run(body())
    watch.end()
    assert sorted(told) == ["finalizer", "slot", "task", "thread"]
    lines = [json.loads(line) for line in (tmp_path / "glmdesk.log").read_text("utf-8").splitlines()]
    assert sum("RuntimeError" in line.get("trace", "") for line in lines) == 4


def test_one_error_a_thousand_times_does_not_fill_the_log(tmp_path: Path) -> None:
    start_logging(tmp_path)
    watch = CrashWatch(tmp_path)
    for _ in range(1000):
        watch.report(_error())
    lines = (tmp_path / "glmdesk.log").read_text("utf-8").splitlines()
    assert len(lines) == 6


def _error() -> ValueError:
    try:
        raise ValueError
    except ValueError as error:
        return error


def test_the_hooks_of_before_are_back_after_the_end(tmp_path: Path) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    watch = CrashWatch(tmp_path)
    watch.begin()
    assert sys.excepthook is not before[0]
    watch.end()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


HANG = """
import asyncio, sys, time
from pathlib import Path
from glmdesk.crash import Watchdog

def block_the_loop(until):
    while not until():
        time.sleep(0.01)

async def body():
    folder = Path(sys.argv[1])
    watchdog = Watchdog(folder, limit=0.2, step=0.05)
    watchdog.start(asyncio.get_running_loop())
    if sys.argv[2] == "hang":
        block_the_loop(lambda: (folder / "hang.log").exists() and (folder / "hang.log").stat().st_size)
    else:
        print("idle", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    watchdog.stop()
    print("done", flush=True)

asyncio.run(body())
"""


def test_a_loop_that_hangs_leaves_the_stacks_of_all_threads(tmp_path: Path) -> None:
    with child(HANG, tmp_path, "hang") as process:
        out, err = process.communicate(timeout=60)
    assert (out, process.returncode) == ("done\n", 0), err
    assert "block_the_loop" in (tmp_path / "hang.log").read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that stops a process")
def test_a_program_that_was_stopped_and_goes_on_did_not_hang(tmp_path: Path) -> None:
    with child(HANG, tmp_path, "idle") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "idle\n"
        process.send_signal(signal.SIGSTOP)
        # Another process measures the pause: longer than the limit of the watchdog.
        subprocess.run([sys.executable, "-c", "import threading; threading.Event().wait(0.6)"], check=True)
        process.send_signal(signal.SIGCONT)
        process.communicate("\n", timeout=60)
        assert process.returncode == 0
    assert not (tmp_path / "hang.log").exists()


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    watch = CrashWatch(tmp_path / "file")
    assert watch.begin().trace == ""
    watch.end()
