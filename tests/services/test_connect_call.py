"""The test call of a coding agent: what its settings say, the key by the real command, and nothing that is not ours."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

import pytest

from glmdesk.compose import Composition, compose
from glmdesk.domain.coding_agents import Choice
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.secret import Secret
from glmdesk.store.secrets import KeyringStore
from tests.helpers.claude import SettingsFile, refused, running, use, write
from tests.helpers.desktop import desktop_session
from tests.providers.loopback import CANARY, Handler, head, sends, serve
from tests.tools.mcp.running import Vault

GOOD = sends(
    head(200, "application/json"),
    json.dumps({"type": "message", "role": "assistant", "model": "glm-4.7", "content": []}).encode(),
)


async def local(program: Composition, port: int) -> None:
    base = f"http://127.0.0.1:{port}/api/paas/v4"
    await program.desk.endpoints.save(Endpoint("local", "Local", DialectName.BIGMODEL, base))


def trying(
    settings: SettingsFile, handler: Handler, choice: Choice, body: Callable[[Composition], Awaitable[None]]
) -> None:
    async def main() -> None:
        async with serve(handler) as server, running(settings, Vault()) as program:
            await local(program, server.port)
            await program.desk.endpoints.store_key(program.desk.endpoints.list()[-1], Secret(CANARY))
            await write(program, choice)
            await body(program)
            for request in server.requests:
                assert request.line == "POST /api/anthropic/v1/messages HTTP/1.1"
                assert request.headers["authorization"] == f"Bearer {CANARY}"
                assert request.json["model"] == "glm-4.7"

    asyncio.run(main())


LOCAL = Choice("local", "glm-4.7", "glm-4.5-air", key_in_file=True)


def test_a_test_call_asks_what_the_file_says(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        assert await program.desk.connect.test() == "glm-4.7"

    trying(settings, GOOD, LOCAL, body)


def test_a_refused_test_call_says_why(settings: SettingsFile) -> None:
    error = {"type": "rate_limit_error", "code": "1113", "message": "[1113][Insufficient balance]"}
    refusal = sends(head(429, "application/json"), json.dumps({"type": "error", "error": error}).encode())

    async def body(program: Composition) -> None:
        assert (await refused(program.desk.connect.test()))[0] == "no_money"

    trying(settings, refusal, LOCAL, body)


def test_a_command_that_others_put_there_is_not_run(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        await write(program)
        mark = settings.path.parent / "ran"
        found = settings.found
        settings.put(json.dumps({**found, "apiKeyHelper": f"touch {mark}"}))
        assert (await refused(program.desk.connect.test()))[0] == "agent_not_ours"
        assert not mark.exists()

    use(settings, body)


def test_a_command_that_gives_no_key_says_so(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        await write(program)  # the test's session has no keyring
        assert (await refused(program.desk.connect.test()))[0] == "agent_helper"

    use(settings, body)


@pytest.mark.desktop
@pytest.mark.skipif(sys.platform != "linux", reason="the keyring daemon of Linux")
def test_the_real_command_brings_the_key_from_the_keyring(
    settings: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with serve(GOOD) as server:
            program = await compose(settings.profile, secrets=KeyringStore())
            try:
                await local(program, server.port)
                await program.desk.endpoints.store_key(program.desk.endpoints.list()[-1], Secret(CANARY))
                await write(program, Choice("local", "glm-4.7", "glm-4.5-air"))
                assert CANARY not in settings.text
                assert await program.desk.connect.test() == "glm-4.7"
            finally:
                await program.close()
            assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"

    with desktop_session() as session:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(name, session[name])
        asyncio.run(main())
