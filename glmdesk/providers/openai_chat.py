"""Chat completions over server-sent events: what all dialects share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from glmdesk.domain.endpoint import DialectName
from glmdesk.domain.errors import Action, ConnectionFault, ErrorInfo, ProviderError, UserError
from glmdesk.domain.event import Event, ReasoningDelta, TextDelta, ToolCallDelta
from glmdesk.domain.exchange import Recorder
from glmdesk.domain.message import Role
from glmdesk.domain.request import ChatRequest, Parameters, RequestMessage, WireRequest
from glmdesk.domain.secret import Secret, key_problem
from glmdesk.providers.body import body_of
from glmdesk.providers.chunks import ChunkReader
from glmdesk.providers.errors import decode, provider_error
from glmdesk.providers.reply import ReplyReader
from glmdesk.providers.retry import RetryPolicy
from glmdesk.providers.think_tags import ThinkTags
from glmdesk.providers.transport import Reply, Transport

_OK = 200
_PATH = "/chat/completions"
_MASKED = "Bearer •••"
_CHECK = (RequestMessage(Role.USER, "hi"),)
_ERROR_BODY = 64 * 1024  # bytes of an error that are read
_USER_ID = range(6, 129)  # its length (glm-api.md §2)
Delta = (TextDelta, ReasoningDelta, ToolCallDelta)


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of server differs (glm-api.md §10).

    `thinking_on` and `thinking_off` are the fields of its switch, empty where it has none; `keeping` stands in the
    switch where the model is to read its earlier thoughts.
    """

    name: DialectName
    thinking_on: Mapping[str, Any] = field(default_factory=dict[str, Any])
    thinking_off: Mapping[str, Any] = field(default_factory=dict[str, Any])
    keeping: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reasoning_field: str = "reasoning_content"  # under which name reasoning is sent back
    stream_usage: bool = False  # usage comes only when `stream_options` asks for it
    think_tags: bool = False  # `<think>` may be left in the content
    user_id: bool = False  # the end user's id is part of the protocol

    def switch(self, *, thinking: bool, keeping: bool) -> Mapping[str, Any]:
        switch = self.thinking_on if thinking else self.thinking_off
        return {name: value | self.keeping for name, value in switch.items()} if keeping and self.keeping else switch


class OpenAiChat:
    """One endpoint in one dialect. Satisfies `domain.ports.Dialect`."""

    def __init__(
        self, profile: Profile, base_url: str, transport: Transport, *, retries: RetryPolicy | None = None
    ) -> None:
        self._profile = profile
        self._transport = transport
        self._retries = retries or RetryPolicy()
        # Some paste the whole address from the documentation.
        self._url = base_url.strip().rstrip("/").removesuffix(_PATH) + _PATH

    async def stream(
        self,
        request: ChatRequest,
        key: Secret | None,
        *,
        hurry: asyncio.Event | None = None,
        record: Recorder | None = None,
    ) -> AsyncGenerator[Event, None]:
        """See `domain.ports.Dialect`. Sends again by itself only before the first delta.

        `hurry` is cleared when a countdown begins; setting it then ends the countdown.
        """
        attempt = 0
        record = record or Recorder()
        while True:
            shown = written = False
            try:
                async with aclosing(self._once(request, key, record)) as events:
                    async for event in events:
                        if not shown and isinstance(event, Delta):
                            shown = True
                            record.spoke()
                        written = written or (isinstance(event, TextDelta) and bool(event.text.strip()))
                        yield event
                return
            except UserError as error:
                record.ended(error.info.kind)
                attempt += 1
                retrying = None if shown else self._retries.next(error, attempt)
                if retrying is None:
                    if error.info.action is Action.CONTINUE and not written:
                        error.info = replace(error.info, action=Action.RETRY)  # there is nothing to go on from
                    raise
            finally:
                record.ended()
            if hurry is not None:
                hurry.clear()
            yield retrying
            await self._retries.pause(retrying.after, hurry)

    def wire_request(self, request: ChatRequest) -> WireRequest:
        """What `stream` sends, with the key masked."""
        headers = self._headers() | {"Authorization": _MASKED}
        return WireRequest("POST", self._shown_url, headers, self._body(request))

    async def check(self, model: str, key: Secret | None) -> None:
        """A short answer without thinking. 1113 proves the key too, and still raises: the caller decides.

        `GET /models` is no proof: it is undocumented and lists models that cannot be called (glm-api.md §1). It is
        streamed, because some hosts do nothing else (§10).
        """
        request = ChatRequest(model, _CHECK, thinking=False, parameters=Parameters(max_tokens=16))
        async with aclosing(self._once(request, key)) as events:
            async for _ in events:
                pass

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        body = body_of(request, reasoning_field=self._profile.reasoning_field)
        body["stream"] = True
        if self._profile.stream_usage:
            body["stream_options"] = {"include_usage": True}
        if self._profile.user_id and len(request.user_id) in _USER_ID:
            body["user_id"] = request.user_id
        body |= self._profile.switch(thinking=request.thinking, keeping=request.keeps_reasoning)
        return body | {name: value for name, value in request.extra.items() if value is not None}

    def _headers(self) -> dict[str, str]:
        # Packing costs a stream its liveness; the server packs plain replies when it may (glm-api.md §1).
        return {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "GLM-Desk",
        }

    def _authorized(self, key: Secret | None) -> dict[str, str]:
        if key is None:
            return self._headers()
        problem = key_problem(key.reveal())
        if problem:
            raise ProviderError(ErrorInfo("key_unsendable", {"problem_id": problem}, action=Action.OPEN_KEYS))
        return self._headers() | {"Authorization": f"Bearer {key.reveal()}"}

    async def _once(
        self, request: ChatRequest, key: Secret | None, record: Recorder | None = None
    ) -> AsyncGenerator[Event, None]:
        # A lone surrogate, pasted from somewhere, becomes a question mark.
        body = json.dumps(self._body(request), ensure_ascii=False).encode("utf-8", "replace")
        headers = self._authorized(key)
        if record is not None:
            shown = headers | ({"Authorization": _MASKED} if key is not None else {})
            record.sending("POST", self._shown_url, headers=shown, body=body)
        async with self._transport.post(self._url, headers=headers, body=body, record=record) as reply:
            if reply.status != _OK:
                raise await self._refusal(reply, request.model)
            async with aclosing(self._events(reply, request.model)) as events:
                async for event in events:
                    yield event

    async def _refusal(self, reply: Reply, model: str) -> ProviderError:
        raw = bytearray()
        with suppress(ConnectionFault):  # the status says more than a connection that broke after it
            async for piece in reply.body:
                raw += piece
                if len(raw) > _ERROR_BODY:
                    break
        return provider_error(reply.status, decode(bytes(raw)), model=model, url=self._shown_url, headers=reply.headers)

    async def _events(self, reply: Reply, model: str) -> AsyncGenerator[Event, None]:
        tags = ThinkTags() if self._profile.think_tags else None
        chunks = ChunkReader(model=model, url=self._shown_url, think_tags=tags)
        reader = ReplyReader(chunks, self._transport.limits)
        async for piece in reply.body:
            for event in reader.feed(piece):
                yield event
            if chunks.done:
                break
        for event in reader.finish():
            yield event

    @property
    def _shown_url(self) -> str:
        try:
            parts = urlsplit(self._url)
        except ValueError:  # the connection tells what is wrong with it
            return ""
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
