"""The text of a file in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.tools.base import Tool, schema
from glmdesk.tools.workspace import MAX_FILE, Workspace, decoded, workspace_of

_LINES = 2_000


class ReadFileTool(Tool):
    """Whole, or some lines of it."""

    spec = ToolSpec(
        "read_file",
        "Reads a text file of the workspace.",
        schema(
            "path",
            path={"type": "string"},
            first_line={"type": "integer", "minimum": 1},
            lines={"type": "integer", "minimum": 1, "maximum": _LINES},
        ),
        read_only=True,
        label_id="tool.read_file.label",
    )

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        first, lines = int(arguments.get("first_line") or 1), int(arguments.get("lines") or _LINES)
        path = str(arguments["path"])
        text = await in_thread(
            lambda: _text(workspace_of(context), path, first=first, lines=lines), name="glmdesk-read"
        )
        return ToolResult(text)


def _text(workspace: Workspace, path: str, *, first: int, lines: int) -> str:
    data = workspace.read(path, limit=MAX_FILE + 1)
    cut = len(data) > MAX_FILE
    text = decoded(data[:MAX_FILE], cut=cut)
    if text is None:
        raise ToolFault(f"{path!r} is not a text file.")
    rows = text.split("\n")
    shown = "\n".join(rows[first - 1 : first - 1 + lines])
    rest = len(rows) - (first - 1 + lines)
    more = f"\n… ({rest} more lines)" if rest > 0 else ""
    return shown + more + ("\n… (the file is longer than 8 MB; the rest is not read)" if cut else "")
