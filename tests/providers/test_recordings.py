"""Recorded replies of the real service, byte for byte through the client."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from glmdesk.demo.replay import Recorded, replay_server
from glmdesk.domain.assemble import Assembly
from glmdesk.domain.message import Message, Role, Status
from tests.providers.loopback import CANARY, ask

FOLDER = os.environ.get("GLMDESK_RECORDINGS", "")
needs_recordings = pytest.mark.skipif(not FOLDER, reason="GLMDESK_RECORDINGS does not name the folder of recordings")


@dataclass(frozen=True)
class Recording:
    name: str
    reply: Recorded


def recordings() -> list[Recording]:
    found: list[Recording] = []
    for path in sorted(Path(FOLDER).glob("*.yaml")) if FOLDER else ():
        for item in yaml.safe_load(path.read_text("utf-8"))["interactions"]:
            reply = item["response"]
            headers = [(name, value) for name, values in reply["headers"].items() for value in values]
            recorded = Recorded(reply["code"], headers, reply["body"].encode())
            found.append(Recording(f"{path.stem}-{item['id']}", recorded))
    return found


RECORDINGS = recordings()


def expected(body: bytes) -> dict[str, Any]:
    """What a reply says, read with nothing of the program."""
    text = body.decode()
    if text.startswith("{"):
        whole = json.loads(text)
        chunks = [whole | {"choices": [c | {"delta": c["message"]} for c in whole["choices"]]}]
    else:
        frames = [line[6:] for line in text.split("\n") if line.startswith("data: ")]
        chunks = [json.loads(frame) for frame in frames if frame != "[DONE]"]
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    calls = [call for choice in choices for call in choice["delta"].get("tool_calls", ())]
    return {
        "text": "".join(c["delta"].get("content") or "" for c in choices),
        "reasoning": "".join(c["delta"].get("reasoning_content") or "" for c in choices),
        "calls": [(c["id"], c["function"]["name"], c["function"]["arguments"]) for c in calls],
        "finish": [c["finish_reason"] for c in choices if c.get("finish_reason")][-1],
        "usage": [chunk["usage"] for chunk in chunks if chunk.get("usage")][-1],
        "id": chunks[0]["id"],
        "model": chunks[0]["model"],
    }


async def replayed(recording: Recording, size: int) -> Message:
    async with replay_server([recording.reply], size=size) as (url, served):
        outcome = await ask(url)
    assert outcome.error is None
    assert served.requests[0].headers["authorization"] == f"Bearer {CANARY}"
    assembly = Assembly(Message("m", "c", Role.ASSISTANT, status=Status.STREAMING))
    for event in outcome.events:
        assembly.apply(event)
    return assembly.close(Status.COMPLETE)


@needs_recordings
def test_there_are_recordings() -> None:
    assert len(RECORDINGS) == 21


@needs_recordings
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: r.name)
@pytest.mark.parametrize("size", [0, 1, 7, 13, 1024])
def test_a_recording_gives_exactly_its_message(recording: Recording, size: int) -> None:
    message = asyncio.run(replayed(recording, size))
    wanted = expected(recording.reply.body)
    assert message.text == wanted["text"]
    assert message.reasoning == wanted["reasoning"]
    assert [(c.call_id, c.name, c.arguments) for c in message.tool_calls] == wanted["calls"]
    assert message.finish_reason == wanted["finish"]
    assert (message.request_id, message.model) == (wanted["id"], wanted["model"])
    usage = message.usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (
        wanted["usage"]["prompt_tokens"],
        wanted["usage"]["completion_tokens"],
        wanted["usage"]["total_tokens"],
    )
    assert usage.cached_tokens == wanted["usage"]["prompt_tokens_details"]["cached_tokens"]
    assert usage.reasoning_tokens is None
