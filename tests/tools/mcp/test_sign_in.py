"""OAuth against a real server in a process of its own; the test is the browser."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from glmdesk.domain.servers import ServerConfig, ServerState, ServerTransport
from glmdesk.tools.mcp.sign_in import client_name, tokens_name
from tests.tools.mcp.running import Servers, Vault, servers

ROOT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def _guarded() -> AsyncGenerator[ServerConfig, None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tools.mcp.oauth_server", str(port), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"ready\n"
        await _listens(port)
        yield ServerConfig("guarded", "Guarded", ServerTransport.HTTP, url=f"http://127.0.0.1:{port}/mcp")
    finally:
        process.kill()
        await process.communicate()


async def _listens(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            return


async def _link(running: Servers) -> str:
    async with asyncio.timeout(10):
        while not running.links:
            await asyncio.sleep(0.01)
    return running.links.pop()


async def _browse(link: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, follow_redirects=True) as browser:
        return await browser.get(link)


def test_a_login_opens_the_browser_once_and_its_tokens_live_in_the_keyring() -> None:
    async def body() -> None:
        vault = Vault()
        async with _guarded() as config:
            async with servers(vault) as running:
                status = await running.started(config)
                assert (status.state, running.links) == (ServerState.SIGN_IN, [])  # never by itself
                await running.hub.start(config, interactive=True)
                link = await _link(running)
                asked = parse_qs(urlsplit(link).query)
                assert asked["code_challenge_method"] == ["S256"]
                assert len(asked["state"][0]) >= 32
                page = await _browse(link)
                assert "GLM Desk" in page.text
                await running.until("guarded", lambda status: status.state is ServerState.READY)
                assert set(vault.values) == {tokens_name("guarded"), client_name("guarded")}
            async with servers(vault) as again:  # another start of the program, after the token has expired
                await asyncio.sleep(2)
                status = await again.started(config)
                assert status.state is ServerState.READY
                result = await again.hub.call("guarded", "counts", {}, seconds=10)
                assert result.text.startswith("1 logins, ")
                assert not result.text.endswith(" 0 refreshes")
                assert again.links == []

    asyncio.run(body())


def test_a_login_that_is_refused_is_told() -> None:
    async def body() -> None:
        async with _guarded() as config, servers() as running:
            await running.hub.start(config, interactive=True)
            back = parse_qs(urlsplit(await _link(running)).query)
            await _browse(f"{back['redirect_uri'][0]}?error=access_denied&state={back['state'][0]}")
            status = await running.until("guarded", lambda status: status.state is not ServerState.STARTING)
            assert status.error is not None
            assert status.error.kind == "server_login"

    asyncio.run(body())


def test_a_way_back_with_another_state_is_refused() -> None:
    async def body() -> None:
        vault = Vault()
        async with _guarded() as config, servers(vault) as running:
            await running.hub.start(config, interactive=True)
            back = parse_qs(urlsplit(await _link(running)).query)
            await _browse(f"{back['redirect_uri'][0]}?code=stolen&state=other")
            status = await running.until("guarded", lambda status: status.state is not ServerState.STARTING)
            assert status.state is not ServerState.READY
            assert tokens_name("guarded") not in vault.values

    asyncio.run(body())


@pytest.mark.parametrize("url", ["http://example.com/mcp", "ftp://example.com/mcp", "http://10.0.0.1/mcp"])
def test_plain_http_beyond_this_computer_is_not_spoken(url: str) -> None:
    async def body() -> None:
        async with servers() as running:
            status = await running.started(ServerConfig("plain", "Plain", ServerTransport.HTTP, url=url))
            assert status.error is not None
            assert status.error.kind == "server_unsafe"

    asyncio.run(body())
