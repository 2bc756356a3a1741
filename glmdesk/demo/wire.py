"""The shapes of replies: ids, chunks, plain bodies and usage, in three recorded profiles (glm-api.md §3, §4)."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

Json = dict[str, Any]

DONE = b"data: [DONE]\n\n"
_CHINA = timezone(timedelta(hours=8))


class Profile(StrEnum):
    """How the service wrote its replies at three dates (glm-api.md §4.1)."""

    SEPTEMBER_2025 = "2025-09"
    NOVEMBER_2025 = "2025-11"
    MARCH_2026 = "2026-03"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stays the same over one reply. `created` in Unix seconds."""

    id: str
    created: int
    model: str


@dataclass(frozen=True, slots=True)
class Call:
    """One function call; `arguments` is a JSON text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Count:
    """Tokens of one exchange; `completion` includes `reasoning`."""

    prompt: int
    cached: int
    completion: int
    reasoning: int


def dump(value: Any, *, sort: bool = False) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort).encode()


def new_id(now: float) -> str:
    """14 digits of local time in China and 16 hexadecimal digits (glm-api.md §3)."""
    return f"{datetime.fromtimestamp(now, _CHINA):%Y%m%d%H%M%S}{secrets.token_hex(8)}"


def new_stamp(model: str) -> Stamp:
    now = time.time()
    return Stamp(new_id(now), int(now), model)


def reset_time(seconds: float) -> str:
    """A time that many seconds ahead as the quota messages write it (glm-api.md §8, 1308)."""
    return f"{datetime.now(UTC).astimezone(_CHINA) + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


def frame(value: Any) -> bytes:
    return b"data: " + dump(value) + b"\n\n"


def chunk(stamp: Stamp, profile: Profile, *, delta: Json, finish: str | None = None, **top: Any) -> Json:
    """One event; `finish_reason` is absent, not null, until the end, and precedes `delta`."""
    choice: Json = {"index": 0}
    if finish is not None:
        choice["finish_reason"] = finish
    choice["delta"] = delta
    return {**chunk_head(stamp, profile), "choices": [choice], **top}


def chunk_head(stamp: Stamp, profile: Profile) -> Json:
    named = {"object": "chat.completion.chunk"} if profile is Profile.MARCH_2026 else {}
    return {"id": stamp.id, "created": stamp.created, **named, "model": stamp.model}


def usage(count: Count, profile: Profile) -> Json:
    """`usage`; reasoning tokens are told since March 2026 only (glm-api.md §5)."""
    told: Json = {
        "prompt_tokens": count.prompt,
        "completion_tokens": count.completion,
        "total_tokens": count.prompt + count.completion,
        "prompt_tokens_details": {"cached_tokens": count.cached},
    }
    if profile is Profile.MARCH_2026:
        told["completion_tokens_details"] = {"reasoning_tokens": count.reasoning}
    return told


def stream_call(call: Call, index: int) -> Json:
    """A whole call in one chunk, without a role (glm-api.md §4.1)."""
    function = {"name": call.name, "arguments": call.arguments}
    return {"tool_calls": [{"id": new_call_id(), "index": index, "type": "function", "function": function}]}


def new_call_id() -> str:
    return f"call_{secrets.token_hex(12)}"


def plain_calls(calls: tuple[Call, ...]) -> list[Json]:
    """Calls of a plain reply: signed 64-bit ids in a row (glm-api.md §3)."""
    first = secrets.randbits(63) - 2**62
    return [
        {
            "id": f"call_{first + index}",
            "index": index,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for index, call in enumerate(calls)
    ]


def plain_reply(
    stamp: Stamp, profile: Profile, *, message: Json, finish: str, request_id: str, told: Json | None, **top: Any
) -> bytes:
    """A reply without streaming; keys sorted as recorded."""
    named = {"object": "chat.completion"} if profile is Profile.MARCH_2026 else {}
    choices = [{"finish_reason": finish, "index": 0, "message": message}]
    body = {"choices": choices, "created": stamp.created, "id": stamp.id, "model": stamp.model}
    usage = {} if told is None else {"usage": told}
    return dump({**body, **named, "request_id": request_id, **usage, **top}, sort=True)
