"""Keys, fields and every error code by name (glm-api.md §2, §8, §12)."""

from __future__ import annotations

import socket
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from glmdesk.demo.errors import ERRORS
from tests.demo.chat import WEATHER, ask, body

USER = {"role": "user", "content": "hi"}
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "unknown model": ("1211", {"model": "gpt-4"}),
    "no model": ("1213", {"model": None}),
    "no messages": ("1213", {"messages": None}),
    "empty messages": ("1214", {"messages": []}),
    "developer role": ("1214", {"messages": [{"role": "developer", "content": "x"}, USER]}),
    "only system": ("1214", {"messages": [{"role": "system", "content": "x"}]}),
    "only assistant": ("1214", {"messages": [{"role": "assistant", "content": "x"}]}),
    "image part": ("1214", {"messages": [{"role": "user", "content": [{"type": "image", "source": {}}]}]}),
    "empty part": ("1214", {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}),
    "orphan tool answer": ("1214", {"messages": [USER, {"role": "tool", "tool_call_id": "x", "content": "y"}]}),
    "max_tokens zero": ("1210", {"max_tokens": 0}),
    "max_tokens too large": ("1210", {"max_tokens": 98_305}),
    "temperature": ("1210", {"temperature": 1.5}),
    "two stop words": ("1210", {"stop": ["a", "b"]}),
    "metadata": ("1210", {"metadata": {}}),
    "json_schema": ("1210", {"response_format": {"type": "json_schema"}}),
    "tool kind": ("1214", {"tools": [{"type": "custom"}]}),
    "tool name": ("1214", {"tools": [{"type": "function", "function": {"name": "a b"}}]}),
    "too many tools": ("1210", {"tools": [WEATHER] * 129}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_field_is_refused_with_its_code(name: str, demo_url: str, http: httpx.Client) -> None:
    code, fields = REFUSED[name]
    response = http.post(f"{demo_url}/chat/completions", json={**body("hi"), **fields})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("key", "code", "status"),
    [
        (None, "1001", 401),
        ("Bearer invalid", "401", 401),
        ("Bearer wrong", "1000", 401),
        ("Bearer unfunded", "1113", 429),
    ],
)
def test_key_is_checked_before_the_route(key: str | None, code: str, status: int, demo_url: str) -> None:
    with httpx.Client(trust_env=False, headers={"Authorization": key} if key else {}) as http:
        for path in ("/chat/completions", "/nothing"):
            response = http.post(demo_url + path, json=body("hi"))
            assert (response.status_code, response.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_comes_by_name(code: str, demo_url: str, http: httpx.Client) -> None:
    response = ask(http, demo_url, f"hello\n/error {code}", stream=True)
    reply = response.json()
    assert response.status_code == ERRORS[code].status
    assert reply["error"]["code"] == code
    assert reply["error"]["message"]
    assert ("contentFilter" in reply) == (code == "1301")
    assert "retry-after" not in response.headers


def test_message_follows_the_language_of_the_client(demo_url: str, http: httpx.Client) -> None:
    http.headers["Accept-Language"] = "en-US,en"
    assert ask(http, demo_url, "/error 1302").json()["error"]["message"] == "Rate limit reached for requests"


def test_error_with_times_ends_after_so_many_tries(demo_url: str, http: httpx.Client) -> None:
    asked = "try again and again\n/error 1302 times=2"
    statuses = [ask(http, demo_url, asked).status_code for _ in range(4)]
    assert statuses == [429, 429, 200, 429]


def test_retry_after_comes_as_seconds_or_as_a_date(demo_url: str, http: httpx.Client) -> None:
    assert ask(http, demo_url, "/error 1302 retry_after=3").headers["retry-after"] == "3"
    dated = ask(http, demo_url, "/error 1302 retry_after=in:30").headers["retry-after"]
    assert parsedate_to_datetime(dated).tzinfo is not None


def test_header_orders_a_fault_too(demo_url: str, http: httpx.Client) -> None:
    http.headers["X-Demo-Fault"] = "error 1305"
    assert ask(http, demo_url, "hello").json()["error"]["code"] == "1305"
    http.headers["X-Demo-Fault"] = "html_page"
    assert ask(http, demo_url, "hello").headers["content-type"] == "text/html; charset=utf-8"


def test_request_that_is_not_http_is_turned_away(demo_url: str) -> None:
    port = int(demo_url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        opened.sendall(b"hello there\r\n\r\n")
        assert opened.recv(100).startswith(b"HTTP/1.1 400 ")
