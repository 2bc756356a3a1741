"""The user's own functions: their calls are answered by fixed words or a pattern, or by hand in the function lab."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from glmdesk.domain.template import fill
from glmdesk.domain.tools import ToolContext, ToolFault, ToolResult, ToolSpec, UserTool


def mocked(mock: str, arguments: Mapping[str, Any]) -> str:
    """The mock answer with `{{name}}` replaced by arguments; texts as they are, everything else as JSON."""
    shown = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in arguments.items()
    }
    return fill(mock, shown)


def call_key(conversation_id: str, arguments: Mapping[str, Any]) -> str:
    """Which call an answer by hand belongs to."""
    return f"{conversation_id}\n{json.dumps(arguments, ensure_ascii=False, sort_keys=True)}"


class UserTools:
    """Satisfies `domain.tools.Toolbox`. Nothing is run: a call only gets words."""

    def __init__(self) -> None:
        self._saved: dict[str, UserTool] = {}
        self._tried: UserTool | None = None
        self._answers: dict[str, list[str]] = {}

    def set_saved(self, tools: Sequence[UserTool]) -> None:
        self._saved = {tool.name: tool for tool in tools}

    def try_out(self, tool: UserTool) -> None:
        """A function that the lab tries; it stands in for a saved one of its name."""
        self._tried = tool
        self._answers.clear()

    def end_try(self, tool: UserTool) -> None:
        """The try is over; nothing happens when another one has begun."""
        if self._tried is tool:
            self._tried = None

    def answer(self, conversation_id: str, arguments: Mapping[str, Any], text: str) -> None:
        """The words for one call that will be made."""
        self._answers.setdefault(call_key(conversation_id, arguments), []).append(text)

    @property
    def _known(self) -> dict[str, UserTool]:
        tried = self._tried
        return {**self._saved, tried.name: tried} if tried is not None else self._saved

    def specs(self) -> Sequence[ToolSpec]:
        return tuple(tool.spec for tool in self._known.values())

    async def preview(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> str:
        return ""

    async def call(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        waiting = self._answers.get(call_key(context.conversation_id, arguments))
        if waiting:
            return ToolResult(waiting.pop(0), is_data=False)
        mock = self._known[spec.name].mock
        if not mock.strip():
            raise ToolFault("This function has no answer yet.")
        return ToolResult(mocked(mock, arguments), is_data=False)
