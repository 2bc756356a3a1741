"""Rows 19 to 26, 45: servers that are not there, say nothing, or break off."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from glmdesk.demo.process import DemoProcess
from glmdesk.domain.message import Status
from glmdesk.providers.limits import Limits
from glmdesk.services import live
from tests.faults.scene import Scene, play
from tests.helpers.stored import NIGHTLY, ROOT
from tests.helpers.systems import posix_only
from tests.providers.test_suspend import NIGHT, forgetful

HANG = 30 if NIGHTLY else 2  # seconds of a stopped process


@contextmanager
def _listening(backlog: int) -> Generator[int]:
    """A port whose connections nobody accepts."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(backlog)
        yield listener.getsockname()[1]


@contextmanager
def _full(port: int) -> Generator[None]:
    """The backlog of a port is full: a further connect gets no answer."""
    waiting = [socket.socket() for _ in range(8)]
    for client in waiting:
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", port))
    yield
    for client in waiting:
        client.close()


def _base(port: int) -> str:
    return f"http://127.0.0.1:{port}/api/paas/v4"


@pytest.mark.usefixtures("quick_retries")
def test_row_19_a_refused_connection_names_the_host_and_can_be_retried(profile: Path, url: str) -> None:
    with _listening(0) as port:
        pass

    async def body(scene: Scene) -> None:
        answer = await scene.ask("你好")
        assert answer.status is Status.FAILED
        assert f"127.0.0.1:{port}" in scene.said
        assert scene.offered == ["retry"]
        assert scene.counted.requests == 4
        assert "你好" in scene.shown
        scene.connect(url)
        scene.view.action.emit("retry", answer.id)
        await scene.person.until(lambda: scene.message.status is Status.COMPLETE, "the same question is answered")

    play(profile, _base(port), body)


@pytest.mark.usefixtures("quick_retries")
def test_row_20_an_unknown_host_is_named(profile: Path) -> None:
    async def body(scene: Scene) -> None:
        await scene.ask("你好")
        assert "nowhere.invalid" in scene.said
        assert scene.offered == ["open_network", "regenerate"] or scene.offered == ["retry"]

    play(profile, "http://nowhere.invalid/api", body)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems answer with a full backlog too")
@pytest.mark.usefixtures("quick_retries")
def test_row_21_a_connect_that_hangs_ends_by_itself_or_at_once_with_stop(profile: Path) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("你好")
        assert answer.status is Status.FAILED
        assert answer.error is not None
        assert answer.error.error.kind == "connect_timeout"
        assert "retry" in scene.offered
        scene.person.program.network._current().limits = Limits(connect=60.0)
        await scene.send("再问")
        print(f"\nStop while connecting: {1000 * await scene.stop():.0f} ms")
        assert scene.message.status is Status.STOPPED

    with _listening(0) as port, _full(port):
        play(profile, _base(port), body, limits=Limits(connect=0.4))


