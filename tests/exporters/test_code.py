"""Copied code is run: against the demo server for the reply, against a listener for the exact bytes."""

from __future__ import annotations

import ast
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glmdesk.domain.exchange import Exchange
from glmdesk.exporters.code import CodeKind, write_code
from glmdesk.exporters.python_literal import literal
from tests.exporters.samples import (
    NASTY,
    TEXTS,
    exchange,
    request,
    run_python,
    run_shell,
    zhipuai_python,
)
from tests.helpers.server import demo_server
from tests.helpers.stored import NIGHTLY

PYTHONS = (CodeKind.ZAI_PYTHON, CodeKind.ZHIPUAI_PYTHON)
EVERYTHING = "".join(NASTY)
TOOL = {
    "type": "function",
    "function": {"name": "look", "description": 'it\'s "$5"\n', "parameters": {"type": "object", "properties": {}}},
}


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with demo_server() as url:
        yield url + "/chat/completions"


class Listener(ThreadingHTTPServer):
    """Keeps the bodies that came; answers with one short stream."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[Any] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v4/chat/completions"


class Handler(BaseHTTPRequestHandler):
    server: Listener  # type: ignore[assignment]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))
        self.server.keys.append(self.headers.get("Authorization", ""))
        chunk = {"id": "1", "created": 1, "model": "m", "choices": [{"index": 0, "delta": {"content": "ok"}}]}
        data = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the base)
        return


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def spoken(stream: str) -> str:
    """The words of an event stream."""
    events = [line.removeprefix("data: ") for line in stream.splitlines() if line.startswith("data: {")]
    deltas = [choice["delta"] for event in events for choice in json.loads(event)["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)


def run(kind: CodeKind, sent: Exchange) -> str:
    """The words that a sample prints."""
    code = write_code(sent, kind)
    if kind is CodeKind.CURL:
        return spoken(run_shell(code))
    python = [zhipuai_python()] if kind is CodeKind.ZHIPUAI_PYTHON else []
    return run_python(code, *python).removesuffix("\n")


def without_nulls(body: dict[str, Any]) -> dict[str, Any]:
    """The clients send nulls of their own (glm-api.md §2)."""
    return {name: value for name, value in body.items() if value is not None}


@pytest.mark.parametrize("question", ["为什么木星的卫星比土星多？", "hello"])
def test_curl_and_both_python_clients_get_the_same_reply(demo: str, question: str) -> None:
    sent = exchange(request(question, thinking={"type": "disabled"}), demo)
    replies = {kind: run(kind, sent) for kind in (CodeKind.CURL, *PYTHONS)}
    assert len(set(replies.values())) == 1, replies
    assert len(replies[CodeKind.CURL]) > 20


@pytest.mark.parametrize("kind", [CodeKind.CURL, *PYTHONS])
def test_every_hard_text_and_every_field_arrives(kind: CodeKind, listener: Listener) -> None:
    body = request(
        *NASTY,
        EVERYTHING,
        temperature=0,
        top_p=1.0,
        max_tokens=4096,
        stop=["\n'\"$"],
        tools=[TOOL],
        user_id="user-1234",
        response_format={"type": "json_object"},
        chat_template_kwargs={"enable_thinking": True, "none": None},
        stream_options={"include_usage": True},
    )
    body["messages"].append({"role": "assistant", "content": "", "reasoning_content": "'''$\\", "tool_calls": []})
    assert run(kind, exchange(body, listener.url)) == "ok"
    assert without_nulls(listener.bodies[-1]) == body
    assert listener.keys[-1] == "Bearer sample-id.sample-secret"


def test_a_prompt_of_half_a_megabyte_fits_into_a_shell(listener: Listener) -> None:
    body = request("木星'$\n" * 90_000)
    assert run(CodeKind.CURL, exchange(body, listener.url)) == "ok"
    assert listener.bodies[-1] == body


@settings(
    max_examples=200 if NIGHTLY else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(texts=st.lists(TEXTS, min_size=1, max_size=40))
def test_any_text_survives_the_shell(texts: list[str], listener: Listener) -> None:
    body = request(*texts)
    run(CodeKind.CURL, exchange(body, listener.url))
    assert listener.bodies[-1] == body


@settings(
    max_examples=60 if NIGHTLY else 4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(texts=st.lists(TEXTS, min_size=1, max_size=40))
@pytest.mark.parametrize("kind", PYTHONS)
def test_any_text_survives_python(kind: CodeKind, texts: list[str], listener: Listener) -> None:
    body = request(*texts)
    run(kind, exchange(body, listener.url))
    assert without_nulls(listener.bodies[-1]) == body


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=3000 if NIGHTLY else 300, deadline=None)
@given(value=VALUES)
def test_a_python_literal_is_the_value(value: Any) -> None:
    source = f"x = {literal(value)}\n"
    assert ast.literal_eval(source.removeprefix("x = ").strip()) == value
    compile(source, "sample", "exec")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202e\u2028]", source)


def test_the_key_is_a_name_only() -> None:
    for kind in CodeKind:
        code = write_code(exchange(request("hi")), kind)
        assert "ZAI_API_KEY" in code
        assert "•••" not in code


def test_a_server_without_a_key_needs_none(listener: Listener) -> None:
    own = exchange(request("hi"), listener.url)
    sent = Exchange(own.method, own.url, {}, own.body, own.at)
    assert "ZAI_API_KEY" not in write_code(sent, CodeKind.CURL)
    assert run(CodeKind.ZAI_PYTHON, sent) == "ok"


def test_the_international_host_has_its_own_client() -> None:
    sent = exchange(request("hi"), "https://api.z.ai/api/paas/v4/chat/completions")
    assert "from zai import ZaiClient" in write_code(sent, CodeKind.ZAI_PYTHON)
    assert 'base_url="https://api.z.ai/api/paas/v4/"' in write_code(sent, CodeKind.ZAI_PYTHON)
    assert "ZaiClient.builder()" in write_code(sent, CodeKind.ZAI_JAVA)


def test_java_names_every_field_that_its_client_cannot_say() -> None:
    body = request("hi", tool_choice={"type": "function"}, stop="END", temperature="hot")
    body["thinking"] = {"type": "enabled", "clear_thinking": False}
    code = write_code(exchange(body), CodeKind.ZAI_JAVA)
    assert "// Not a part of this client: temperature, thinking.clear_thinking, tool_choice\n" in code
    assert '.stop(Arrays.asList("END"))' in code


def test_a_body_that_is_no_request_is_refused() -> None:
    with pytest.raises(ValueError, match="object"):
        write_code(Exchange("POST", "http://x", {}, "[]", 0.0), CodeKind.CURL)
