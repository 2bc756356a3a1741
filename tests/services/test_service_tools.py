"""MCP servers that the service reaches by itself: shown when they come in a reply, never run, never answered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup
from glmdesk.domain.endpoint import DialectName
from glmdesk.domain.message import Status
from glmdesk.domain.part import ServerToolPart, ToolCallPart, ToolResultPart
from tests.helpers.program import ask, program, run
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


@pytest.mark.parametrize(
    ("dialect", "sent"),
    [(DialectName.BIGMODEL, True), (DialectName.ZAI, True), (DialectName.VLLM, False), (None, False)],
)
def test_the_search_of_the_service_is_offered_only_where_it_is_sent(
    tmp_path: Path, url: str, dialect: DialectName | None, sent: bool
) -> None:
    async def body(desk: Composition) -> None:
        tools, setup = desk.desk.tools, Setup(tools=("get_time", "web_search"))
        row = next(row for row in tools.rows(setup, dialect) if row.spec.name == "web_search")
        assert (row.enabled, row.available) == (True, sent)
        assert tools.count(setup, dialect) == 1 + sent
        assert bool(tools.server_tools(setup, dialect)) is sent

    run(tmp_path, url, body)


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
