"""Chat completions as all dialects speak them; a dialect says how its switch and its reasoning field look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx

from glmdesk.domain.errors import Action, ErrorInfo, ProviderError, UserError
from glmdesk.domain.event import Event, ReasoningDelta, Retrying, TextDelta, ToolCallDelta
from glmdesk.domain.message import Role
from glmdesk.domain.part import ToolCallPart
from glmdesk.domain.request import ChatRequest, Parameters, RequestMessage, ToolSpec, WireRequest
from glmdesk.domain.secret import Secret, key_problem
from glmdesk.providers import retry
from glmdesk.providers.chunks import ChunkReader
from glmdesk.providers.errors import decode, provider_error, wire_error
from glmdesk.providers.sse import LineTooLong, SseDecoder
from glmdesk.providers.think_tags import ThinkTags
from glmdesk.providers.transport import Transport, decoded_chunks, read_body

_OK = 200
MASKED = "Bearer •••"
_CHECK = RequestMessage(Role.USER, "hi")


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of server differs (glm-api.md §10). `switch` gives the fields that set thinking on or off."""

    name: str
    thinking_on: Mapping[str, Any]
    thinking_off: Mapping[str, Any]
    reasoning_field: str = "reasoning_content"
    stream_usage: bool = False  # usage comes only when `stream_options` asks for it
    think_tags: bool = False  # `<think>` may be left in the content

    def switch(self, *, thinking: bool) -> Mapping[str, Any]:
        return self.thinking_on if thinking else self.thinking_off


class OpenAiChat:
    """One endpoint in one dialect. Satisfies `domain.ports.Dialect`."""

    def __init__(self, profile: Profile, base_url: str, transport: Transport, *, wait: retry.Wait = retry.wait) -> None:
        self._profile = profile
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._transport = transport
        self._wait = wait

    # The request

    def wire_request(self, request: ChatRequest) -> WireRequest:
        """What `stream` sends, with the key masked."""
        return WireRequest("POST", self._url, self._headers(None) | {"Authorization": MASKED}, self.body(request))

    def body(self, request: ChatRequest, *, stream: bool = True) -> dict[str, Any]:
        """The body: minimal, no nulls, the same bytes for the same request."""
        body: dict[str, Any] = {"model": request.model, "messages": [self._message(m) for m in request.messages]}
        body |= self._profile.switch(thinking=request.thinking)
        body["stream"] = stream
        if stream and self._profile.stream_usage:
            body["stream_options"] = {"include_usage": True}
        body |= _parameters(request.parameters)
        if request.tools:
            body["tools"] = [_tool(tool) for tool in request.tools]
        if request.user_id:
            body["user_id"] = request.user_id
        return body | dict(request.extra)

    def _message(self, message: RequestMessage) -> dict[str, Any]:
        made: dict[str, Any] = {"role": message.role.value, "content": message.content}
        if message.reasoning:
            made[self._profile.reasoning_field] = message.reasoning
        if message.tool_calls:
            made["tool_calls"] = [_call(call) for call in message.tool_calls]
        if message.tool_call_id:
            made["tool_call_id"] = message.tool_call_id
        return made

    def _headers(self, key: Secret | None) -> dict[str, str]:
        headers = {
            "Accept": "text/event-stream, application/json",
            # A stream is never packed by the service, and an unpacked one cannot be a bomb.
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
        }
        if key is not None:
            if key_problem(key.reveal()) is not None:
                raise ProviderError(ErrorInfo("key_wrong", action=Action.OPEN_KEYS))
            headers["Authorization"] = f"Bearer {key.reveal()}"
        return headers

    # The reply

    async def stream(
        self, request: ChatRequest, key: Secret | None, *, hurry: asyncio.Event | None = None
    ) -> AsyncGenerator[Event, None]:
        """See `domain.ports.Dialect.stream`. Retries are visible as `Retrying` and happen only before any delta."""
        attempt = 0
        while True:
            shown = False
            try:
                async with aclosing(self._once(request, key)) as events:
                    async for event in events:
                        shown = shown or isinstance(event, ReasoningDelta | TextDelta | ToolCallDelta)
                        yield event
                return
            except UserError as error:
                attempt += 1
                limit = retry.limit(error.info)
                if shown or attempt > limit:
                    raise
                after = error.retry_after if isinstance(error, ProviderError) else ""
                seconds = retry.delay(error.info, attempt, retry_after=after)
                cause = error.info
            yield Retrying(seconds, cause, attempt, limit)
            await self._wait(seconds, hurry)

    async def _once(self, request: ChatRequest, key: Secret | None) -> AsyncGenerator[Event, None]:
        reader = self._reader(request)
        async with self._transport.post(self._url, headers=self._headers(key), json=self.body(request)) as response:
            if response.status_code != _OK:
                await self._refuse(response, request)
            if _is_stream(response):
                async with aclosing(self._read_stream(response, reader)) as events:
                    async for event in events:
                        yield event
                return
            body = decode(await read_body(response))
            if not isinstance(body, dict):
                raise provider_error(response.status_code, body, model=request.model, url=self._url)
            for event in (*reader.chunk(body), *reader.finish()):
                yield event

    def _reader(self, request: ChatRequest) -> ChunkReader:
        tags = ThinkTags() if self._profile.think_tags else None
        return ChunkReader(model=request.model, url=self._url, think_tags=tags)

    async def _read_stream(self, response: httpx.Response, reader: ChunkReader) -> AsyncGenerator[Event, None]:
        decoder = SseDecoder()
        try:
            async with aclosing(decoded_chunks(response)) as chunks:
                async for chunk in chunks:
                    for server_event in decoder.feed(chunk):
                        for event in reader.event(server_event):
                            yield event
                    if reader.done:
                        break
        except LineTooLong as error:
            raise wire_error("line_too_long", action=Action.CONTINUE) from error
        for server_event in decoder.finish():
            for event in reader.event(server_event):
                yield event
        for event in reader.finish():
            yield event

    async def _refuse(self, response: httpx.Response, request: ChatRequest) -> None:
        body = decode(await read_body(response))
        error = provider_error(response.status_code, body, model=request.model, url=self._url)
        raise ProviderError(error.info, retry_after=response.headers.get("retry-after", ""))

    async def check(self, model: str, key: Secret | None) -> None:
        """Ask for one word without thinking. Raises what `stream` raises; nothing is tried again."""
        request = ChatRequest(model, (_CHECK,), thinking=False, parameters=Parameters(max_tokens=8))
        body = self.body(request, stream=False)
        async with self._transport.post(self._url, headers=self._headers(key), json=body) as response:
            if response.status_code != _OK:
                await self._refuse(response, request)
            reply = decode(await read_body(response))
        if not isinstance(reply, dict) or "choices" not in reply:
            raise provider_error(response.status_code, reply, model=model, url=self._url)


def _is_stream(response: httpx.Response) -> bool:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "text/event-stream" or (not kind.startswith(("application/json", "text/html")))


def _parameters(parameters: Parameters) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "temperature": parameters.temperature,
        "top_p": parameters.top_p,
        "max_tokens": parameters.max_tokens,
        "stop": [parameters.stop] if parameters.stop else None,
        "response_format": {"type": "json_object"} if parameters.json_object else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}


def _call(call: ToolCallPart) -> dict[str, Any]:
    return {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
