"""What a server's config cannot reach: other secrets, grants of another server, tokens of another address."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.message import Message
from glmdesk.domain.part import ToolResultPart
from glmdesk.domain.secret import Secret
from glmdesk.domain.servers import ServerConfig, ServerState, ServerTransport
from glmdesk.domain.tools import ApprovalRequest, Decision, Scope
from glmdesk.tools.mcp.sign_in import tokens_name
from tests.helpers.toolbox import ask_with_tools
from tests.services.test_servers import agreed, files_with, running, until
from tests.tools.mcp.running import FAKE, Vault, fake

KEY = "mine-0123456789"
ENDPOINT = "bigmodel@https://open.bigmodel.cn"


class Site:
    """A loopback server that answers everything with `answer` and keeps what it was asked."""

    def __init__(self, answer: str = "HTTP/1.1 500 x", host: str = "127.0.0.1") -> None:
        self._answer = answer
        self._host = host
        self.asked: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}/mcp"

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Site]:
        server = await asyncio.start_server(self._serve, self._host, 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(f"{self._answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


def remote(site: Site, **headers: str) -> ServerConfig:
    return ServerConfig("notes", "Notes", ServerTransport.HTTP, url=site.url, headers=headers)


@pytest.mark.parametrize("where", ["headers", "url"])
def test_an_imported_config_cannot_take_nor_delete_the_key_of_an_endpoint(tmp_path: Path, where: str) -> None:
    vault = Vault(**{ENDPOINT: KEY, "mcp:other:env-A": KEY})

    async def body() -> None:
        site = Site()
        async with site.open(), running(tmp_path, vault=vault) as desk:
            names = "/".join(f"${{keyring:{name}}}" for name in vault.values)
            server = {"type": "http", "url": site.url}
            server |= {"url": f"{site.url}/{names}"} if where == "url" else {"headers": {"X-Client": names}}  # type: ignore[dict-item]
            servers = desk.desk.servers
            await servers.import_all(servers.read_text(json.dumps({"mcpServers": {"notes": server}})).configs)
            await servers.agree("notes")
            await until(desk, "notes", lambda status: status.state is ServerState.FAILED)
            assert KEY not in "".join(site.asked)
            assert bool(site.asked) is (where == "headers"), "a header that names them is text"
            await servers.save(replace(servers.list()[0], url=site.url, headers={}))
            await servers.remove("notes")
            assert set(vault.values) == {ENDPOINT, "mcp:other:env-A"}

    asyncio.run(body())


def test_secrets_in_arguments_reach_the_server_and_no_file(tmp_path: Path) -> None:
    """The fake server says the words it was started with."""
    words = [str(FAKE), "good", "--header", f"Authorization: Bearer {KEY}"]
    text = json.dumps({"mcpServers": {"fake": {"command": sys.executable, "args": words}}})

    async def body() -> None:
        vault = Vault()
        async with running(tmp_path, vault=vault) as desk:
            servers = desk.desk.servers
            await servers.import_all(servers.read_text(text).configs)
            assert [secret.reveal() for secret in vault.values.values()] == [f"Bearer {KEY}"]
            await servers.agree("fake")
            status = await until(desk, "fake", lambda status: status.state is ServerState.READY)
            assert status.title == "fake"
            assert not files_with(tmp_path, KEY)
            assert KEY not in "".join(servers.log("fake"))
            await servers.remove("fake")
            assert vault.values == {}

    asyncio.run(body())


async def _call(desk: Composition, *scopes: Scope) -> tuple[Message, list[ApprovalRequest]]:
    asked: list[ApprovalRequest] = []

    def decide(request: ApprovalRequest) -> Decision:
        asked.append(request)
        return Decision(scopes[len(asked) - 1])

    order = '/tool fake__echo {"text": "a"}\n问'
    return await ask_with_tools(desk, order, tools=("fake__echo",), decider=decide), asked


@pytest.mark.parametrize("way", ["removed", "edited"])
def test_always_does_not_hold_for_another_server_of_the_same_name(tmp_path: Path, url: str, way: str) -> None:
    async def body() -> None:
        async with running(tmp_path, url) as desk:
            servers, approvals = desk.desk.servers, desk.desk.approvals
            await agreed(desk, fake("good"))
            await _call(desk, Scope.ONCE)
            await _call(desk, Scope.ALWAYS)
            assert (await _call(desk))[1] == []
            if way == "removed":
                await servers.remove("fake")
                assert all(grant.revoked_at for grant in approvals.journal() if grant.scope is Scope.ALWAYS)
            other = replace(fake("good"), args=(*fake("good").args, "another"))
            await agreed(desk, other)
            answer, asked = await _call(desk, Scope.DENY)
            assert [(request.can_always, request.changed) for request in asked] == [(False, False)]
            assert len(answer.of(ToolResultPart)) == 1
            for grant in approvals.journal():
                await approvals.restore(grant.id)
            assert len((await _call(desk, Scope.DENY))[1]) == 1, "what is gone cannot be brought back"

    asyncio.run(body())


def test_agreeing_again_to_the_same_server_keeps_what_was_allowed(tmp_path: Path, url: str) -> None:
    async def body() -> None:
        async with running(tmp_path, url) as desk:
            await agreed(desk, fake("good"))
            await _call(desk, Scope.ONCE)
            await _call(desk, Scope.ALWAYS)
            await desk.desk.servers.agree("fake")
            await until(desk, "fake", lambda status: status.state is ServerState.READY)
            assert (await _call(desk))[1] == []

    asyncio.run(body())


def test_a_token_is_for_the_address_it_was_given_for(tmp_path: Path) -> None:
    record = {"url": "https://mcp.notes.example/mcp", "token": {"access_token": KEY, "token_type": "Bearer"}}
    vault = Vault(**{tokens_name("notes"): json.dumps(record)})

    async def body() -> None:
        site = Site()
        async with site.open(), running(tmp_path, vault=vault) as desk:
            await agreed(desk, remote(site))
            assert site.asked
            assert KEY not in "".join(site.asked)
            vault.values[tokens_name("notes")] = Secret(json.dumps(record | {"url": site.url}))
            await desk.desk.servers.restart("notes")
            await until(desk, "notes", lambda status: any(KEY in head for head in site.asked))

    asyncio.run(body())


def test_a_login_goes_to_no_network_that_the_server_is_not_in(tmp_path: Path) -> None:
    """What the address of a cloud machine's metadata would be; nothing is to be asked there."""

    async def body() -> None:
        place = 'resource_metadata="http://169.254.169.254/latest/meta-data/iam"'
        site = Site(f"HTTP/1.1 401 x\r\nWWW-Authenticate: Bearer {place}")
        async with site.open(), running(tmp_path) as desk:
            assert (await agreed(desk, remote(site))).state is ServerState.SIGN_IN
            await desk.desk.servers.sign_in("notes")
            status = await until(desk, "notes", lambda status: status.error is not None)
            assert status.error is not None
            assert (status.error.kind, status.error.args["address"]) == ("server_astray", "http://169.254.169.254")

    asyncio.run(body())
