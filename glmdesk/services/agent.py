"""The tool loop inside one answer: calls are read, checked, decided about, run, and answered exactly once."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from glmdesk.domain.conversation import Conversation, Setup
from glmdesk.domain.endpoint import DialectName
from glmdesk.domain.errors import Action, ErrorInfo, UserError
from glmdesk.domain.event import Finished
from glmdesk.domain.message import Message
from glmdesk.domain.part import Outcome, ToolCallPart, ToolResultPart
from glmdesk.domain.request import ChatRequest
from glmdesk.domain.rounds import open_calls, split_tail, wire_messages, with_unique_ids
from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import Decision, Toolbox, ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.services.approvals import ApprovalService, Asked
from glmdesk.services.live import LiveAnswer
from glmdesk.services.tools import ToolService
from glmdesk.services.transcript import StepState

log = logging.getLogger("glmdesk")
MAX_ROUNDS = 8
MAX_CALLS = 25
MAX_RESULT = 256 * 1024  # bytes of a result that the model reads
_AT_ONCE = 4  # calls that run at the same time
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BINARY = 0.1  # share of control characters from which a result is no text


class Agent:
    """Makes the run of each answer."""

    def __init__(self, tools: ToolService, approvals: ApprovalService) -> None:
        self._tools = tools
        self._approvals = approvals

    def equip(self, request: ChatRequest, setup: Setup, dialect: DialectName) -> ChatRequest:
        """The request with the tools that the conversation has switched on."""
        server_tools = self._tools.server_tools(setup, dialect)
        return replace(request, tools=self._tools.offered(setup), server_tools=server_tools)

    def begin(self, conversation: Conversation, request: ChatRequest) -> AgentRun:
        """The loop of one answer, with fresh limits."""
        context = self._tools.context(conversation.id, conversation.setup)
        return AgentRun(self._tools, self._approvals, context, request)


@dataclass(slots=True)
class _Ready:
    """A call that may be asked about: it exists and its arguments fit. `shown`: differences of other arguments."""

    spec: ToolSpec
    toolbox: Toolbox
    arguments: Mapping[str, Any]
    diff: str = ""
    shown: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class _Done:
    """What a call came to."""

    result: ToolResult
    outcome: Outcome = Outcome.DONE
    arguments: str = ""
    diff: str = ""
    started: float = field(default_factory=monotonic)


class AgentRun:
    """One answer's loop. `follow` is called after every reply of the model."""

    def __init__(
        self, tools: ToolService, approvals: ApprovalService, context: ToolContext, request: ChatRequest
    ) -> None:
        self._tools = tools
        self._approvals = approvals
        self._context = context
        self._request = request
        self._specs = {spec.name: spec for spec in request.tools}
        self._rounds = 0
        self._calls = 0
        self._running = asyncio.Semaphore(_AT_ONCE)

    async def follow(
        self, live: LiveAnswer, finished: Finished, checkpoint: Callable[[LiveAnswer], Awaitable[None]]
    ) -> ChatRequest | None:
        """Answer the calls of the last reply; the next request, or None when the model has called nothing.

        `checkpoint` stores the calls before any of them runs: what a crash ends is known to have begun. Raises
        UserError at the limit of rounds or calls (glm-api.md §6 for what is sent back).
        """
        message = with_unique_ids(live.assembly.snapshot())
        calls = open_calls(message)
        if not calls or not self._specs or finished.reason == "sensitive" or not (finished.complete or finished.reason):
            return None
        live.advance(_finished_round(live), waiting=False)
        self._rounds += 1
        await checkpoint(live)
        await self._answer_all(live, calls)
        if self._rounds >= MAX_ROUNDS or self._calls >= MAX_CALLS:
            limits = {"rounds": str(MAX_ROUNDS), "calls": str(MAX_CALLS)}
            raise UserError(ErrorInfo("tool_limit", limits, action=Action.CONTINUE))
        live.advance(live.assembly.snapshot(), waiting=True)
        return self._next(live.assembly.snapshot())

    def _next(self, message: Message) -> ChatRequest:
        loop = wire_messages(message, reasoning=True)
        return replace(self._request, messages=(*self._request.messages, *loop))

    async def _answer_all(self, live: LiveAnswer, calls: tuple[ToolCallPart, ...]) -> None:
        allowed = max(0, MAX_CALLS - self._calls)
        self._calls += len(calls)
        for call in calls[allowed:]:
            _settle(live, call, _not_run())
        for call in calls[:allowed]:
            live.set_step(call.call_id, StepState.PREPARING)
        try:
            prepared = await asyncio.gather(*(self._prepared(call) for call in calls[:allowed]))
            # All are prepared before the first is asked about: the user is asked in the order of the reply.
            pairs = zip(calls, prepared, strict=False)
            await asyncio.gather(*(self._answer(live, call, found) for call, found in pairs))
        except asyncio.CancelledError:
            for call in calls:
                live.set_step(call.call_id, None)
            raise

    async def _prepared(self, call: ToolCallPart) -> _Ready | _Done:
        try:
            return await self._ready(call)
        except (ToolFault, UserError) as error:
            return _failed(error)

    async def _answer(self, live: LiveAnswer, call: ToolCallPart, found: _Ready | _Done) -> None:
        _settle(live, call, await self._do(live, call, found) if isinstance(found, _Ready) else found)

    async def _do(self, live: LiveAnswer, call: ToolCallPart, ready: _Ready) -> _Done:
        try:
            decision = await self._decided(live, call, ready)
            if not decision.allowed:
                return _denied(decision)
            edited = decision.arguments is not None and await self._edit(ready, decision.arguments)
            return await self._run(live, call, ready, edited=edited)
        except (ToolFault, UserError) as error:
            return _failed(error)

    async def _ready(self, call: ToolCallPart) -> _Ready:
        spec = self._specs.get(call.name)
        toolbox = self._tools.toolbox(spec) if spec is not None else None
        if spec is None or toolbox is None:
            known = ", ".join(self._specs) or "none"
            raise ToolFault(f"There is no tool {call.name!r}. Tools: {known}.")
        arguments = await _arguments(spec, call.arguments)
        return _Ready(spec, toolbox, arguments, await self._preview(toolbox, spec, arguments))

    async def _preview(self, toolbox: Toolbox, spec: ToolSpec, arguments: Mapping[str, Any]) -> str:
        try:
            async with asyncio.timeout(spec.seconds):
                return await toolbox.preview(spec, arguments, self._context)
        except TimeoutError:
            raise ToolFault("The tool did not say in time what it would change.") from None
        except (ToolFault, UserError):
            raise
        except Exception as error:
            raise _bug(spec, error) from error

    async def _decided(self, live: LiveAnswer, call: ToolCallPart, ready: _Ready) -> Decision:
        live.set_step(call.call_id, StepState.ASKING)
        pretty = json.dumps(ready.arguments, ensure_ascii=False, indent=2)

        async def preview(text: str) -> str:
            diff = await self._preview(ready.toolbox, ready.spec, await _arguments(ready.spec, text))
            ready.shown[text] = diff
            return diff

        return await self._approvals.ask(
            Asked(self._context.conversation_id, call.call_id, ready.spec, pretty, ready.diff, preview)
        )

    async def _edit(self, ready: _Ready, text: str) -> bool:
        """Take the user's arguments; whether they are others. Raises ToolFault when they do not fit."""
        arguments = await _arguments(ready.spec, text)
        if arguments == ready.arguments:
            return False
        ready.arguments = arguments
        shown = ready.shown.get(text)  # looked at anew, a file that has changed since would pass for what was shown
        ready.diff = shown if shown is not None else await self._preview(ready.toolbox, ready.spec, arguments)
        return True

    async def _run(self, live: LiveAnswer, call: ToolCallPart, ready: _Ready, *, edited: bool) -> _Done:
        async with self._running:
            live.set_step(call.call_id, StepState.RUNNING)
            started = monotonic()
            done = await self._called(ready)
        done.started = started
        done.diff = done.result.diff or ready.diff
        if edited:
            done.arguments = json.dumps(ready.arguments, ensure_ascii=False)
        return done

    async def _called(self, ready: _Ready) -> _Done:
        spec = ready.spec
        if self._tools.toolbox(spec) is not ready.toolbox:
            raise ToolFault("The tool has changed since it was allowed.")
        try:
            async with asyncio.timeout(spec.seconds):
                result = await ready.toolbox.call(spec, ready.arguments, self._context)
        except TimeoutError:
            words = f"No result after {spec.seconds:g} s; the call was ended."
            return _Done(ToolResult(words, is_error=True, is_data=False), Outcome.TIMEOUT)
        except (ToolFault, UserError):
            raise
        except Exception as error:
            raise _bug(spec, error) from error
        return _Done(result, Outcome.FAILED if result.is_error else Outcome.DONE)


