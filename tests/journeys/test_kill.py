"""kill -9 of the real program while it streams: what had been shown is there after the next start."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from glmdesk.compose import compose
from glmdesk.demo.longtext import long_text, long_thought
from glmdesk.domain.message import Message, Role, Status
from glmdesk.store.files import Profile
from tests.helpers.server import demo_server
from tests.helpers.stored import NIGHTLY, ROOT

ASKED, WINDOWS = (900, 100) if NIGHTLY else (17, 3)
RATE, TOKENS, THOUGHT = 300, 3000, 150
SAFE_SECONDS = 1.0  # older than this and shown means saved: every half second, and time for a busy machine
FULL, FULL_THOUGHT = long_text(TOKENS), long_thought(THOUGHT)


@dataclass(slots=True)
class Killed:
    """A child that is watched and then killed. `shown` maps its output to the characters it stands for."""

    process: subprocess.Popen[bytes]
    shown: Callable[[bytes], int]
    at: float = 0.0
    _seen: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    _first: threading.Event = field(default_factory=threading.Event)

    def kill_after(self, wait: Callable[[], float]) -> None:
        """Kill the child `wait()` seconds after its first output; without output in two seconds just kill it."""
        reader = threading.Thread(target=self._read)
        reader.start()
        self._first.wait(2.0)
        time.sleep(wait())  # the moment of the kill is what is tested
        self.at = time.monotonic()
        assert self.process.poll() is None, "it ended by itself"
        self.process.kill()
        self.process.wait()
        reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        data = b""
        while piece := os.read(self.process.stdout.fileno(), 65536):
            data += piece
            self._seen.append((time.monotonic(), self.shown(data)))
            self._first.set()

    @property
    def safe(self) -> int:
        """Characters that had been shown long enough before the kill."""
        return max((length for when, length in self._seen if when <= self.at - SAFE_SECONDS), default=0)

    def lost(self, kept: int) -> float:
        """Seconds before the kill at which the first character that is not kept had been shown; 0 when none was."""
        return max((self.at - when for when, length in self._seen if length > kept), default=0.0)


def _printed(data: bytes) -> int:
    return len(data.decode("utf-8", "ignore"))


def _reported(data: bytes) -> int:
    """The last whole line begins with a number."""
    lines = data.split(b"\n")[:-1]
    return int(lines[-1].split()[0]) if lines else 0


def _start(*arguments: str, profile: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"GLMDESK_HOME": str(profile), "A_KEY": "a.b", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _next_start(folder: Path, question: str) -> list[Message]:
    """The messages of the conversation that begins with the question, as the next start of the program has them."""

    async def body() -> list[Message]:
        program = await compose(Profile(folder))
        try:
            await program.desk.history.tidy()
            for conversation in await program.desk.history.list():
                rows = (await program.desk.chat.open(conversation.id)).rows
                if rows and rows[0].message.text == question:
                    return [row.message for row in rows]
            return []
        finally:
            await program.close()

    return asyncio.run(body())


def _is_sound(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / "glmdesk.db")) as connection:
        return connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]


def _check(folder: Path, question: str, safe: int) -> int:
    """Assert that nothing but the last moment is lost; the characters that were kept."""
    messages = _next_start(folder, question)
    assert _is_sound(folder)
    if len(messages) < 2:
        assert safe == 0, f"{safe} characters had been shown"
        return 0
    user, answer = messages
    assert (user.role, answer.role, answer.status) == (Role.USER, Role.ASSISTANT, Status.INTERRUPTED)
    assert FULL.startswith(answer.text)
    assert FULL_THOUGHT.startswith(answer.reasoning)
    assert len(answer.text) >= safe, f"{safe} characters had been shown a second before"
    return len(answer.text)


def _report(what: str, kept: list[int], lost: list[float]) -> None:
    """The numbers of a run, seen with `pytest -s`; every kill was asserted on its own."""
    lost.sort()
    print(
        f"\n{what}: {len(kept)} kills, {sum(length > 0 for length in kept)} with text, 0 committed messages lost; "
        f"text lost: median {lost[len(lost) // 2]:.2f} s, most {lost[-1]:.2f} s"
    )


@pytest.mark.timeout(7200 if NIGHTLY else 120)
def test_a_killed_ask_keeps_the_question_and_what_it_had_printed(tmp_path: Path) -> None:
    dice = random.Random(11)
    kept: list[int] = []
    lost: list[float] = []
    with demo_server(rate=RATE) as url:
        for number in range(ASKED):
            thinks = number % 3 == 0
            question = f"/long tokens={TOKENS} thought={THOUGHT if thinks else 0}\n{number}"
            flags = ("--save", "--endpoint", url, "--key-env", "A_KEY", "--thinking", "on" if thinks else "off")
            child = Killed(_start("glmdesk", "ask", *flags, question, profile=tmp_path), _printed)
            child.kill_after(lambda: dice.uniform(0.0, 1.9))
            kept.append(_check(tmp_path, question, child.safe))
            lost.append(child.lost(kept[-1]))
    _report("glmdesk ask --save", kept, lost)
    assert sum(length > 0 for length in kept) > ASKED / 2, kept


@pytest.mark.timeout(7200 if NIGHTLY else 120)
def test_a_killed_window_keeps_the_question_and_what_it_had_shown(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("welcomed = true\n", "utf-8")
    dice = random.Random(12)
    kept: list[int] = []
    lost: list[float] = []
    with demo_server(rate=RATE) as url:
        for number in range(WINDOWS):
            question = f"/long tokens={TOKENS} thought=0\n{number}"
            process = _start("tests.journeys.killed_window", str(tmp_path), url, question, profile=tmp_path)
            child = Killed(process, _reported)
            child.kill_after(lambda: dice.uniform(0.8, 2.5))
            kept.append(_check(tmp_path, question, child.safe))
            lost.append(child.lost(kept[-1]))
    _report("the window", kept, lost)
    assert any(kept), kept
