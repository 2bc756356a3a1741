"""What every built-in tool is: a spec and a call; and the JSON Schema of its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glmdesk.domain.tools import ToolContext, ToolResult, ToolSpec


class Tool:
    """One tool. Errors that the model should read are raised as ToolFault."""

    spec: ToolSpec

    async def preview(self, arguments: Mapping[str, Any], context: ToolContext) -> str:
        """A unified diff of what `call` would change, '' when it changes nothing. Raises ToolFault."""
        return ""

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        """Do it; the arguments fit the schema. Raises ToolFault."""
        raise NotImplementedError


def schema(*required: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object schema that allows no other keys."""
    made: dict[str, Any] = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        made["required"] = list(required)
    return made