def _finished_round(live: LiveAnswer) -> Message:
    """The reply as it is, its seconds counted, its calls told apart."""
    closed = live.assembly.close(live.assembly.snapshot().status)
    return with_unique_ids(closed)


def _settle(live: LiveAnswer, call: ToolCallPart, done: _Done) -> None:
    """Put the one answer of a call into the message."""
    result = done.result
    content = readable(result.text)
    if done.arguments:
        content = f"The user changed the arguments to {done.arguments}\n{content}"
    part = ToolResultPart(
        call.call_id,
        content,
        result.is_error,
        done.outcome,
        round(monotonic() - done.started, 3),
        result.is_data,
        done.arguments,
        readable(done.diff),
        result.links,
    )
    message = live.assembly.snapshot()
    kept, tail = split_tail(message)
    live.set_step(call.call_id, None)
    live.advance(replace(message, parts=(*kept, part, *tail.parts)), waiting=False)


def _failed(error: ToolFault | UserError) -> _Done:
    words = str(error) if isinstance(error, ToolFault) else f"Not run: {error}"
    return _Done(ToolResult(words, is_error=True, is_data=False), Outcome.FAILED)


def _not_run() -> _Done:
    words = f"Not run: at most {MAX_CALLS} calls are made in one turn."
    return _Done(ToolResult(words, is_error=True, is_data=False), Outcome.LIMIT)


