"""The request body: the fields all dialects share (glm-api.md §2)."""

from __future__ import annotations

from typing import Any

from glmdesk.domain.part import ToolCallPart
from glmdesk.domain.request import ChatRequest, Parameters, RequestMessage
from glmdesk.domain.tools import ToolSpec


def body_of(request: ChatRequest, *, reasoning_field: str) -> dict[str, Any]:
    """Plain string contents, no nulls, nothing that was not asked for: strict servers answer 1210 to more."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message, reasoning_field) for message in request.messages],
    }
    body |= _parameters(request.parameters)
    if request.tools or request.server_tools:
        body["tools"] = [*(_tool(tool) for tool in request.tools), *(dict(tool) for tool in request.server_tools)]
    return body


def _parameters(given: Parameters) -> dict[str, Any]:
    values: dict[str, Any] = {
        "temperature": given.temperature,
        "top_p": given.top_p,
        "max_tokens": given.max_tokens,
        "stop": [given.stop] if given.stop else None,
        "response_format": {"type": "json_object"} if given.json_object else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _message(message: RequestMessage, reasoning_field: str) -> dict[str, Any]:
    made: dict[str, Any] = {"role": message.role.value, "content": message.content}
    if message.reasoning:
        made[reasoning_field] = message.reasoning
    if message.tool_calls:
        made["tool_calls"] = [_call(call) for call in message.tool_calls]
    if message.tool_call_id:
        made["tool_call_id"] = message.tool_call_id
    return made


def _call(call: ToolCallPart) -> dict[str, Any]:
    return {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name, "description": tool.description}
    if tool.parameters:  # to be left out when there are none (glm-api.md §7)
        function["parameters"] = dict(tool.parameters)
    return {"type": "function", "function": function}
