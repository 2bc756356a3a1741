"""The time: now, here or in another zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from glmdesk.domain.tools import ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.tools.base import Tool, schema


class TimeTool(Tool):
    """ISO 8601 with the offset, the weekday and the zone."""

    spec = ToolSpec(
        "get_time",
        "Current date, time and weekday. Without a zone: the user's local time.",
        schema(zone={"type": "string", "description": "IANA time zone, e.g. Asia/Shanghai or UTC"}),
        read_only=True,
        label_id="tool.get_time.label",
    )

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        name = str(arguments.get("zone") or "").strip()
        moment = self._now().astimezone(_zone(name) if name else None)
        words = f"{moment.isoformat(timespec='seconds')} {moment:%A} ({name or moment.tzname()})"
        return ToolResult(words, is_data=False)


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ToolFault(f"There is no time zone {name!r}.") from None
