"""Writes a file of the workspace; what would change is shown before."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff
from hashlib import sha256
from typing import Any

from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.tools.base import Tool, schema
from glmdesk.tools.workspace import MAX_FILE, Workspace, decoded, workspace_of

_DIFF_LINES = 4_000
_NO_END = "\\ No newline at end of file"
_DIFF_INPUT = 400_000  # characters that are compared line by line


class WriteFileTool(Tool):
    """The whole file is given; it is written only while it still is what the diff was made from."""

    spec = ToolSpec(
        "write_file",
        "Writes a text file of the workspace, whole: makes it or replaces its content.",
        schema("path", "content", path={"type": "string"}, content={"type": "string"}),
        label_id="tool.write_file.label",
    )

    def __init__(self) -> None:
        # (folder, path, hash of the new content) -> hash of what the diff was made from
        self._shown: dict[tuple[str, str, str], str] = {}

    async def preview(self, arguments: Mapping[str, Any], context: ToolContext) -> str:
        path, content = str(arguments["path"]), str(arguments["content"])
        return await in_thread(lambda: self._compared(context, path, content), name="glmdesk-diff")

    def _compared(self, context: ToolContext, path: str, content: str) -> str:
        workspace = workspace_of(context)
        old = _old(workspace, path)
        self._shown[_key(workspace, path, content)] = _digest(old)
        return difference(path, "" if old is None else decoded(old), content)

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        path, content = str(arguments["path"]), str(arguments["content"])
        return await in_thread(lambda: self._written(context, path, content), name="glmdesk-write")

    def _written(self, context: ToolContext, path: str, content: str) -> ToolResult:
        workspace = workspace_of(context)
        old = _old(workspace, path)
        shown = self._shown.pop(_key(workspace, path, content), None)
        if shown is not None and shown != _digest(old):
            raise ToolFault(f"{path!r} has changed since the user saw the difference. Read it again.")
        data = content.encode("utf-8", "replace")
        workspace.write(path, data)
        diff = difference(path, "" if old is None else decoded(old), content)
        done = "Made" if old is None else "Replaced"
        return ToolResult(f"{done} {path} ({len(data)} bytes).", is_data=False, diff=diff)


def _old(workspace: Workspace, path: str) -> bytes | None:
    """What would be replaced. Raises ToolFault when it is too large to be looked at whole."""
    if not workspace.exists(path):
        return None
    data = workspace.read(path, limit=MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise ToolFault(f"{path!r} is larger than 8 MB and is not replaced.", "tools.fault.large", path=path)
    return data


def _key(workspace: Workspace, path: str, content: str) -> tuple[str, str, str]:
    return str(workspace.root), path, _digest(content.encode("utf-8", "replace"))


def _digest(data: bytes | None) -> str:
    return "" if data is None else sha256(data).hexdigest()


def difference(path: str, old: str | None, new: str) -> str:
    """A unified diff; a file that was no text is named as replaced, large files are counted."""
    if old is None:
        return f"--- {path}\n+++ {path}\n(binary file is replaced by text, {len(new)} characters)"
    if len(old) + len(new) > _DIFF_INPUT:
        counts = f"-{old.count(chr(10)) + 1} lines, +{new.count(chr(10)) + 1} lines"
        return f"--- {path}\n+++ {path}\n(too large to compare: {counts})"
    before, after = _lines(old), _lines(new)
    lines = list(unified_diff(before, after, path if old else "/dev/null", path, lineterm=""))
    if len(lines) > _DIFF_LINES:
        lines = [*lines[:_DIFF_LINES], f"… ({len(lines) - _DIFF_LINES} more lines)"]
    return "\n".join(lines) or f"--- {path}\n+++ {path}\n(no change)"


def _lines(text: str) -> list[str]:
    """The lines with what can be seen of their ends: CR, and a last line without a line break."""
    lines = [line.replace("\r", "␍") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else [*lines[:-1], f"{lines[-1]}\n{_NO_END}"]
