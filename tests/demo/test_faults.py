"""Every fault by name, and what it looks like from the client's side."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from glmdesk.demo.faults import CHANGES, describe, names
from tests.demo.chat import ask, client, events, joined

SMALL = {
    "slow_headers": "seconds=0.1",
    "slow_first_byte": "seconds=0.1",
    "stall": "seconds=0.1",
    "huge_line": "mb=2",
    "gzip_bomb": "mb=5",
    "burst": "n=500",
}
Check = Callable[[bytes], object]


def fetch(url: str, order: str) -> tuple[httpx.Response | None, bytes, str]:
    """(reply, decoded bytes so far, name of the transport error)."""
    response: httpx.Response | None = None
    data = bytearray()
    with client() as http:
        try:
            sent = {
                "model": "glm-4.5",
                "stream": True,
                "messages": [{"role": "user", "content": f"hello\n/fault {order}"}],
            }
            with http.stream("POST", f"{url}/chat/completions", json=sent) as response:
                for part in response.iter_bytes():
                    data += part
                    if "endless" in order and len(data) > 20_000:
                        break
        except httpx.HTTPError as error:
            return response, bytes(data), type(error).__name__
    return response, bytes(data), ""


FINE = rb"data: \[DONE\]\n\n$"
# name: (transport error, what the body must match)
LOOKS: dict[str, tuple[str, bytes]] = {
    "after_done": ("", rb"\[DONE\]\n\ndata: \{.*after the end"),
    "bad_chunk": ("RemoteProtocolError", rb"^data: "),
    "bad_json_event": ("", rb'"del\n\ndata: [\s\S]*' + FINE),
    "bom": ("", rb"^\xef\xbb\xbfdata: "),
    "burst": ("", FINE),
    "byte_by_byte": ("", FINE),
    "closed": ("RemoteProtocolError", rb"^$"),
    "comments": ("", rb": keep-alive\n\nretry: 3000\n[\s\S]*" + FINE),
    "context_window": ("", rb'"finish_reason":"model_context_window_exceeded"'),
    "crlf": ("", rb"data: \[DONE\]\r\n\r\n$"),
    "cut_before_finish": ("RemoteProtocolError", rb"\}\n\n$"),
    "cut_frame": ("RemoteProtocolError", rb"[^\n]$"),
    "cut_utf8": ("RemoteProtocolError", b"\xe6\xb1\x89\xe5$"),
    "done_only": ("", rb"^data: \[DONE\]\n\n$"),
    "empty_answer": ("", rb'^data: .*"finish_reason":"stop"'),
    "empty_body": ("", rb"^$"),
    "empty_stream": ("", rb"^$"),
    "endless": ("", rb" again"),
    "endless_thought": ("", rb'"reasoning_content":" hmm"'),
    "error_anthropic": ("", rb'"type":"error"'),
    "error_data_mid": ("", rb'^data: \{"id"[\s\S]*\n\ndata: \{"error":\{"code":"1302"'),
    "error_data_start": ("", rb'^data: \{"error":\{"code":"1302"'),
    "error_event_mid": ("", rb'^data: \{"id"[\s\S]*\n\nevent: error\ndata: \{"error"'),
    "error_event_start": ("", rb'^event: error\ndata: \{"error"'),
    "error_flat": ("", rb'"success":false'),
    "error_nested": ("", rb'^\{"error":\{"message"'),
    "error_numeric": ("", rb'"code":1302,'),
    "glued_frame": ("", rb'data: \{[^\n]+data: \{"id"'),
    "gzip_bomb": ("", rb"^ {5242880}$"),
    "gzip_truncated": ("", rb'^\{"error"(?!.*\}$)'),
    "html_page": ("", rb"^<!DOCTYPE html>"),
    "huge_line": ("", rb"x{2097152}[\s\S]*" + FINE),
    "invalid_utf8": ("", rb"\xff\xfe\xc3[\s\S]*" + FINE),
    "json_200": ("", rb'^\{"error":\{"code":"1305"'),
    "json_broken": ("", FINE),
    "json_fenced": ("", rb'"content":"`"[\s\S]*' + FINE),
    "length": ("", rb'"finish_reason":"length"'),
    "length_in_reasoning": ("", rb'"finish_reason":"length"'),
    "missing_done": ("", rb"\}\}\}\n\n$"),
    "missing_finish": ("", rb'"content":"[^"]*"\}\}\]\}\n\n' + FINE),
    "network_error": ("", rb'"finish_reason":"network_error"'),
    "no_space": ("", rb"^data:\{"),
    "no_type": ("", FINE),
    "not_http": ("RemoteProtocolError", rb"^$"),
    "plain_text_error": ("", rb"^upstream connect error$"),
    "reasoning_field": ("", rb'"reasoning":"'),
    "reasoning_only": ("", rb'"finish_reason":"stop"'),
    "redirect": ("", rb"^$"),
    "rst": ("ReadError", rb"^data: "),
    "sensitive": ("", rb'"content_filter":\[\{"role":"assistant","level":1\}\]\}\n\n' + FINE),
    "short_body": ("RemoteProtocolError", rb"^\{"),
    "slow_first_byte": ("", FINE),
    "slow_headers": ("", FINE),
    "stall": ("", FINE),
    "think_tags": ("", rb"<thin"),
    "tool_bad_arguments": ("", rb'"arguments":"\{\\"path\\": \\"note"'),
    "tool_empty_arguments": ("", rb'"arguments":""'),
    "tool_fragments": ("", rb'\{"tool_calls":\[\{"index":0,"function":\{"arguments":"...?.?"'),
    "tool_same_ids": ("", rb'"id":"(call_\w+)","index":0[\s\S]*"id":"\1","index":1'),
    "tool_unknown": ("", rb'"name":"no_such_tool"'),
    "tool_wrong_finish": ("", rb'tool_calls[\s\S]*"finish_reason":"stop"'),
    "unknown_finish": ("", rb'"finish_reason":"repetition"'),
    "unterminated": ("", rb"\}\}\}$"),
    "until_close": ("", FINE),
    "usage_missing": ("", rb'"finish_reason":"stop"(?!.*usage)'),
    "usage_separate": ("", rb'"choices":\[\],"usage":\{'),
    "usage_twice": ("", rb'"usage":null'),
    "wrong_shapes": ("", rb"data: null\n\n[\s\S]*" + FINE),
    "wrong_type": ("", FINE),
}


def test_the_table_names_every_fault() -> None:
    assert sorted(LOOKS) == names()
    assert all(name in describe() for name in LOOKS)


@pytest.mark.parametrize("name", LOOKS)
def test_fault_comes_by_name(name: str, demo_url: str) -> None:
    error, pattern = LOOKS[name]
    _, data, raised = fetch(demo_url, f"{name} {SMALL.get(name, '')}")
    assert raised == error
    assert re.search(pattern, data)


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_changed_answer_comes_plain_too(name: str, demo_url: str, http: httpx.Client) -> None:
    reply = ask(http, demo_url, f"hello\n/fault {name}").json()
    assert reply["choices"][0]["finish_reason"]


def test_unknown_fault_says_what_is_known(demo_url: str, http: httpx.Client) -> None:
    assert "cut_frame" in ask(http, demo_url, "/fault nonsense").json()["error"]["message"]


def test_clean_cut_ends_the_body_properly(demo_url: str) -> None:
    _, data, raised = fetch(demo_url, "cut_before_finish clean=1")
    assert raised == ""
    assert b"finish_reason" not in data


def test_server_goes_on_after_every_fault(demo_url: str, http: httpx.Client) -> None:
    fetch(demo_url, "rst after=0")
    fetch(demo_url, "endless")
    assert joined(events(ask(http, demo_url, "hello", stream=True)))
