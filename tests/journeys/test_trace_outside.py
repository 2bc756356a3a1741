"""`GLMDESK_TRACE` as somebody else uses it: the program on a real screen, used by keys, measured by its trace alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.stored import ROOT

LIMIT = 60.0  # seconds until something that must happen has happened
HELD = 0.4  # seconds for which the program is stopped
KINDS = {"ready", "request", "first_byte", "last_byte", "painted", "stall"}


class Outside:
    """Sees a screen, a keyboard, a process and a file; nothing of the program's inside."""

    def __init__(self, folder: Path, environment: dict[str, str], process: subprocess.Popen[bytes]) -> None:
        self._file = folder / "trace.jsonl"
        self._environment = environment
        self.process = process

    def rows(self, *kinds: str) -> list[dict[str, Any]]:
        """What was written so far, without a line that is just being written."""
        text = self._file.read_text("utf-8") if self._file.exists() else ""
        found = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
        return [row for row in found if not kinds or row["event"] in kinds]

    def xdotool(self, *words: str) -> str:
        command = ["xdotool", *words]
        ended = subprocess.run(command, env=self._environment, check=False, capture_output=True, timeout=60)
        return ended.stdout.decode("utf-8", "replace").strip()

    def focused(self) -> bool:
        """Ask for the keyboard until the window has it; the window manager may come later than the window."""
        self.xdotool("search", "--onlyvisible", "--name", "GLM Desk", "windowactivate", "windowfocus")
        return "GLM Desk" in self.xdotool("getwindowfocus", "getwindowname")

    def until(self, condition: Callable[[], object], what: str) -> None:
        end = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < end, f"never happened: {what}; {self.rows()[-5:]}"
            assert self.process.poll() is None, "the program has ended"
            time.sleep(0.02)  # the only way to see a file of another process grow

    def ask(self, question: str) -> list[dict[str, Any]]:
        """Type a question and send it; what was painted of its answer, once all of it has come."""
        before = {row["message"] for row in self.rows("painted")}
        asked = len(self.rows("request"))
        self.xdotool("key", "shift+Escape")
        self.xdotool("type", "--delay", "20", question)
        self.xdotool("key", "Return")
        self.until(lambda: len(self.rows("request")) > asked, "a request")
        begun = lambda: {row["request"] for row in self.rows("request")}  # noqa: E731
        self.until(lambda: begun() <= {row["request"] for row in self.rows("last_byte")}, "their last bytes")
        fresh = lambda: [row for row in self.rows("painted") if row["message"] not in before]  # noqa: E731
        self.until(lambda: fresh() and fresh()[-1]["characters"] == self.stored(fresh()[-1]["message"]), "all is shown")
        return fresh()

    def stored(self, message_id: str) -> int:
        """The characters of an answer as it was saved; -1 while it is not complete."""
        path = self._file.parent / "profile" / "glmdesk.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            query = "SELECT parts FROM messages WHERE id = ? AND status = 'complete'"
            row = database.execute(query, (message_id,)).fetchone()
        return sum(len(p["text"]) for p in json.loads(row[0]) if p["kind"] == "text") if row else -1


@contextmanager
def outside(folder: Path) -> Generator[Outside, None, None]:
    """The shipped program in its demo, on a screen of its own."""
    for name in ("Xvfb", "openbox", "xdotool"):
        assert shutil.which(name), f"apt-get install -y xvfb openbox xdotool ({name})"
    (folder / "profile").mkdir(mode=0o700)
    (folder / "profile" / "settings.toml").write_text('language = "zh_CN"\nwelcomed = true\n', "utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
    environment = kept | {"HOME": str(folder), "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "xcb"}
    environment |= {"GLMDESK_TRACE": str(folder / "trace.jsonl")}
    with ExitStack() as stack:

        def start(*command: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
            child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stdout, stderr=subprocess.DEVNULL)
            stack.enter_context(child)
            stack.callback(child.kill)  # also when the test has failed: leaving it waits for its end
            return child

        screen = ("Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", "1280x900x24")
        server = start(*screen, stdout=subprocess.PIPE)
        assert server.stdout is not None
        environment["DISPLAY"] = f":{server.stdout.readline().decode().strip()}"
        start("openbox")
        program = start(sys.executable, "-m", "glmdesk", "--demo", "--profile", str(folder / "profile"))
        yield Outside(folder, environment, program)


@pytest.mark.desktop
@pytest.mark.timeout(300)
def test_the_trace_tells_an_onlooker_all_of_two_questions_and_of_a_loop_that_hangs(tmp_path: Path) -> None:
    with outside(tmp_path) as seen:
        seen.until(lambda: seen.rows("ready"), "the window is ready")
        seen.until(seen.focused, "the window has the keyboard")
        painted = [seen.ask("hello fish"), seen.ask("and another one")]
        for rows in painted:
            counts = [row["characters"] for row in rows]
            assert counts == sorted(counts)
            assert counts[-1] > 20
            assert len({row["message"] for row in rows}) == 1

        before = time.monotonic()
        seen.process.send_signal(signal.SIGSTOP)
        time.sleep(HELD)  # the loop must really hang
        seen.process.send_signal(signal.SIGCONT)
        long = lambda: [r for r in seen.rows("stall") if r["at"] > before and r["ms"] > 800 * HELD]  # noqa: E731
        seen.until(long, "the stall is told")
        rows = seen.rows()

    assert {row["event"] for row in rows} == KINDS
    assert all(a["at"] <= time.monotonic() for a in rows)
    by_request = {row["request"]: row["at"] for row in rows if row["event"] == "first_byte"}
    for row in rows:
        if row["event"] == "request":
            assert row["at"] <= by_request[row["request"]]
    assert rows[0]["at"] <= rows[-1]["at"]
