"""Claude Code's settings: changed after a look, backed up, tried, taken back; what others wrote stays as it is."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from glmdesk.compose import Composition, compose
from glmdesk.domain.coding_agents import Choice
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import UserError
from glmdesk.domain.secret import Secret
from glmdesk.services.connect import Standing
from glmdesk.store.files import Profile
from tests.helpers.desktop import desktop_session
from tests.providers.loopback import CANARY, Handler, head, sends, serve
from tests.tools.mcp.running import Vault

CHOICE = Choice("bigmodel", "glm-4.7", "glm-4.5-air")
WITH_KEY = Choice("bigmodel", "glm-4.7", "glm-4.5-air", key_in_file=True)
URL = "https://open.bigmodel.cn/api/anthropic"
FOREIGN = (
    '{\r\n\t"permissions" : { "allow":["Bash(ls:*)" , "\\u4f60"],"deny": [ ] },\r\n'
    '\t"model": "opus",\r\n\r\n\t"env": {\r\n\t\t"FOO":"1",\r\n\t\t"ANTHROPIC_AUTH_TOKEN":"sk-old-secret",\r\n'
    '\t\t"GITHUB_TOKEN":"ghp-secret"\r\n\t}, "hooks": {}\r\n}\r\n'
)
GOOD = sends(
    head(200, "application/json"),
    json.dumps({"type": "message", "role": "assistant", "model": "glm-4.7", "content": []}).encode(),
)


class SettingsFile:
    """Claude Code's settings in this test's folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "claude" / "settings.json"
        self.path.parent.mkdir()
        self.profile = Profile(folder / "profile")

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def found(self) -> Any:
        return json.loads(self.text)

    @property
    def exists(self) -> bool:
        return self.path.exists()

    @property
    def mode(self) -> int:
        return stat.S_IMODE(self.path.stat().st_mode)

    def put(self, text: str) -> None:
        self.path.write_bytes(text.encode("utf-8", "surrogateescape"))

    def lead_to(self, target: Path) -> None:
        self.path.symlink_to(target)

    def become_a_pipe(self) -> None:
        self.path.unlink()
        os.mkfifo(self.path)

    def backups(self) -> list[Path]:
        return list(self.path.parent.glob("settings.json.glmdesk-*"))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsFile:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("GLMDESK_HOME", str(tmp_path / "profile"))
    return SettingsFile(tmp_path)


@asynccontextmanager
async def running(settings: SettingsFile, vault: Vault | None = None) -> AsyncGenerator[Composition]:
    program = await compose(settings.profile, secrets=vault or Vault())
    try:
        yield program
    finally:
        await program.close()


def use(settings: SettingsFile, body: Callable[[Composition], Awaitable[None]], vault: Vault | None = None) -> None:
    async def main() -> None:
        async with running(settings, vault) as program:
            await body(program)

    asyncio.run(main())


async def write(program: Composition, choice: Choice = CHOICE) -> None:
    await program.desk.connect.apply(await program.desk.connect.plan(choice))


async def refused(work: Awaitable[object]) -> tuple[str, str]:
    with pytest.raises(UserError) as caught:
        await work
    return caught.value.info.kind, caught.value.info.args.get("line", "")


