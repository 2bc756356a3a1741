"""A toolbox for tests that says what it is told to, and remembers every call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup
from glmdesk.domain.message import Message
from glmdesk.domain.tools import ApprovalRequest, Decision, Scope, ToolContext, ToolResult, ToolSpec
from glmdesk.services.chat import Draft

Answer = Callable[[Mapping[str, Any]], Awaitable[ToolResult]]
OBJECT = {"type": "object", "properties": {"n": {"type": "integer"}, "text": {"type": "string"}}}


async def echo(arguments: Mapping[str, Any]) -> ToolResult:
    return ToolResult(f"echo {arguments.get('n', '')}")


class TestToolbox:
    """`calls` holds (name, arguments) of what really ran."""

    __test__ = False

    def __init__(self, *specs: ToolSpec, answer: Answer = echo) -> None:
        self.tools = list(specs) or [ToolSpec("probe", "A probe.", OBJECT, origin="server")]
        self.answer = answer
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def specs(self) -> Sequence[ToolSpec]:
        return self.tools

    async def preview(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> str:
        return ""

    async def call(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        self.calls.append((spec.name, arguments))
        return await self.answer(arguments)


Decider = Callable[[ApprovalRequest], Decision | None]


def allow_all(request: ApprovalRequest) -> Decision | None:
    return Decision(Scope.ONCE)


async def decide_all(program: Composition, conversation_id: str, decider: Decider = allow_all) -> None:
    """Answer the requests of a conversation as they come, until it is idle."""
    desk = program.desk
    changes = desk.news.changes()
    try:
        while conversation_id in desk.chat.busy():
            for request in desk.approvals.pending(conversation_id):
                decision = decider(request)
                if decision is not None:
                    await desk.approvals.decide(request.id, decision)
            if conversation_id in desk.chat.busy():
                async with asyncio.timeout(20):
                    await anext(changes)
    finally:
        await changes.aclose()


async def ask_with_tools(
    program: Composition, text: str, *, tools: Sequence[str] = ("probe",), decider: Decider = allow_all, **setup: Any
) -> Message:
    """A question in a new conversation with these tools switched on, to its end."""
    desk = program.desk
    conversation = await desk.history.create(Setup(tools=tuple(tools), **setup))
    await desk.chat.open(conversation.id)
    await desk.chat.send(conversation.id, Draft(text))
    await decide_all(program, conversation.id, decider)
    await desk.chat.until_idle(conversation.id)
    transcript = await desk.chat.open(conversation.id)
    transcript.take_changes()
    return transcript.rows[-1].message
