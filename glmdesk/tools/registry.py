"""The built-in tools, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from glmdesk.domain.ports import Fetcher
from glmdesk.domain.tools import ToolContext, ToolResult, ToolSpec
from glmdesk.tools.base import Tool
from glmdesk.tools.calculator import CalculatorTool
from glmdesk.tools.clock import TimeTool
from glmdesk.tools.fetch_page import FetchPageTool
from glmdesk.tools.list_files import ListFilesTool
from glmdesk.tools.read_file import ReadFileTool
from glmdesk.tools.run_python import RunPythonTool
from glmdesk.tools.search_files import SearchFilesTool
from glmdesk.tools.write_file import WriteFileTool


def built_in_tools(fetcher: Fetcher) -> tuple[Tool, ...]:
    """One of each; none of them opens anything before it is called."""
    return (
        TimeTool(),
        CalculatorTool(),
        ListFilesTool(),
        ReadFileTool(),
        SearchFilesTool(),
        WriteFileTool(),
        FetchPageTool(fetcher),
        RunPythonTool(),
    )


class BuiltInTools:
    """Satisfies `domain.tools.Toolbox`."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._tools = {tool.spec.name: tool for tool in tools}

    def specs(self) -> Sequence[ToolSpec]:
        return tuple(tool.spec for tool in self._tools.values())

    async def preview(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> str:
        return await self._tools[spec.name].preview(arguments, context)

    async def call(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        return await self._tools[spec.name].call(arguments, context)
