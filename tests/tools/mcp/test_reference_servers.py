"""The client against the reference servers of the protocol, as people run them."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from glmdesk.domain.server_secrets import reference
from glmdesk.domain.servers import ServerConfig, ServerState, ServerTransport
from tests.tools.mcp.reference import listening, needs_reference
from tests.tools.mcp.reference import reference as server
from tests.tools.mcp.running import Vault, servers

pytestmark = needs_reference


def test_everything_over_stdio_has_tools_resources_and_prompts() -> None:
    async def body() -> None:
        async with servers() as running:
            status = await running.started(server("everything"))
            assert status.state is ServerState.READY
            names = {tool.name: tool.spec.name for tool in status.tools}
            assert names["echo"] == "everything__echo"
            assert all(tool.tokens > 10 for tool in status.tools)
            call = running.hub.call
            assert (await call("everything", "echo", {"message": "你好"}, seconds=10)).text == "Echo: 你好"
            assert "image/png" in (await call("everything", "get-tiny-image", {}, seconds=10)).text
            assert (await call("everything", "get-sum", {"a": "x"}, seconds=10)).is_error
            read = await running.hub.read("everything", status.resources[0].uri)
            assert (read.media_type, bool(read.text)) == ("text/markdown", True)
            prompt = next(p for p in status.prompts if p.name == "args-prompt")
            assert [a.required for a in prompt.arguments] == [True, False]
            assert "Paris" in await running.hub.prompt("everything", "args-prompt", {"city": "Paris"})

    asyncio.run(body())


def test_a_server_gets_the_variables_it_was_given_and_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIPUAI_API_KEY", "canary-of-the-program")
    config = server("everything", PLAIN="value", TOKEN=reference("mcp:everything:env-TOKEN"))

    async def body() -> None:
        async with servers(Vault(**{"mcp:everything:env-TOKEN": "canary-of-the-keyring"})) as running:
            await running.started(config)
            result = await running.hub.call("everything", "get-env", {}, seconds=10)
            found = json.loads(result.text)
            assert (found["PLAIN"], found["TOKEN"]) == ("value", "canary-of-the-keyring")
            assert set(found) - {"PLAIN", "TOKEN"} <= {
                "HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER"
            }  # fmt: skip
            assert "canary" not in "\n".join(running.hub.log("everything"))

    asyncio.run(body())


def test_a_secret_that_is_gone_is_named_and_nothing_starts() -> None:
    async def body() -> None:
        async with servers() as running:
            status = await running.started(server("everything", TOKEN=reference("lost")))
            assert status.error is not None
            assert (status.error.kind, status.error.args) == ("server_no_secret", {"name": "lost"})

    asyncio.run(body())


def test_filesystem_reads_in_its_folder_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("the note", "utf-8")

    async def body() -> None:
        async with servers() as running:
            await running.started(server("filesystem", str(tmp_path)))
            call = running.hub.call
            path = str(tmp_path / "note.txt")
            assert (await call("filesystem", "read_text_file", {"path": path}, seconds=10)).text == "the note"
            outside = await call("filesystem", "read_text_file", {"path": str(Path(os.__file__))}, seconds=10)
            assert outside.is_error

    asyncio.run(body())


def test_memory_keeps_what_it_was_told(tmp_path: Path) -> None:
    config = server("memory", MEMORY_FILE_PATH=str(tmp_path / "memory.json"))
    entity = {"name": "GLM", "entityType": "model", "observations": ["speaks Chinese"]}

    async def body() -> None:
        async with servers() as running:
            await running.started(config)
            await running.hub.call("memory", "create_entities", {"entities": [entity]}, seconds=10)
            await running.started(config)  # again: another process
            assert "speaks Chinese" in (await running.hub.call("memory", "read_graph", {}, seconds=10)).text

    asyncio.run(body())


@pytest.mark.parametrize(
    ("mode", "path", "transport"),
    [("streamableHttp", "/mcp", ServerTransport.HTTP), ("sse", "/sse", ServerTransport.SSE)],
)
def test_everything_over_http(mode: str, path: str, transport: ServerTransport) -> None:
    async def body() -> None:
        async with listening(mode) as port, servers() as running:
            config = ServerConfig("web", "Web", transport, url=f"http://127.0.0.1:{port}{path}")
            status = await running.started(config)
            assert (status.state, status.error) == (ServerState.READY, None)
            result = await running.hub.call("web", "echo", {"message": "over http"}, seconds=10)
            assert result.text == "Echo: over http"

    asyncio.run(body())
