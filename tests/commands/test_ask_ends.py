"""How `glmdesk ask` ends when the service refuses, the stream breaks or the user has had enough."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from typing import IO, Any

import pytest

from tests.commands.terminal import VARIABLE, Terminal, finish
from tests.helpers.server import demo_server


@pytest.mark.parametrize(
    ("code", "action"), [("1113", "recharge"), ("1001", "open_keys"), ("1211", "switch_model"), ("1301", None)]
)
def test_a_refusal_of_the_service_is_exit_3_with_its_code_and_what_to_do(
    terminal: Terminal, code: str, action: str | None
) -> None:
    ran = terminal.ask("--json", f"/error {code}")
    error = ran.object["error"]
    assert ran.code == 3
    assert list(error) == ["code", "message", "action"]
    assert error["code"] == code
    assert len(error["message"].splitlines()) >= 2, "what happened, and what to do"
    if action:
        assert error["action"] == action


def test_a_refusal_without_json_goes_to_standard_error(terminal: Terminal) -> None:
    ran = terminal.ask("/error 1113")
    assert (ran.code, ran.out) == (3, "")
    assert len(ran.err.splitlines()) >= 2


@pytest.mark.parametrize("fault", ["cut_frame", "error_event_mid", "rst after=60", "sensitive"])
def test_a_broken_stream_is_exit_3_and_the_partial_text_is_printed(terminal: Terminal, fault: str) -> None:
    order = f"/fault {fault}\n" if "after" in fault else f"/fault {fault} after=60\n"
    ran = terminal.ask("--thinking", "off", order + "Why does Jupiter have more moons than Saturn?")
    assert ran.code == 3
    assert ran.err
    if fault != "sensitive":  # its text is withdrawn
        assert len(ran.out.strip()) > 20


def test_nobody_at_the_address_is_exit_3(terminal: Terminal) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        terminal.url = f"http://127.0.0.1:{taken.getsockname()[1]}/v4"
        child = terminal.start("ask", "--json", "--endpoint", terminal.url, "--key-env", VARIABLE, "hello")
        with child:
            ran = finish(child)
    assert ran.code == 3
    assert ran.object["error"]["action"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
@pytest.mark.parametrize("as_json", [False, True])
def test_an_interrupt_stops_with_130_and_the_partial_text(terminal: Terminal, as_json: bool) -> None:
    with demo_server(rate=300) as slow:
        flags = ["--json"] if as_json else []
        arguments = ["ask", "--endpoint", slow, "--key-env", VARIABLE, "--thinking", "off", *flags, "--save"]
        with terminal.start(*arguments, "/long tokens=3000") as child:
            _until_text(terminal, child.stdout if not as_json else None)
            child.send_signal(signal.SIGINT)
            ran = finish(child)
    assert ran.code == 130
    assert ran.err == ""
    stored = _last_answer(terminal)
    assert stored["status"] == "stopped"
    text = next(part["text"] for part in stored["parts"] if part["type"] == "text")
    if as_json:
        assert ran.object["content"] == text
        assert ran.object["error"] is None
    else:
        assert text.strip().endswith(ran.out.strip()[-10:])


def _until_text(terminal: Terminal, stream: IO[bytes] | None) -> None:
    """Wait for the first words: on the stream, else in the profile's database."""
    if stream is not None:
        assert stream.read(30)
        return
    moment = threading.Event()
    for _ in range(400):
        moment.wait(0.05)
        log = terminal.profile / "glmdesk.db-wal"
        if log.exists() and "要点".encode() in log.read_bytes():
            return
    raise AssertionError("no text was saved")


def _last_answer(terminal: Terminal) -> dict[str, Any]:
    stored = json.loads(terminal.run("export", "--all").out)
    return stored["conversations"][0]["messages"][-1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
def test_an_interrupt_while_standard_input_is_read_ends_at_once(terminal: Terminal) -> None:
    with terminal.start("ask", "--endpoint", terminal.url, "-", stdin=subprocess.PIPE) as child:
        threading.Event().wait(1.0)  # nothing tells from outside that it reads
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 130
        finish(child)


def test_a_reader_that_leaves_ends_the_command_quietly(terminal: Terminal) -> None:
    arguments = ("ask", "--endpoint", terminal.url, "--key-env", VARIABLE, "/long tokens=60000")
    with terminal.start(*arguments) as child:
        assert child.stdout is not None
        child.stdout.read(10)
        child.stdout.close()
        assert child.stderr is not None
        assert child.stderr.read() == b""
    assert child.returncode == 130
