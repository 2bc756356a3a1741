"""A request as a curl command for a POSIX shell."""

from __future__ import annotations

import json

from glmdesk.exporters.code import KEY, Call

_END = "JSON"  # no line of pretty JSON is this word alone


def curl(call: Call) -> str:
    """The body comes from a here-document: the shell changes nothing in it, and it may be of any size."""
    lines = [f"curl -sS -N {_quoted(call.url)} \\", "  -H 'Content-Type: application/json' \\"]
    if call.needs_key:
        lines.append(f'  -H "Authorization: Bearer ${KEY}" \\')
    lines.append(f"  --data-binary @- <<'{_END}'")
    body = json.dumps(call.body, ensure_ascii=False, indent=2)
    return "\n".join([*lines, body, _END, ""])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
