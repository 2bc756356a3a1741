"""What the client sent, read as text: the last question, the tools, and the prefix that was seen before."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, cast

from glmdesk.demo import tokens
from glmdesk.demo.wire import Json, dump

_REMEMBERED = 64  # prompts


def text_of(message: Json) -> str:
    """A message's content as one text, whether it came as a string or as parts."""
    content: Any = message.get("content")
    if isinstance(content, list):
        return "\n".join(str(cast(Json, part).get("text", "")) for part in cast(list[Any], content))
    return content if isinstance(content, str) else ""


def last(messages: Sequence[Json], role: str) -> str:
    """The text of the last message of `role`; '' when there is none."""
    return next((text_of(message) for message in reversed(messages) if message["role"] == role), "")


def since_question(messages: Sequence[Json]) -> list[Json]:
    """The messages after the last user message: the tool loop so far."""
    tail: list[Json] = []
    for message in reversed(messages):
        if message["role"] == "user":
            break
        tail.insert(0, message)
    return tail


def prompt_text(body: Json, *, keep_reasoning: bool) -> str:
    """The whole prompt in the order that the cache sees: tools, then messages."""
    parts = [dump(body["tools"]).decode()] if body.get("tools") else []
    messages = cast(list[Json], body["messages"])
    loop = len(messages) - len(since_question(messages))
    for index, message in enumerate(messages):
        parts.append(f"<|{message['role']}|>")
        # Reasoning counts inside the tool loop, or everywhere where thinking is preserved (glm-api.md §6).
        if keep_reasoning or index >= loop:
            parts.append(str(message.get("reasoning_content") or ""))
        parts.append(text_of(message))
        if message.get("tool_calls"):
            parts.append(dump(message["tool_calls"]).decode())
    return "\n".join([*parts, "<|assistant|>"])


class PrefixCache:
    """The last prompts of each key and model; tells how many leading tokens of a new one were there before."""

    def __init__(self) -> None:
        self._prompts: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)

    def take(self, owner: str, prompt: str) -> tuple[int, int]:
        """(prompt tokens, cached tokens) of `prompt`, which is remembered then."""
        shared = max((common_prefix(prompt, old) for who, old in self._prompts if who == owner), default=0)
        self._prompts.append((owner, prompt))
        total = tokens.count(prompt)
        return total, min(tokens.count(prompt[:shared]), total - 1)


def common_prefix(one: str, other: str) -> int:
    """How many leading characters are the same; by halving, because prompts are long and `==` is fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
