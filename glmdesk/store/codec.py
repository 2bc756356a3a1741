"""Rows of the database to domain values and back; the texts inside are JSON."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar, cast

from glmdesk.domain.conversation import Conversation, Setup
from glmdesk.domain.message import Message, Role, Status
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
from glmdesk.domain.prices import Cost
from glmdesk.domain.usage import Timing, Usage
from glmdesk.store.plain import UnusableError, from_plain, to_plain

E = TypeVar("E", bound=StrEnum)
Row = sqlite3.Row

_SURROGATE = re.compile("[\ud800-\udfff]")
_KINDS: dict[str, type[Part]] = {
    "text": TextPart,
    "reasoning": ReasoningPart,
    "tool_call": ToolCallPart,
    "tool_result": ToolResultPart,
    "server_tool": ServerToolPart,
    "attachment": AttachmentPart,
    "error": ErrorPart,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def whole_text(text: str) -> str:
    """`text` with halves of surrogate pairs joined and lone halves as U+FFFD: what UTF-8 can hold."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def dump(value: object) -> str:
    """Compact JSON. Lone surrogates are escaped, so that the text fits into UTF-8 and comes back as it was."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def load(text: str) -> Any:
    """The opposite of `dump`. Raises ValueError."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def encode_parts(parts: Sequence[Part]) -> str:
    """A JSON array of objects with a `kind`."""
    return dump([{"kind": _NAMES[type(part)], **to_plain(part)} for part in parts])


def decode_parts(text: str) -> tuple[Part, ...]:
    """Parts of unknown kinds and unusable parts are left out. Raises ValueError when it is no JSON array."""
    rows = load(text)
    if not isinstance(rows, list):
        raise ValueError("parts are not a list")
    found = (_decode_part(row) for row in cast("list[object]", rows))
    return tuple(part for part in found if part is not None)


def _decode_part(row: object) -> Part | None:
    data = cast("dict[str, object]", row) if isinstance(row, dict) else {}
    kind = _KINDS.get(str(data.get("kind")))
    try:
        return from_plain(kind, data) if kind else None
    except UnusableError:
        return None


@lru_cache(maxsize=256)
def _setup(text: str) -> Setup:
    # Most conversations share a few setups, and a Setup cannot change.
    try:
        return from_plain(Setup, load(text))
    except ValueError:
        return Setup()


def _object(text: str) -> dict[str, Any]:
    try:
        value = load(text)
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def conversation_row(conversation: Conversation) -> dict[str, Any]:
    """Named parameters for the table `conversations`."""
    return {
        "id": conversation.id,
        "title": whole_text(conversation.title),
        "title_is_auto": conversation.title_is_auto,
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "folder": whole_text(conversation.folder),
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "deleted_at": conversation.deleted_at,
        "unread": conversation.unread,
        "leaf_id": conversation.leaf_id,
        "setup": dump(to_plain(conversation.setup)),
        "draft": whole_text(conversation.draft),
        "extra": dump(dict(conversation.extra)),
    }


def conversation_of(row: Row) -> Conversation:
    """A conversation from its row."""
    return Conversation(
        id=row["id"],
        title=row["title"],
        title_is_auto=bool(row["title_is_auto"]),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        folder=row["folder"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        deleted_at=row["deleted_at"],
        unread=bool(row["unread"]),
        leaf_id=row["leaf_id"],
        setup=_setup(row["setup"]),
        draft=row["draft"],
        extra=_object(row["extra"]),
    )


def checksum(role: str, parts: str) -> bytes:
    """8 bytes over what a reader must be able to trust: SQLite's own check sees no bit rot in text."""
    return blake2b(f"{role}\0{parts}".encode(), digest_size=8).digest()


def message_row(message: Message) -> dict[str, Any]:
    """Named parameters for the table `messages`, without `seq`."""
    parts = encode_parts(message.parts)
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "parent_id": message.parent_id,
        "role": message.role.value,
        "status": message.status.value,
        "parts": parts,
        "checksum": checksum(message.role.value, parts),
        "model": whole_text(message.model),
        "endpoint_id": message.endpoint_id,
        "thinking": message.thinking,
        "finish_reason": whole_text(message.finish_reason),
        "request_id": whole_text(message.request_id),
        "usage": dump(to_plain(message.usage)) if message.usage else None,
        "timing": dump(to_plain(message.timing)),
        "cost": message.cost.yuan if message.cost else None,
        "saved": message.cost.saved if message.cost else None,
        "created_at": message.created_at,
        "deleted_at": message.deleted_at,
    }


def is_damaged(row: Row | Mapping[str, Any]) -> bool:
    """True when role or parts are not what was written."""
    return row["checksum"] != checksum(row["role"], row["parts"])


def message_of(row: Row) -> Message:
    """A message from its row; what cannot be read is shown as it is and marked `damaged`."""
    damaged = is_damaged(row)
    parts, whole = _parts_or_raw(row["parts"])
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        role=role_of(row),
        parts=parts,
        parent_id=row["parent_id"],
        seq=row["seq"],
        status=_member(Status, row["status"], Status.COMPLETE),
        model=row["model"],
        endpoint_id=row["endpoint_id"],
        thinking=None if row["thinking"] is None else bool(row["thinking"]),
        finish_reason=row["finish_reason"],
        request_id=row["request_id"],
        usage=from_plain(Usage, _object(row["usage"])) if row["usage"] else None,
        timing=from_plain(Timing, _object(row["timing"])),
        cost=None if row["cost"] is None else Cost(row["cost"], row["saved"] or 0.0),
        created_at=row["created_at"],
        deleted_at=row["deleted_at"],
        damaged=damaged or not whole,
    )


def role_of(row: Row) -> Role:
    """The role of a message; a damaged one is an answer."""
    return _member(Role, row["role"], Role.ASSISTANT)


def _parts_or_raw(text: str) -> tuple[tuple[Part, ...], bool]:
    try:
        return decode_parts(text), True
    except ValueError:
        return (TextPart(text),), False


def _member(kind: type[E], value: str, fallback: E) -> E:
    try:
        return kind(value)
    except ValueError:
        return fallback
