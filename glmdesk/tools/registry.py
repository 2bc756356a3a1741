"""The built-in tools, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from glmdesk.domain.ports import Fetcher
from glmdesk.domain.tools import ToolContext, ToolResult, ToolSpec

if TYPE_CHECKING:
    from glmdesk.tools.base import Tool


def built_in_tools(fetcher: Fetcher) -> tuple[Tool, ...]:
    """One of each; none of them opens anything before it is called."""
    # not at the start of the program, which most days needs none of them
    from glmdesk.tools.calculator import CalculatorTool
    from glmdesk.tools.clock import TimeTool
    from glmdesk.tools.fetch_page import FetchPageTool
    from glmdesk.tools.list_files import ListFilesTool
    from glmdesk.tools.read_file import ReadFileTool
    from glmdesk.tools.run_python import RunPythonTool
    from glmdesk.tools.search_files import SearchFilesTool
    from glmdesk.tools.write_file import WriteFileTool

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
    """Satisfies `domain.tools.Toolbox`. `make` is called when the tools are first asked for."""

    def __init__(self, make: Callable[[], Sequence[Tool]]) -> None:
        self._make = make
        self._made: dict[str, Tool] = {}

    def specs(self) -> Sequence[ToolSpec]:
        return tuple(tool.spec for tool in self._tools().values())

    async def preview(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> str:
        return await self._tools()[spec.name].preview(arguments, context)

    async def call(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        return await self._tools()[spec.name].call(arguments, context)

    def _tools(self) -> dict[str, Tool]:
        if not self._made:
            self._made = {tool.spec.name: tool for tool in self._make()}
        return self._made