def _denied(decision: Decision) -> _Done:
    why = f" Reason: {decision.reason.strip()}" if decision.reason.strip() else ""
    words = f"The user did not allow this call.{why} Do not try to get around it."
    return _Done(ToolResult(words, is_error=True, is_data=False), Outcome.DENIED)


async def _arguments(spec: ToolSpec, text: str) -> Mapping[str, Any]:
    """The arguments, when they fit the schema. Raises ToolFault.

    In a thread: the first of them loads the validator, and both text and schema can be large.
    """
    return await in_thread(lambda: _fitting(spec, text), name="glmdesk-arguments")


def _fitting(spec: ToolSpec, text: str) -> Mapping[str, Any]:
    from glmdesk.tools.arguments import check_arguments, parse_arguments

    arguments = parse_arguments(text)
    check_arguments(spec, arguments)
    return arguments


def _bug(spec: ToolSpec, error: Exception) -> ToolFault:
    log.error("the tool %s failed", spec.name, exc_info=error)
    return ToolFault(f"The tool failed: {type(error).__name__}.")


def readable(text: str) -> str:
    """At most `MAX_RESULT` bytes that UTF-8 can hold; what is no text at all is named by its size."""
    cut = _SURROGATE.sub("\ufffd", text[:MAX_RESULT]).replace("\0", "\ufffd")
    head = text[:4096]
    if len(_CONTROL.findall(head)) > _BINARY * max(64, len(head)):
        return f"(binary data, {len(text)} bytes)"
    cut = cut.encode()[:MAX_RESULT].decode(errors="ignore")
    return cut if len(cut) == len(text) else f"{cut}\n… (cut: {len(cut)} of {len(text)} characters)"
