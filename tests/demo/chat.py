"""A plain client for the demo server's tests: httpx, one call, events as objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx

KEY = {"Authorization": "Bearer test"}


def client() -> httpx.Client:
    return httpx.Client(trust_env=False, timeout=20, headers=KEY)


def body(question: str | list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": question}] if isinstance(question, str) else question
    return {"model": "glm-4.5", "messages": messages, **fields}


def ask(http: httpx.Client, url: str, question: str | list[dict[str, Any]], **fields: Any) -> httpx.Response:
    return http.post(f"{url}/chat/completions", json=body(question, **fields))


def events(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.headers["content-type"] == "text/event-stream;charset=UTF-8"
    assert response.text.endswith("data: [DONE]\n\n")
    lines = response.text.split("\n\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


def deltas(listed: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (event["choices"][0]["delta"] for event in listed)


def joined(listed: list[dict[str, Any]], name: str = "content") -> str:
    return "".join(delta.get(name, "") for delta in deltas(listed))


WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Get weather information for a location",
        "parameters": {
            "type": "object",
            "properties": {"location": {"type": "string", "description": "the city"}},
            "required": ["location"],
        },
    },
}
