"""The three recorded profiles: order of chunks, keys, ids and usage (glm-api.md §3, §4.1)."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import httpx
import pytest

from tests.demo.chat import WEATHER, ask, events
from tests.helpers.server import demo_server

QUESTION = "What is the weather in Florence?"
ORDER = {
    "2025-09": ("R C cF", "C(\\n) R C(\\n) C TF cF"),
    "2025-11": ("Rc(\\n) R C cF", "Rc(\\n) R C(\\n) C T cF"),
    "2026-03": ("R C cF", "R C T cF"),
}


def kind(event: dict[str, Any]) -> str:
    choice = event["choices"][0]
    delta = choice["delta"]
    finish = "F" if "finish_reason" in choice else ""
    if "tool_calls" in delta:
        return "T" + finish
    if finish:
        return "cF"
    if delta.get("reasoning_content"):
        blank = not delta["reasoning_content"].strip()
        return "Rc(\\n)" if blank and "content" in delta and "\n" in delta["reasoning_content"] else "R"
    return "C" if delta["content"].strip(" ") != "\n" else "C(\\n)"


def order(listed: list[dict[str, Any]]) -> str:
    return " ".join(name for name, _ in groupby(kind(event) for event in listed))


@pytest.mark.parametrize("profile", ORDER)
def test_chunks_come_in_the_recorded_order(profile: str, http: httpx.Client) -> None:
    plain, with_tools = ORDER[profile]
    with demo_server(profile=profile) as url:
        said = events(ask(http, url, "hello", stream=True))
        called = events(ask(http, url, QUESTION, stream=True, tools=[WEATHER]))
    assert re.sub(r"( C\(\\n\) C)+", "", order(said)) == plain
    assert order(called) == with_tools


@pytest.mark.parametrize("profile", ORDER)
def test_every_chunk_has_the_recorded_keys(profile: str, http: httpx.Client) -> None:
    with demo_server(profile=profile) as url:
        listed = events(ask(http, url, "hello", stream=True))
    named = ["object"] if profile == "2026-03" else []
    keys = ["id", "created", *named, "model", "choices"]
    assert all(list(event) == keys for event in listed[:-1])
    assert list(listed[-1]) == [*keys, "usage"]
    assert list(listed[-1]["choices"][0]) == ["index", "finish_reason", "delta"]
    assert len({(event["id"], event["created"]) for event in listed}) == 1
    assert re.fullmatch(r"\d{14}[0-9a-f]{16}", listed[0]["id"])


@pytest.mark.parametrize("profile", ORDER)
def test_reasoning_tokens_are_told_since_2026_only(profile: str, http: httpx.Client) -> None:
    with demo_server(profile=profile) as url:
        told = events(ask(http, url, "hello", stream=True))[-1]["usage"]
    assert ("completion_tokens_details" in told) == (profile == "2026-03")
    assert told["total_tokens"] == told["prompt_tokens"] + told["completion_tokens"]


@pytest.mark.parametrize(("profile", "spaced"), [("2025-09", True), ("2025-11", False)])
def test_call_ids_and_argument_spaces_differ(profile: str, spaced: bool, http: httpx.Client) -> None:
    with demo_server(profile=profile) as url:
        streamed = events(ask(http, url, QUESTION, stream=True, tools=[WEATHER]))[-2]
        plain = ask(http, url, QUESTION, tools=[WEATHER]).json()
    call = streamed["choices"][0]["delta"]["tool_calls"][0]
    assert re.fullmatch(r"call_[0-9a-f]{24}", call["id"])
    assert call["function"]["arguments"] == ('{"location": "Florence"}' if spaced else '{"location":"Florence"}')
    assert re.fullmatch(r"call_-?\d+", plain["choices"][0]["message"]["tool_calls"][0]["id"])


@pytest.mark.parametrize("profile", ORDER)
def test_plain_reply_has_sorted_keys_and_is_packed(profile: str, http: httpx.Client) -> None:
    with demo_server(profile=profile) as url:
        response = ask(http, url, "hello", request_id="mine-123456")
    reply = response.json()
    assert list(reply) == sorted(reply)
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"] == "application/json; charset=UTF-8"
    assert reply["request_id"] == "mine-123456"
    assert ("object" in reply) == (profile == "2026-03")
