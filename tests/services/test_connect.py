"""Claude Code's settings: changed after a look, backed up, tried, taken back; what others wrote stays as it is."""

from __future__ import annotations

import json
import os
import stat

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.coding_agents import Choice
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.secret import Secret
from glmdesk.services.connect import Standing
from tests.helpers.claude import CHOICE, SettingsFile, refused, use, write
from tests.providers.loopback import CANARY
from tests.tools.mcp.running import Vault

WITH_KEY = Choice("bigmodel", "glm-4.7", "glm-4.5-air", key_in_file=True)
URL = "https://open.bigmodel.cn/api/anthropic"
FOREIGN = (
    '{\r\n\t"permissions" : { "allow":["Bash(ls:*)" , "\\u4f60"],"deny": [ ] },\r\n'
    '\t"model": "opus",\r\n\r\n\t"env": {\r\n\t\t"FOO":"1",\r\n\t\t"ANTHROPIC_AUTH_TOKEN":"sk-old-secret",\r\n'
    '\t\t"GITHUB_TOKEN":"ghp-secret"\r\n\t}, "hooks": {}\r\n}\r\n'
)


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
        assert found["env"]["CLAUDE_CODE_AUTO_COMPACT_WINDOW"] == "200000"
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


def test_values_that_may_be_secrets_under_any_name_are_dots(settings: SettingsFile) -> None:
    settings.put('{"env": {"FOO": "1", "MY_PROXY": "http://me:hunter2@127.0.0.1:8080", "LANG": "zh_CN.UTF-8"}}\n')

    async def body(program: Composition) -> None:
        change = await program.desk.connect.plan(CHOICE)
        assert "hunter2" not in change.diff
        assert '"MY_PROXY": "•••"' in change.diff
        assert '"FOO": "1"' in change.diff
        assert "zh_CN.UTF-8" in change.diff
        assert "open.bigmodel.cn" in change.diff
        await program.desk.connect.apply(change)
        assert "hunter2" in settings.text, "only for the eye"

    use(settings, body)


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
        assert await undone(program) == ("ANTHROPIC_AUTH_TOKEN",)
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


def test_a_key_of_this_session_only_is_none_that_the_command_finds(settings: SettingsFile) -> None:
    async def body(program: Composition) -> None:
        endpoints, connect = program.desk.endpoints, program.desk.connect
        endpoint = endpoints.known("bigmodel")
        assert endpoint is not None
        assert not (await connect.plan(CHOICE)).has_key
        endpoints.keep_key_in_memory(endpoint, Secret("sk-session"))
        assert not (await connect.plan(CHOICE)).has_key
        await endpoints.store_key(endpoint, Secret("sk-stored"))
        assert (await connect.plan(CHOICE)).has_key

    use(settings, body)
