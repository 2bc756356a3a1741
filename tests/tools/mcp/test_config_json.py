"""Configurations as other programs write them, and how what is wrong in them is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.server_secrets import fill_references, hide_secrets, looks_secret, references
from glmdesk.domain.servers import ServerConfig, ServerTransport
from glmdesk.tools.mcp.config_json import free_id, read_servers

CLAUDE_DESKTOP = """
{
  "mcpServers": {
    "filesystem": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "/srv/data/Documents"]
    },
    "github": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-github"],
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "ghp_0123456789abcdef" }
    }
  }
}
"""
CHERRY_STUDIO = """
{
  "mcpServers": {
    "7f3k2": {
      "isActive": true, "name": "高德地图", "type": "sse", "description": "",
      "baseUrl": "https://mcp.example.com/sse?key=abcd1234efgh5678"
    },
    "x91": {
      "name": "fetch", "type": "stdio", "isActive": false, "registryUrl": "", "command": "uvx",
      "args": ["mcp-server-fetch"], "env": {}, "headers": null
    },
    "z": { "name": "remote", "type": "streamableHttp", "baseUrl": "https://example.com/mcp",
           "headers": { "Authorization": "Bearer abc.def" } }
  }
}
"""
CLINE = """
{
  "mcpServers": {
    "weather": {
      "command": "node", "args": ["/opt/weather/index.js"], "env": {"API_KEY": "k", "LOG": "debug"},
      "disabled": true, "autoApprove": ["get_forecast"], "timeout": 60
    },
    "remote-sse": { "url": "https://example.com/mcp/sse", "disabled": false, "autoApprove": [] },
    "typed": { "type": "streamableHttp", "url": "https://example.com/mcp" }
  }
}
"""


def test_claude_desktop() -> None:
    read = read_servers(CLAUDE_DESKTOP)
    files, github = read.configs
    assert (files.id, files.command, files.args[-1]) == ("filesystem", "npx", "/srv/data/Documents")
    assert github.env == {"GITHUB_PERSONAL_ACCESS_TOKEN": "ghp_0123456789abcdef"}
    assert read.problems == ()


def test_cherry_studio() -> None:
    maps, fetch, remote = read_servers(CHERRY_STUDIO).configs
    assert (maps.name, maps.transport, maps.id) == ("高德地图", ServerTransport.SSE, "server")
    assert (fetch.enabled, fetch.command, fetch.args) == (False, "uvx", ("mcp-server-fetch",))
    assert (remote.transport, remote.url) == (ServerTransport.HTTP, "https://example.com/mcp")
    assert remote.headers == {"Authorization": "Bearer abc.def"}


def test_cline() -> None:
    weather, sse, typed = read_servers(CLINE).configs
    assert (weather.enabled, weather.args) == (False, ("/opt/weather/index.js",))
    assert sse.transport is ServerTransport.SSE
    assert typed.transport is ServerTransport.HTTP


@pytest.mark.parametrize(
    "text",
    [
        '"fetch": {"command": "uvx", "args": ["mcp-server-fetch"]}',
        '"fetch": {"command": "uvx", "args": ["mcp-server-fetch"]},\n',
        '{"fetch": {"command": "uvx", "args": ["mcp-server-fetch",],},}',
        '{"name": "fetch", "command": "uvx", "args": ["mcp-server-fetch"]}',
        '{"command": ["uvx", "mcp-server-fetch"], "name": "fetch"}',
        '"mcpServers": {"fetch": {"command": "uvx", "args": ["mcp-server-fetch"]}}}',
        '```json\n{"mcpServers": {"fetch": {"command": "uvx", "args": ["mcp-server-fetch"]}}}\n```',
        '\ufeff// mine\n{"servers": {"fetch": {"command": "uvx", /* no */ "args": ["mcp-server-fetch"]}}}',
        '{"mcp": {"servers": {"fetch": {"command": "uvx", "args": ["mcp-server-fetch"]}}}}',
    ],
)
def test_what_people_paste(text: str) -> None:
    read = read_servers(text)
    assert [(c.id, c.command, c.args) for c in read.configs] == [("fetch", "uvx", ("mcp-server-fetch",))]
    assert read.problems == ()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "empty"),
        ("{\n  'mcpServers': {}\n}", 2, "character"),
        ('{"mcpServers": {\n "a": {\n "command": "x"\n "args": []}}}', 4, "comma"),
        ('{"mcpServers": {\n "a": {"command": "x", "args": ["y"]\n', 3, "not_closed"),
        ('{"mcpServers": {\n "a": {"command: "x"}}}', 2, "unclosed"),
        ('{"mcpServers": {\n "a": {"command": “x”}}}', 2, "character"),
        ('{"mcpServers": {\n "a": {"args": ["y"]}}}', 2, "no_command"),
        ('{"mcpServers": {\n\n "a": {"type": "websocket", "url": "wss://x"}}}', 3, "transport"),
        ('{"mcpServers": {\n "a": {"type": "http", "url": "example"}}}', 2, "no_url"),
        ('{"mcpServers": {"a": {"command": "x",\n "args": "y"}}}', 2, "not_list"),
        ('{"mcpServers": {"a": {"command": "x",\n "env": {"A":\n ["y"]}}}}', 3, "not_text"),
        ('{"other": 1}', 1, "no_servers"),
        ("[1, 2]", 1, "no_servers"),
        ("[" * 100, 1, "deep"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    problems = read_servers(text).problems
    assert [(p.line, p.reason) for p in problems] == [(line, reason)]


def test_one_bad_server_does_not_take_the_others_with_it() -> None:
    read = read_servers('{"mcpServers": {"a": {"args": []},\n"b": {"command": "x"}}}')
    assert [c.id for c in read.configs] == ["b"]
    assert len(read.problems) == 1


@given(st.text(max_size=200) | st.text('{}[]",:mcpServerscommandurl\\/* \n', max_size=200))
def test_no_text_can_break_the_reader(text: str) -> None:
    read = read_servers(text)
    assert read.configs or read.problems or "{" in text or ":" in text


@given(st.text(max_size=60), st.sets(st.text("ab-12", max_size=24), max_size=5))
def test_ids_are_short_plain_and_free(name: str, taken: set[str]) -> None:
    found = free_id(name, taken)
    assert found not in taken
    assert 1 <= len(found) <= 24
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("API_KEY", "k", True),
        ("LOG", "debug", False),
        ("PORT", "8080", False),
        ("ROOT", "/srv/data/My Files", False),
        ("DATABASE_URL", "postgres://me:pw@host/db", True),
        ("LANG", "zh_CN.UTF-8", False),
        ("X", "a1b2c3d4e5f6a7b8", True),
        ("PASSWORD", "", False),
    ],
)
def test_what_looks_like_a_secret(name: str, value: str, secret: bool) -> None:
    assert looks_secret(name, value) is secret


def test_secrets_become_references_in_headers_variables_and_addresses() -> None:
    maps, _, remote = read_servers(CHERRY_STUDIO).configs
    hidden, secrets = hide_secrets(maps, ())
    assert hidden.url == "https://mcp.example.com/sse?key=${keyring:mcp:server:url-key}"
    assert secrets == {"mcp:server:url-key": "abcd1234efgh5678"}
    hidden, secrets = hide_secrets(remote, ())
    assert hidden.headers == {"Authorization": "${keyring:mcp:remote:header-Authorization}"}
    assert references(hidden) == set(secrets)
    assert hide_secrets(hidden, ()) == (hidden, {})


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        (["-y", "mcp-remote", "--header", "Authorization: Bearer sk-0"], [3, "Authorization: \0"]),
        (["--api-key=abc"], [0, "--api-key=\0"]),
        (["--api-key", "abc-def-1"], [1, "\0"]),
        (["run", "-e", "API_TOKEN=x1"], [2, "API_TOKEN=\0"]),
        (["https://me:pw@host.example/mcp?ak=12&v=2"], [0, "https://me:\0@host.example/mcp?ak=\0&v=2"]),
        (["x", "sk-abcdefgh12345"], [1, "\0"]),
        (["0123456789abcdef0123456789abcdef.AbCdEfGh12345678"], [0, "\0"]),
    ],
)
def test_secrets_in_arguments_become_references(args: list[str], shown: list[Any]) -> None:
    config = ServerConfig("a", "A", command="npx", args=tuple(args))
    hidden, secrets = hide_secrets(config, ())
    at, pattern = shown
    assert re.fullmatch(re.escape(pattern).replace("\0", r"\$\{keyring:mcp:a:arg-[\w.-]+\}"), hidden.args[at])
    assert references(hidden) == set(secrets)
    assert [fill_references(word, secrets) for word in hidden.args] == args
    assert hide_secrets(hidden, ()) == (hidden, {})


@pytest.mark.parametrize(
    "args",
    [
        ["-y", "@modelcontextprotocol/server-filesystem@2025.8.21", "/srv/data/My Files", "D:\\data"],
        ["--auth", "true", "--token-file", "/run/secrets/token", "--session", "3"],
        ["--header", "Authorization:${AUTH}", "--port=8080", "https://mcp.example.com/sse?transport=sse"],
        ["run", "-i", "--rm", "ghcr.io/github/github-mcp-server"],
    ],
)
def test_plain_arguments_stay_as_they_are(args: list[str]) -> None:
    config = ServerConfig("a", "A", command="npx", args=tuple(args))
    assert hide_secrets(config, ()) == (config, {})


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://me:pw@host.example/mcp", {"pw"}),
        ("https://host.example/s/sk-abcdefgh12345/mcp", {"sk-abcdefgh12345"}),
        ("https://host.example/mcp?ak=1&key=2&key=3", {"1", "2", "3"}),
    ],
)
def test_secrets_anywhere_in_an_address_become_references(url: str, kept: set[str]) -> None:
    hidden, secrets = hide_secrets(ServerConfig("a", "A", ServerTransport.HTTP, url=url), ())
    assert set(secrets.values()) == kept
    assert fill_references(hidden.url, secrets) == url


@pytest.mark.parametrize("name", ["bigmodel@https://open.bigmodel.cn", "mcp:b:env-KEY", "mcp:a:oauth-tokens", "x"])
def test_a_name_of_a_secret_that_is_not_its_own_is_only_text(name: str) -> None:
    foreign = f"${{keyring:{name}}}"
    config = ServerConfig("a", "A", ServerTransport.HTTP, url=f"https://x.example/{foreign}", headers={"X": foreign})
    hidden, secrets = hide_secrets(config, ())
    assert references(config) == frozenset()
    assert references(hidden) == set(secrets) == {"mcp:a:header-X"}
    assert secrets["mcp:a:header-X"] == foreign
    with pytest.raises(KeyError):
        fill_references(hidden.url, secrets)