def test_row_22_headers_that_never_come_are_told_and_can_be_stopped(
    profile: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_NO_HEADERS", 0.3)

    async def body(scene: Scene) -> None:
        await scene.send("你好\n/fault slow_headers seconds=60")
        await scene.person.until(lambda: "stop" in scene.offered, "the wait is told")
        assert "秒" in scene.said
        await scene.stop()
        assert scene.message.status is Status.STOPPED
        assert "regenerate" in scene.offered

    play(profile, url, body)


def test_row_23_silence_in_the_middle_is_told_and_ends_with_the_words_kept(
    profile: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_SILENCE", 0.3)

    async def body(scene: Scene) -> None:
        await scene.send("/long tokens=200 thought=0\n/fault stall seconds=60 after=50")
        await scene.person.until(lambda: "stop" in scene.offered, "the silence is told")
        words = scene.message.text
        assert len(words) > 30
        answer = await scene.end()
        assert answer.text == words
        assert answer.error is not None
        assert answer.error.error.kind == "idle_timeout"
        assert "continue" in scene.offered

    play(profile, url, body, limits=Limits(idle=2.0))


def test_row_24_a_reset_keeps_the_words_and_nothing_is_sent_again(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("/long tokens=200 thought=0\n/fault rst after=60")
        assert answer.status is Status.FAILED
        assert len(answer.text) > 30
        assert "连接断了" in scene.said
        assert scene.offered[0] == "continue"
        assert scene.counted.requests == 1

    play(profile, url, body)


@pytest.mark.parametrize("order", ["cut_utf8", "cut_utf8 clean=1", "cut_frame"])
def test_row_25_a_cut_inside_a_character_leaves_no_broken_one(profile: Path, url: str, order: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask(f"/long tokens=200 thought=0\n/fault {order} after=60")
        assert len(answer.text) > 30
        assert "\ufffd" not in answer.text
        assert "continue" in scene.offered

    play(profile, url, body)


def test_row_26_an_end_without_a_reason_is_marked_and_kept(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("/long tokens=200 thought=0\n/fault cut_before_finish clean=1 after=60")
        assert answer.status is Status.FAILED
        assert answer.error is not None
        assert answer.error.error.kind == "ended_early"
        assert len(answer.text) > 30
        assert scene.offered[0] == "continue"

    play(profile, url, body)


@posix_only("SIGSTOP")
def test_row_45_a_server_that_was_suspended_goes_on(profile: Path) -> None:
    async def body(scene: Scene) -> None:
        assert server.pid is not None
        await scene.send("/long tokens=400 thought=0")
        await scene.person.until(lambda: len(scene.message.text) > 50, "words come")
        os.kill(server.pid, signal.SIGSTOP)
        await asyncio.sleep(HANG)  # the time of the suspension is what is tested
        os.kill(server.pid, signal.SIGCONT)
        answer = await scene.end()
        assert answer.status is Status.COMPLETE

    server = DemoProcess(rate=300)
    try:
        play(profile, _base(server.launch()), body)
    finally:
        server.shut()


def _window(profile: Path, url: str) -> subprocess.Popen[str]:
    """A window of its own process that asks for a long answer and tells how far it is."""
    command = [sys.executable, "-m", "tests.journeys.killed_window", str(profile), url, "/long tokens=1500 thought=0"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)


def _reports(window: subprocess.Popen[str]) -> Iterator[tuple[int, Status]]:
    """(characters shown, status) as the window tells them."""
    assert window.stdout is not None
    for line in window.stdout:
        length, status = line.split()
        yield int(length), Status(status)


def _suspend(window: subprocess.Popen[str], between: Callable[[], None] = lambda: None) -> None:
    window.send_signal(signal.SIGSTOP)
    between()
    time.sleep(HANG)  # the time of the suspension is what is tested
    window.send_signal(signal.SIGCONT)


@posix_only("SIGSTOP")
@pytest.mark.parametrize("server_stays", [True, False])
def test_row_45_a_window_that_was_suspended_goes_on_or_keeps_its_words(profile: Path, server_stays: bool) -> None:
    server = DemoProcess(rate=400)
    url = _base(server.launch())
    with _window(profile, url) as window:
        try:
            reports = _reports(window)
            shown = next(length for length, _ in reports if length > 200)
            _suspend(window, (lambda: None) if server_stays else server.shut)
            length, status = next(report for report in reports if report[1] is not Status.STREAMING)
        finally:
            window.kill()
            server.shut()
    assert length >= shown
    assert status is (Status.COMPLETE if server_stays else Status.FAILED)

    async def body(scene: Scene) -> None:
        (conversation,) = scene.window.list.conversations
        scene.window.open_conversation(conversation.id)
        await scene.person.until(lambda: len(scene.view.stack.items) == 2, "the conversation is shown")
        assert scene.message.status is status
        assert len(scene.message.text) == length
        assert scene.offered == ([] if server_stays else ["continue", "regenerate"])

    play(profile, url, body)


def test_row_45_after_a_night_the_idle_connection_is_not_trusted(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time

    async def body(scene: Scene) -> None:
        async with forgetful() as server:
            scene.connect(server.url)
            assert (await scene.ask("晚安")).text == "好"
            monkeypatch.setattr(time, "time", lambda: now() + NIGHT)
            assert (await scene.ask("早安")).text == "好"
            assert len(server.requests) == 2

    play(profile, _base(1), body)