def test_a_new_file_has_the_address_the_models_and_the_command_for_the_key(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        change = await program.desk.connect.plan(CHOICE)
        assert not settings.exists
        assert all(line.startswith(("+", "@")) for line in change.diff.splitlines())
        await program.desk.connect.apply(change)
        found = settings.found
        assert found["env"]["ANTHROPIC_BASE_URL"] == URL
        assert {found["env"][f"ANTHROPIC_DEFAULT_{name}_MODEL"] for name in ("OPUS", "SONNET")} == {"glm-4.7"}
        assert found["env"]["ANTHROPIC_DEFAULT_HAIKU_MODEL"] == "glm-4.5-air"
        assert found["apiKeyHelper"].endswith("key print bigmodel")
        assert settings.mode == 0o600
        state = await program.desk.connect.state()
        assert (state.standing, state.endpoint_id, state.base_url) == (Standing.OURS, "bigmodel", URL)
        assert not await undone(program)
        assert not settings.exists

    use(settings, body)


def is_link(settings: SettingsFile) -> bool:
    return settings.path.is_symlink()


async def undone(program: Composition) -> tuple[str, ...]:
    result = await program.desk.connect.undo()
    return (*result.kept, *result.lost)


def test_what_others_wrote_stays_byte_for_byte_and_undo_restores_the_file(settings: SettingsFile) -> None:
    settings.put(FOREIGN)
    settings.path.chmod(0o640)

    async def body(program: Composition) -> None:
        await write(program)
        text = settings.text
        assert text.startswith(FOREIGN.partition('"FOO":"1"')[0] + '"FOO":"1"')
        assert '\r\n\t}, "hooks": {}' in text
        assert '"GITHUB_TOKEN":"ghp-secret",\r\n\t\t"ANTHROPIC_BASE_URL" : ' in text
        assert "ANTHROPIC_AUTH_TOKEN" not in text
        assert settings.mode == 0o640
        (copy,) = settings.backups()
        assert (copy.read_bytes(), stat.S_IMODE(copy.stat().st_mode)) == (FOREIGN.encode(), 0o600)
        assert not await undone(program)
        assert settings.data == FOREIGN.encode()
        assert not settings.backups()

    use(settings, body)


def test_the_change_is_shown_without_secrets(settings: SettingsFile) -> None:
    settings.put(FOREIGN)

    async def body(program: Composition) -> None:
        for choice in (CHOICE, WITH_KEY):
            change = await program.desk.connect.plan(choice)
            assert "secret" not in change.diff
            assert CANARY not in change.diff
            assert "ANTHROPIC_BASE_URL" in change.diff
            assert '-\t\t"ANTHROPIC_AUTH_TOKEN":"•••"' in change.diff
        assert settings.data == FOREIGN.encode()

    use(settings, body, vault())


def vault() -> Vault:
    return Vault(**{"bigmodel@https://open.bigmodel.cn": CANARY})


def test_the_key_is_in_the_file_only_when_the_user_insisted(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        await write(program)
        assert CANARY not in settings.text
        await write(program, WITH_KEY)
        found = settings.found
        assert found["env"]["ANTHROPIC_AUTH_TOKEN"] == CANARY
        assert "apiKeyHelper" not in found
        assert (await program.desk.connect.state()).key_in_file
        profile = program.profile.root
        assert not [f for f in profile.rglob("*") if f.is_file() and CANARY.encode() in f.read_bytes()]
        assert not await undone(program)
        assert not settings.exists

    use(settings, body, vault())


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ('{\n "env": {},\n}', "agent_syntax", "3"),
        ('{\n // mine\n "a": 1}', "agent_syntax", "2"),
        ("[]", "agent_shape", "1"),
        ('{\n"env": "A=1"}', "agent_shape", "2"),
        ('{"env": {\n"ANTHROPIC_BASE_URL": "a",\n"ANTHROPIC_BASE_URL": "b"}}', "agent_twice", "3"),
        ('{"env": {\n"MY_TOKEN": "a",\n"MY_TOKEN": "b"}}', "agent_twice", "3"),
        ('{"a": "\udcff"}', "agent_encoding", ""),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_left_alone(
    settings: SettingsFile, text: str, kind: str, line: str
) -> None:
    settings.put(text)
    data = settings.data

    async def body(program: Composition) -> None:
        assert await refused(program.desk.connect.plan(CHOICE)) == (kind, line)
        assert settings.data == data
        assert not settings.backups()

    use(settings, body)


def test_a_broken_file_is_told_before_anything_is_asked(settings: SettingsFile) -> None:
    settings.put('{"a":')

    async def body(program: Composition) -> None:
        problem = (await program.desk.connect.state()).problem
        assert problem is not None
        assert problem.kind == "agent_syntax"

    use(settings, body)


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(settings: SettingsFile, *, there: bool) -> None:
    target = settings.path.parent.parent / "dotfiles" / "claude.json"
    target.parent.mkdir()
    settings.lead_to(target)
    if there:
        target.write_bytes(FOREIGN.encode())

    async def body(program: Composition) -> None:
        await write(program)
        assert is_link(settings)
        assert "ANTHROPIC_BASE_URL" in target.read_text("utf-8")
        assert [file.name for file in target.parent.iterdir()] == ["claude.json"]
        assert not await undone(program)
        assert is_link(settings) or not there
        if there:
            assert target.read_bytes() == FOREIGN.encode()

    use(settings, body)


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_link_to_itself_and_a_pipe_are_refused(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        settings.lead_to(settings.path)
        assert (await refused(program.desk.connect.plan(CHOICE)))[0] == "agent_link"
        settings.become_a_pipe()
        assert (await refused(program.desk.connect.plan(CHOICE)))[0] == "agent_no_file"

    use(settings, body)


def test_a_read_only_file_is_left_alone(settings: SettingsFile) -> None:
    settings.put(FOREIGN)
    settings.path.chmod(0o444)

    async def body(program: Composition) -> None:
        change = await program.desk.connect.plan(CHOICE)
        assert (await refused(program.desk.connect.apply(change)))[0] == "agent_readonly"
        assert settings.data == FOREIGN.encode()
        assert not settings.backups()
        assert (await program.desk.connect.state()).standing is Standing.NONE

    use(settings, body)


@pytest.mark.parametrize("was_there", [True, False])
def test_a_change_between_the_look_and_the_write_is_not_overwritten(settings: SettingsFile, *, was_there: bool) -> None:
    if was_there:
        settings.put("{}")

    async def body(program: Composition) -> None:
        change = await program.desk.connect.plan(CHOICE)
        settings.put('{"theirs": 1}')
        assert (await refused(program.desk.connect.apply(change)))[0] == "agent_changed"
        assert settings.text == '{"theirs": 1}'
        assert not settings.backups()
        await write(program)
        assert settings.found["theirs"] == 1

    use(settings, body)


def test_undo_after_others_wrote_takes_back_only_what_is_still_ours(settings: SettingsFile) -> None:
    settings.put(FOREIGN)

    async def body(program: Composition) -> None:
        await write(program)
        text = settings.text
        theirs = text.replace('"FOO":"1"', '"FOO":"2"').replace('"glm-4.5-air"', '"glm-5.3-flash"')
        settings.put(theirs)
        assert (await program.desk.connect.state()).standing is Standing.CHANGED
        assert await undone(program) == ("ANTHROPIC_DEFAULT_HAIKU_MODEL",)
        env = settings.found["env"]
        assert env == {
            "FOO": "2",
            "GITHUB_TOKEN": "ghp-secret",
            "ANTHROPIC_DEFAULT_HAIKU_MODEL": "glm-5.3-flash",
            "ANTHROPIC_AUTH_TOKEN": "sk-old-secret",
        }
        assert '\r\n\t}, "hooks": {}' in settings.text
        assert settings.backups()  # the user may still want it

    use(settings, body)


def test_undo_without_the_back_up_takes_ours_away_and_says_what_is_lost(settings: SettingsFile) -> None:
    settings.put(FOREIGN)

    async def body(program: Composition) -> None:
        await write(program)
        settings.backups()[0].unlink()
        lost = await undone(program)
        assert "ANTHROPIC_AUTH_TOKEN" in lost
        assert settings.found["env"] == {"FOO": "1", "GITHUB_TOKEN": "ghp-secret"}

    use(settings, body)


def test_undo_of_a_file_of_ours_that_others_wrote_to_leaves_theirs(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        await write(program)
        found = settings.found
        settings.put(json.dumps({**found, "theme": "dark"}, indent=2))
        assert not await undone(program)
        assert settings.found == {"theme": "dark"}

    use(settings, body)


def test_undo_after_two_writes_leads_back_to_the_first_file(settings: SettingsFile) -> None:
    settings.put(FOREIGN)

    async def body(program: Composition) -> None:
        await write(program)
        await write(program, Choice("zai", "glm-5.3", "glm-5.3-flash"))
        assert len(settings.backups()) == 1
        assert not await undone(program)
        assert settings.data == FOREIGN.encode()

    use(settings, body)


def test_a_second_write_after_changes_of_others_has_a_back_up_of_its_own(settings: SettingsFile) -> None:
    settings.put("{}")

    async def body(program: Composition) -> None:
        await write(program)
        theirs = settings.text.replace('"glm-4.5-air"', '"mine"')
        settings.put(theirs)
        await write(program)
        assert not await undone(program)
        assert settings.text == theirs

    use(settings, body)


def test_undo_is_known_to_the_next_start(settings: SettingsFile) -> None:
    settings.put(FOREIGN)
    use(settings, write)

    async def body(program: Composition) -> None:
        assert (await program.desk.connect.state()).standing is Standing.OURS
        assert not await undone(program)
        assert settings.data == FOREIGN.encode()

    use(settings, body)


def test_nothing_is_written_that_could_not_be_taken_back(settings: SettingsFile) -> None:
    settings.put(FOREIGN)

    async def body(program: Composition) -> None:
        change = await program.desk.connect.plan(CHOICE)
        settings.profile.agents.mkdir(parents=True)  # the program's own note cannot be written
        assert (await refused(program.desk.connect.apply(change)))[0] == "store_readonly"
        assert settings.data == FOREIGN.encode()
        assert not settings.backups()

    use(settings, body)


def test_a_file_elsewhere_is_another_file(settings: SettingsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(program: Composition) -> None:
        await write(program)
        there = settings.path.parent.parent / "elsewhere"
        with monkeypatch.context() as moved:
            moved.setenv("CLAUDE_CONFIG_DIR", str(there))
            assert (await program.desk.connect.state()).standing is Standing.NONE
            assert not await undone(program)
        assert (await program.desk.connect.state()).standing is Standing.OURS

    use(settings, body)


def test_variables_of_the_shell_that_would_win_are_named(
    settings: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")

    async def body(program: Composition) -> None:
        assert (await program.desk.connect.state()).shadowing == ("ANTHROPIC_API_KEY",)

    use(settings, body)


def test_endpoints_without_the_protocol_are_not_offered(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        await program.desk.endpoints.save(Endpoint("own", "Own", DialectName.VLLM, "http://127.0.0.1:8000/v1"))
        plan = Endpoint("plan", "Plan", DialectName.BIGMODEL_CODING, "https://open.bigmodel.cn/api/coding/paas/v4/")
        await program.desk.endpoints.save(plan)
        assert [endpoint.id for endpoint in program.desk.connect.endpoints()] == ["bigmodel", "zai", "plan"]
        await write(program, Choice("plan", "glm-4.7", "glm-4.7"))
        assert (await program.desk.connect.state()).base_url == URL

    use(settings, body)


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


def test_the_real_command_brings_the_key_from_the_keyring(
    settings: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from glmdesk.store.secrets import KeyringStore

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
