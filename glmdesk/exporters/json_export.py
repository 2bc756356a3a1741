"""Conversations as JSON: complete, readable, and the same for the same data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from glmdesk.domain.conversation import Conversation
from glmdesk.domain.message import Message
from glmdesk.domain.part import (
    AttachmentPart,
    ErrorPart,
    Part,
    ReasoningPart,
    ServerToolPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

FORMAT = "glmdesk-conversations"
VERSION = 1
_TYPES: dict[type[Part], str] = {
    TextPart: "text",
    ReasoningPart: "reasoning",
    ToolCallPart: "tool_call",
    ToolResultPart: "tool_result",
    ServerToolPart: "server_tool",
    AttachmentPart: "attachment",
    ErrorPart: "error",
}


def export_json(conversations: Iterable[tuple[Conversation, Sequence[Message]]]) -> str:
    """All conversations with all their variants. Withdrawn text stays out, as it does on the screen."""
    rows = [_conversation(conversation, messages) for conversation, messages in conversations]
    document = {"format": FORMAT, "version": VERSION, "conversations": rows}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _conversation(conversation: Conversation, messages: Sequence[Message]) -> dict[str, Any]:
    row = asdict(conversation)
    row.pop("extra")
    row["messages"] = [_message(message) for message in messages]
    return row


def _message(message: Message) -> dict[str, Any]:
    withdrawn = message.status.value == "withdrawn"
    parts = [] if withdrawn else [_part(part) for part in message.parts]
    return {
        "id": message.id,
        "parent_id": message.parent_id,
        "seq": message.seq,
        "role": message.role.value,
        "status": message.status.value,
        "model": message.model,
        "thinking": message.thinking,
        "finish_reason": message.finish_reason,
        "request_id": message.request_id,
        "usage": asdict(message.usage) if message.usage else None,
        "timing": asdict(message.timing),
        "created_at": message.created_at,
        "parts": parts,
    }


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, ErrorPart):
        error = part.error
        return {"type": "error", "kind": error.kind, "code": error.code, "status": error.status}
    return {"type": _TYPES[type(part)], **asdict(part)}
