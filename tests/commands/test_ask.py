"""`glmdesk ask` as a real child process against the real demo server."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.commands.terminal import VARIABLE, Terminal, finish
from tests.helpers.server import demo_server

SHAPE = ["content", "reasoning", "tool_calls", "finish_reason", "model", "request_id", "usage", "error"]
COUNTS = ["prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens", "reasoning_tokens"]


def test_the_answer_goes_to_standard_output_and_nothing_else_does(terminal: Terminal) -> None:
    ran = terminal.ask("hello")
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out) > 40
    assert ran.out.endswith("\n")
    assert not ran.out.endswith("\n\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
def test_text_comes_out_while_the_answer_still_comes_in(terminal: Terminal) -> None:
    with demo_server(rate=200) as slow:
        terminal.url = slow
        arguments = ("ask", "--endpoint", slow, "--key-env", VARIABLE, "--thinking", "off", "/long tokens=2000")
        with terminal.start(*arguments) as child:
            assert child.stdout is not None
            assert child.stdout.read(20)
            assert child.poll() is None, "2000 tokens at 200 a second take ten seconds"
            child.send_signal(signal.SIGTERM)
            ran = finish(child)
    assert ran.code == 130


def test_json_prints_one_object_of_the_documented_shape(terminal: Terminal) -> None:
    ran = terminal.ask("--json", "--model", "glm-4.5-air", "What is 2 + 3?")
    told = ran.object
    assert ran.code == 0
    assert list(told) == SHAPE
    assert list(told["usage"]) == COUNTS
    assert all(isinstance(count, int) for count in told["usage"].values())
    assert told["usage"]["total_tokens"] == told["usage"]["prompt_tokens"] + told["usage"]["completion_tokens"]
    assert (told["finish_reason"], told["model"], told["error"], told["tool_calls"]) == (
        "stop",
        "glm-4.5-air",
        None,
        [],
    )
    assert told["content"]
    assert told["request_id"]


@pytest.mark.parametrize(("choice", "thinks"), [("on", True), ("auto", True), ("off", False)])
def test_thinking_is_as_asked_and_auto_without_a_template_is_on(terminal: Terminal, choice: str, thinks: bool) -> None:
    told = terminal.ask("--json", "--thinking", choice, "Why does Jupiter have more moons than Saturn?").object
    assert bool(told["reasoning"]) is thinks
    assert bool(told["usage"]["reasoning_tokens"]) is thinks


def test_calls_are_reported_and_not_run(terminal: Terminal) -> None:
    order = '/tool weather {"city": "北京"}\n/tool clock {}'
    told = terminal.ask("--json", order).object
    assert [list(call) for call in told["tool_calls"]] == [["id", "name", "arguments"]] * 2
    assert [call["name"] for call in told["tool_calls"]] == ["weather", "clock"]
    assert json.loads(told["tool_calls"][0]["arguments"]) == {"city": "北京"}
    assert told["finish_reason"] == "tool_calls"
    plain = terminal.ask(order)
    assert plain.code == 0
    assert 'weather({"city": "北京"})' in plain.out.splitlines()


@pytest.mark.parametrize("fault", ["crlf", "until_close", "tool_bad_arguments", "think_tags", "usage_missing", "bom"])
def test_an_odd_but_sound_stream_is_exit_0(terminal: Terminal, fault: str) -> None:
    ran = terminal.ask("--json", f"/fault {fault}\nhello")
    assert ran.code == 0, ran.object["error"]
    assert ran.object["content"]


@pytest.mark.parametrize("arguments", [("-",), ()])
def test_the_question_can_come_from_standard_input(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    ran = terminal.ask("--save", *arguments, typed="法国的首都是哪里？\n第二行\n")
    assert ran.code == 0
    stored = json.loads(terminal.run("export", "--all", "--format", "json").out)
    question = stored["conversations"][0]["messages"][0]
    assert question["parts"][0]["text"] == "法国的首都是哪里？\n第二行\n"


def test_bytes_that_are_no_utf_8_are_no_reason_to_end(terminal: Terminal) -> None:
    ran = terminal.ask("-", typed=b"caf" + b"\xe9 hello")
    assert ran.code == 0


def test_a_terminal_that_cannot_show_chinese_is_no_reason_to_end(terminal: Terminal) -> None:
    terminal.changes = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ran = terminal.ask("你好")
    assert ran.code == 0
    assert "演示" in ran.out, "a pipe carries UTF-8"


class _Plain(BaseHTTPRequestHandler):
    """A server that answers a streaming request with one whole completion."""

    paths: list[str] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.paths.append(self.path)
        message = {"role": "assistant", "content": "Paris.", "reasoning_content": "Easy."}
        usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body = json.dumps({"id": "x", "request_id": "r1", "model": "m", "choices": [choice], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        pass


@contextmanager
def _plain_server() -> Generator[str]:
    with HTTPServer(("127.0.0.1", 0), _Plain) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        _Plain.paths.clear()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v4"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("dialect", ["bigmodel", "openai"])
def test_a_whole_completion_in_answer_to_a_streaming_request_is_taken(terminal: Terminal, dialect: str) -> None:
    with _plain_server() as terminal.url:
        ran = terminal.ask("--json", "--dialect", dialect, "What is the capital of France?")
        assert _Plain.paths == ["/v4/chat/completions"], "one question is one request: no title is asked for"
    told = ran.object
    assert ran.code == 0
    assert (told["content"], told["reasoning"], told["finish_reason"]) == ("Paris.", "Easy.", "stop")
    assert told["usage"]["total_tokens"] == 8


@pytest.mark.parametrize("arguments", [("--demo", "ask", "hello"), ("ask", "--demo", "hello")])
def test_the_demo_is_asked_without_a_key_on_either_side_of_the_command(
    terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    ran = terminal.run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.strip()


@pytest.mark.parametrize("more", [("--endpoint", "http://127.0.0.1:9"), ("--dialect", "zai"), ("--key-env", VARIABLE)])
def test_the_demo_and_another_server_is_wrong_use(terminal: Terminal, more: tuple[str, str]) -> None:
    ran = terminal.run("ask", "--demo", *more, "hello")
    assert (ran.code, ran.out) == (2, "")
    assert "--demo" in ran.err
