"""Chunks of a reply turned into events: one reader per response (glm-api.md §4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import msgspec

from glmdesk.domain.errors import Action, ProviderError, Retry
from glmdesk.domain.event import (
    Event,
    EventsSkipped,
    Finished,
    ReasoningDelta,
    ServerToolReported,
    Started,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from glmdesk.domain.usage import Usage
from glmdesk.providers.errors import decode, error_in, provider_error, wire_error
from glmdesk.providers.sse import ServerEvent
from glmdesk.providers.think_tags import ThinkTags

DONE = "[DONE]"
_BAD_IN_A_ROW = 3


class ChunkReader:
    """Tolerant of wrong shapes; strict about errors and about whose bytes it reads."""

    def __init__(self, *, model: str, url: str, think_tags: ThinkTags | None = None) -> None:
        self._model = model
        self._url = url
        self._tags = think_tags
        self._id = ""
        self._started = False
        self._reason = ""
        self._bad_in_a_row = 0
        self._skipped = 0
        self.done = False

    def event(self, event: ServerEvent) -> Iterator[Event]:
        """The events of one server-sent event. Raises ProviderError."""
        text = event.data.strip()
        if not text:
            return
        if text == DONE:
            self.done = True
            return
        if event.name == "error":
            raise self._named_error(text)
        try:
            chunk = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            if event.whole:
                yield from self._unreadable(text)
            return  # half of a last event: the stream was cut
        self._bad_in_a_row = 0
        if not isinstance(chunk, dict):
            self._skipped += 1  # sound JSON that says nothing does not make the stream a corrupted one
            yield EventsSkipped(self._skipped)
            return
        yield from self.chunk(cast(dict[str, Any], chunk))

    def refused(self, body: Any) -> ProviderError:
        """The error for a whole body of status 200 that is no completion."""
        if isinstance(body, str) and not body.lstrip().startswith("<"):
            return wire_error("stream_corrupted", retry=Retry.SHORT)  # JSON cut in the middle
        return provider_error(200, body, model=self._model, url=self._url)

    def _named_error(self, text: str) -> ProviderError:
        body = decode(text.encode())
        shaped = body if error_in(body) is not None else {"error": body or text}
        return provider_error(200, shaped, model=self._model, url=self._url)

    def _unreadable(self, text: str) -> Iterator[Event]:
        # A truncated frame glued to the next one: the rest counts only when it belongs to this reply (§4.3.1).
        place = text.rfind("data: {")
        if place > 0:
            tail = _decoded(text[place + 6 :])
            if isinstance(tail, dict) and self._id and cast(dict[str, Any], tail).get("id") == self._id:
                yield from self.chunk(cast(dict[str, Any], tail))
                return
            raise wire_error("stream_corrupted", retry=Retry.SHORT)
        yield from self._bad()

    def _bad(self) -> Iterator[Event]:
        self._bad_in_a_row += 1
        self._skipped += 1
        if self._bad_in_a_row >= _BAD_IN_A_ROW:
            raise wire_error("stream_corrupted", retry=Retry.SHORT)
        yield EventsSkipped(self._skipped)

    def chunk(self, fields: dict[str, Any]) -> Iterator[Event]:
        """The events of one decoded chunk, or of a complete JSON completion. Raises ProviderError."""
        if error_in(fields) is not None:
            raise provider_error(200, fields, model=self._model, url=self._url)
        if not self._started:
            self._started = True
            self._id = _text(fields.get("id"))
            yield Started(_text(fields.get("request_id")) or self._id, _text(fields.get("model")))
        yield from self._search_results(fields)
        for choice in _dicts(fields.get("choices")):
            if not choice.get("index"):  # one answer is asked for; its index may be missing
                yield from self._choice(choice)
        usage = fields.get("usage")
        if isinstance(usage, dict):
            yield UsageReported(_usage(cast(dict[str, Any], usage)))

    def _search_results(self, fields: dict[str, Any]) -> Iterator[Event]:
        results = _dicts(fields.get("web_search"))
        if results:
            yield ServerToolReported("web_search", {"results": results})

    def _choice(self, choice: dict[str, Any]) -> Iterator[Event]:
        raw = choice.get("delta") or choice.get("message")
        delta = cast(dict[str, Any], raw) if isinstance(raw, dict) else {}
        reasoning = _text(delta.get("reasoning_content")) or _text(delta.get("reasoning"))
        if reasoning:
            yield ReasoningDelta(reasoning)
        content = _text(delta.get("content"))
        if content:
            yield from self._tags.feed(content) if self._tags else (TextDelta(content),)
        for place, call in enumerate(_dicts(delta.get("tool_calls"))):
            yield _call(call, place)
        # Some chunks before the last one carry a reason too: the last one counts (§4.1).
        self._reason = _text(choice.get("finish_reason")) or self._reason

    def finish(self) -> Iterator[Event]:
        """What the end of the body means. Raises ProviderError for ends that are faults (§4.4)."""
        if self._tags:
            yield from self._tags.rest()
        if self._reason == "network_error":
            raise wire_error("network_error", retry=Retry.SHORT)
        if self._reason == "model_context_window_exceeded":
            raise wire_error("context_too_long", action=Action.TRIM)
        yield Finished(self._reason, complete=self.done or bool(self._reason))


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _dicts(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [cast(dict[str, Any], item) for item in cast(list[Any], value) if isinstance(item, dict)]


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**53 else 0


def _usage(usage: dict[str, Any]) -> Usage:
    prompt, completion = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    cached = cast(dict[str, Any], prompt).get("cached_tokens") if isinstance(prompt, dict) else 0
    details = cast(dict[str, Any], completion) if isinstance(completion, dict) else {}
    reasoning = details.get("reasoning_tokens")
    asked, made = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    return Usage(
        prompt_tokens=asked,
        completion_tokens=made,
        total_tokens=_count(usage.get("total_tokens")) or asked + made,
        cached_tokens=_count(cached),
        reasoning_tokens=_count(reasoning) if isinstance(reasoning, int) else None,
    )


def _call(call: dict[str, Any], place: int) -> Event:
    kind = _text(call.get("type")) or "function"
    if kind != "function":
        return ServerToolReported(kind, call)  # already executed by the provider (§7)
    raw = call.get("function")
    function = cast(dict[str, Any], raw) if isinstance(raw, dict) else {}
    index = call.get("index")
    arguments = function.get("arguments")
    return ToolCallDelta(
        index if isinstance(index, int) and 0 <= index < 10_000 else place,
        _text(call.get("id")),
        _text(function.get("name")),
        arguments if isinstance(arguments, str) else "" if arguments is None else json.dumps(arguments),
    )
