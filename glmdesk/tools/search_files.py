"""Words in the files of the workspace."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from typing import Any

from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.tools.base import Tool, schema
from glmdesk.tools.workspace import Workspace, decoded, workspace_of

_HITS, _FILES, _FILE, _DEPTH, _LINE = 200, 5_000, 2 * 1024 * 1024, 20, 300
_SKIPPED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"}


class SearchFilesTool(Tool):
    """Plain text, no pattern language: a model's regular expression could run for ever."""

    spec = ToolSpec(
        "search_files",
        "Finds lines that contain a text in the files of the workspace. Upper and lower case are the same.",
        schema(
            "text",
            text={"type": "string", "minLength": 1},
            path={"type": "string", "description": "Folder to search, '.' for all"},
            names={"type": "string", "description": "Only files with such names, e.g. *.md"},
        ),
        read_only=True,
        label_id="tool.search_files.label",
    )

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        stopped = threading.Event()
        search = _Search(str(arguments["text"]).casefold(), str(arguments.get("names") or "*"), stopped)
        path = str(arguments.get("path") or ".")
        try:
            return ToolResult(await in_thread(lambda: search.run(workspace_of(context), path), name="glmdesk-search"))
        finally:
            stopped.set()


class _Search:
    def __init__(self, words: str, names: str, stopped: threading.Event) -> None:
        self._words = words
        self._names = names
        self._stopped = stopped
        self._seen = 0
        self._left_out = False

    def run(self, workspace: Workspace, path: str) -> str:
        base = "/".join(workspace.names(path))
        hits: list[str] = []
        for file in self._files(workspace, base, 0):
            hits += self._hits(workspace, file)
            if len(hits) >= _HITS or self._stopped.is_set():
                return "\n".join([*hits[:_HITS], "… (more hits are not shown)"])
        return "\n".join([*(hits or ["No line contains this text."]), *self._not_searched()])

    def _not_searched(self) -> list[str]:
        said = f"… (not searched: files over {_FILE >> 20} MB, and what comes after {_FILES} files)"
        return [said] if self._left_out else []

    def _files(self, workspace: Workspace, folder: str, depth: int) -> Iterator[str]:
        if depth > _DEPTH or self._stopped.is_set():
            return
        for entry in workspace.list(folder or "."):
            below = f"{folder}/{entry.name}" if folder else entry.name
            if self._seen >= _FILES:
                self._left_out = True
                return
            if entry.kind == "folder" and entry.name not in _SKIPPED:
                yield from self._below(workspace, below, depth + 1)
            elif entry.kind == "file" and fnmatch(entry.name, self._names):
                if entry.size > _FILE:
                    self._left_out = True
                    continue
                self._seen += 1
                yield below

    def _below(self, workspace: Workspace, folder: str, depth: int) -> Iterator[str]:
        try:
            yield from self._files(workspace, folder, depth)
        except ToolFault:
            return  # a folder that may not be read, or that went away

    def _hits(self, workspace: Workspace, file: str) -> list[str]:
        try:
            text = decoded(workspace.read(file, limit=_FILE))
        except ToolFault:
            return []
        rows = enumerate((text or "").split("\n"), 1)
        return [f"{file}:{number}: {row.strip()[:_LINE]}" for number, row in rows if self._words in row.casefold()]
