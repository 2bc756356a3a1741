"""What a server offers, from the SDK's types to ours: fitting names, no hidden characters, capped sizes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence

import mcp_types as types

from glmdesk.domain.budget import estimate_tokens
from glmdesk.domain.hidden import reveal_hidden
from glmdesk.domain.servers import PromptArgument, ServerPrompt, ServerResource, ServerTool
from glmdesk.domain.tools import Link, ToolResult, ToolSpec

MOST_RESULT = 256 * 1024  # bytes of a result that go to the model
_LONGEST_NAME = 64  # glm-api.md §7
_LONGEST_TEXT = 8_000  # characters of a description
_LARGEST_SCHEMA = 64_000  # characters
_MOST_LINKS = 20
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")


def wire_name(server_id: str, name: str) -> str:
    """`server__tool` in the letters and the length that a function's name may have."""
    wanted = f"{server_id}__{name}"
    fitting = _NOT_IN_NAMES.sub("_", wanted)
    if fitting == wanted and len(wanted) <= _LONGEST_NAME:
        return wanted
    mark = hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{fitting[: _LONGEST_NAME - 7]}_{mark}"


def read_tools(server_id: str, tools: Iterable[types.Tool]) -> tuple[tuple[ServerTool, ...], tuple[str, ...]]:
    """The tools that can be offered, by name, and the names of those that cannot."""
    taken: dict[str, ServerTool] = {}
    refused: list[str] = []
    for tool in tools:
        name = wire_name(server_id, tool.name)
        size = len(json.dumps(tool.input_schema, ensure_ascii=False))
        if name in taken or size > _LARGEST_SCHEMA or tool.input_schema.get("type", "object") != "object":
            refused.append(tool.name)
        else:
            taken[name] = _tool(server_id, name, tool)
    return tuple(taken[name] for name in sorted(taken)), tuple(refused)


def _tool(server_id: str, name: str, tool: types.Tool) -> ServerTool:
    spec = ToolSpec(
        name,
        _text(tool.description or tool.title or ""),
        tool.input_schema,
        origin=server_id,
        read_only=bool(tool.annotations and tool.annotations.read_only_hint),
    )
    shape = {"name": name, "description": spec.description, "parameters": tool.input_schema}
    return ServerTool(tool.name, spec, estimate_tokens(json.dumps(shape, ensure_ascii=False)))


def read_resources(server_id: str, resources: Iterable[types.Resource]) -> tuple[ServerResource, ...]:
    return tuple(
        ServerResource(
            server_id,
            str(item.uri),
            _text(item.title or item.name),
            _text(item.description or ""),
            item.mime_type or "",
            item.size,
        )
        for item in resources
    )


def read_prompts(server_id: str, prompts: Iterable[types.Prompt]) -> tuple[ServerPrompt, ...]:
    return tuple(
        ServerPrompt(
            server_id,
            item.name,
            _text(item.title or item.name),
            _text(item.description or ""),
            tuple(
                PromptArgument(argument.name, _text(argument.description or ""), bool(argument.required))
                for argument in item.arguments or ()
            ),
        )
        for item in prompts
    )


def _text(text: str) -> str:
    return reveal_hidden(text[:_LONGEST_TEXT])


def read_result(result: types.CallToolResult) -> ToolResult:
    """The texts of a result; what is no text is named with its kind and size."""
    texts = [_content_text(block) for block in result.content]
    if not texts and result.structured_content is not None:
        texts = [json.dumps(result.structured_content, ensure_ascii=False)]
    return ToolResult(cut("\n\n".join(texts)), is_error=bool(result.is_error), links=_links(result.content))


def cut(text: str) -> str:
    """At most `MOST_RESULT` bytes of UTF-8, with a note where more was."""
    data = text.encode("utf-8", "replace")
    if len(data) <= MOST_RESULT:
        return data.decode("utf-8")
    kept = data[:MOST_RESULT].decode("utf-8", "ignore")
    return f"{kept}\n[cut here: {len(data)} bytes in all]"


def _content_text(block: types.ContentBlock) -> str:
    match block:
        case types.TextContent():
            return block.text
        case types.ImageContent() | types.AudioContent():
            return f"[{block.type}: {block.mime_type}, {len(block.data) * 3 // 4} bytes, not shown]"
        case types.ResourceLink():
            return f"[resource: {block.name} {block.uri}]"
        case types.EmbeddedResource():
            return resource_text([block.resource])


def resource_text(contents: Sequence[types.TextResourceContents | types.BlobResourceContents]) -> str:
    """The text of a resource; bytes are named with their size."""
    return "\n\n".join(
        item.text
        if isinstance(item, types.TextResourceContents)
        else f"[{item.mime_type or 'bytes'}: {len(item.blob) * 3 // 4} bytes, not shown]"
        for item in contents
    )


def _links(blocks: Sequence[types.ContentBlock]) -> tuple[Link, ...]:
    found = [
        Link(_text(block.title or block.name), str(block.uri))
        for block in blocks
        if isinstance(block, types.ResourceLink) and str(block.uri).startswith(("http://", "https://"))
    ]
    return tuple(found[:_MOST_LINKS])


def prompt_text(result: types.GetPromptResult) -> str:
    """The texts of a prompt's messages, in their order."""
    return cut("\n\n".join(_content_text(message.content) for message in result.messages))
