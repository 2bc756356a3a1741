"""MCP servers that the service reaches by itself: shown when they come in a reply, never run, never answered."""

from __future__ import annotations

import asyncio
from pathlib import Path

from glmdesk.domain.message import Status
from glmdesk.domain.part import ServerToolPart, ToolCallPart, ToolResultPart
from tests.helpers.program import ask, program
from tests.providers.loopback import DONE, chunk, frame, head, sends, serve

CALL = {
    "type": "mcp",
    "mcp": {
        "id": "m1",
        "type": "mcp_call",
        "server_label": "notes",
        "name": "search",
        "arguments": '{"q": "x"}',
        "output": {"hits": 2},
    },
}


def test_a_call_that_the_service_made_is_shown_and_not_answered(tmp_path: Path) -> None:
    pieces = [{"tool_calls": [CALL]}, {"content": "两条。"}]
    reply = sends(head(), *(frame(chunk(piece)) for piece in pieces), frame(chunk({}, reason="tool_calls")), DONE)

    async def body() -> None:
        async with serve(reply) as server, program(tmp_path, server.url) as desk:
            answer = await ask(desk, "找一找")
            assert (answer.status, answer.text) == (Status.COMPLETE, "两条。")
            (shown,) = answer.of(ServerToolPart)
            assert shown.name == "notes.search"
            assert '"hits": 2' in shown.content
            assert not answer.of(ToolCallPart)
            assert not answer.of(ToolResultPart)
            assert len(server.requests) == 1

    asyncio.run(body())
