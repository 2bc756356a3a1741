"""What a tool that ran at the service has to show (glm-api.md §7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from glmdesk.domain.part import ServerToolPart
from glmdesk.domain.tools import Link

_MOST_LINKS = 50
_LONGEST = 20_000  # characters of a payload that are kept


def server_tool(kind: str, payload: Mapping[str, object]) -> ServerToolPart:
    """The part for a reported tool: links of a search, else the name and output of a call."""
    if kind == "web_search":
        return ServerToolPart(kind, links=_links(payload.get("results")))
    call = cast("Mapping[str, Any]", payload.get(kind) if isinstance(payload.get(kind), Mapping) else payload)
    shown = {key: call[key] for key in ("arguments", "output", "error", "tools") if call.get(key)}
    content = json.dumps(shown, ensure_ascii=False, indent=2, default=str) if shown else ""
    name = ".".join(str(call[key]) for key in ("server_label", "name") if call.get(key))
    return ServerToolPart(kind, name, content[:_LONGEST])


def _links(results: object) -> tuple[Link, ...]:
    rows = cast("list[object]", results) if isinstance(results, list) else []
    found = [cast("Mapping[str, object]", row) for row in rows if isinstance(row, Mapping)]
    links = [Link(str(row.get("title") or row.get("link")), str(row["link"])) for row in found if row.get("link")]
    return tuple(links[:_MOST_LINKS])
