"""What is in a folder of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import ToolContext, ToolResult, ToolSpec
from glmdesk.tools.base import Tool, schema
from glmdesk.tools.workspace import Entry, Workspace, workspace_of

_MOST = 500


class ListFilesTool(Tool):
    """Names, kinds and sizes."""

    spec = ToolSpec(
        "list_files",
        "Lists a folder of the workspace. Paths are relative to it.",
        schema(path={"type": "string", "description": "Folder, '.' for the workspace itself"}),
        read_only=True,
        label_id="tool.list_files.label",
    )

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        path = str(arguments.get("path") or ".")
        return ToolResult(await in_thread(lambda: _listed(workspace_of(context), path), name="glmdesk-list"))


def _listed(workspace: Workspace, path: str) -> str:
    entries = workspace.list(path)
    lines = [_line(entry) for entry in entries[:_MOST]]
    if len(entries) > _MOST:
        lines.append(f"… {len(entries) - _MOST} more")
    return "\n".join(lines) or "(empty folder)"


def _line(entry: Entry) -> str:
    if entry.kind == "folder":
        return f"{entry.name}/"
    return f"{entry.name}  {entry.size} bytes" if entry.kind == "file" else f"{entry.name}  ({entry.kind})"
