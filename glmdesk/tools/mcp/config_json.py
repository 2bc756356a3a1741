"""Reads `mcpServers` as Claude Desktop, Cherry Studio, Cline and their like write it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from glmdesk.domain.servers import ServerConfig, ServerTransport
from glmdesk.tools.mcp.jsonc import JsonFault, Node, parse

_OUTER = ("mcpServers", "servers", "mcp_servers", "mcp")  # the second is VS Code's
_TRANSPORTS = {
    "stdio": ServerTransport.STDIO,
    "local": ServerTransport.STDIO,
    "sse": ServerTransport.SSE,
    "http": ServerTransport.HTTP,
    "streamablehttp": ServerTransport.HTTP,
    "remote": ServerTransport.HTTP,
}
_URLS = ("url", "baseUrl", "serverUrl", "httpUrl", "endpoint")
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
_LONGEST_ID = 24
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not taken. `reason` ends the id of a text, `servers.import.<reason>`."""

    line: int
    reason: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What a text holds. Values of `env` and `headers` are as they were written."""

    configs: tuple[ServerConfig, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_servers(text: str, taken: Collection[str] = ()) -> Read:
    """The servers in `text`; ids in `taken` are not given again. Never raises."""
    try:
        root = parse(text)
        entries = _entries(root)
    except JsonFault as fault:
        return Read(problems=(Problem(fault.line, fault.reason, fault.found),))
    configs: list[ServerConfig] = []
    problems: list[Problem] = []
    ids = set(taken)
    for name, node in entries.items():
        try:
            config = _config(name, node, ids)
        except JsonFault as fault:
            problems.append(Problem(fault.line, fault.reason, fault.found or name))
        else:
            ids.add(config.id)
            configs.append(config)
    return Read(tuple(configs), tuple(problems))


def _entries(root: Node) -> dict[str, Node]:
    """Name and body of each server."""
    members = root.members
    if members is None:
        raise JsonFault(root.line, "no_servers")
    for key in _OUTER:
        if key in members and (inner := members[key].members) is not None:
            return _entries(members[key]) if key == "mcp" else inner
    if _is_server(root):
        return {_text(root, "name") or "": root}
    if not members or not any(_is_server(node) for node in members.values()):
        raise JsonFault(root.line, "no_servers")
    return members


def _is_server(node: Node) -> bool:
    found = [node.members[key] for key in ("command", *_URLS) if node.members and key in node.members]
    return any(isinstance(item.value, str) or item.items is not None for item in found)


def _config(name: str, node: Node, taken: Collection[str]) -> ServerConfig:
    if node.members is None:
        raise JsonFault(node.line, "not_object", name)
    command, args = _command(node)
    url = next((found for key in _URLS if (found := _text(node, key))), "")
    transport = _transport(node, command, url)
    label = (_text(node, "name") or name or _from_url(url) or command.rsplit("/", 1)[-1]).strip()[:_LONGEST_NAME]
    return ServerConfig(
        free_id(label, taken),
        label,
        transport,
        command=command if transport is ServerTransport.STDIO else "",
        args=args if transport is ServerTransport.STDIO else (),
        folder=_text(node, "cwd"),
        env=_texts(node, "env") or _texts(node, "environment"),
        url=url if transport is not ServerTransport.STDIO else "",
        headers=_texts(node, "headers"),
        enabled=_enabled(node),
    )


def _command(node: Node) -> tuple[str, tuple[str, ...]]:
    """`command` is a word, a whole command line, or a list with its arguments."""
    given, args = _member(node, "command"), _member(node, "args")
    if given is not None and given.items is not None:
        words = _words(given)
        return (words[0], words[1:]) if words else ("", ())
    command = _text(node, "command").strip()
    return command, _words(args) if args is not None else ()


def _transport(node: Node, command: str, url: str) -> ServerTransport:
    kind = (_text(node, "type") or _text(node, "transport") or _text(node, "transportType")).strip()
    known = _TRANSPORTS.get(_NOT_IN_IDS.sub("", kind.lower()))
    if kind and known is None:
        raise JsonFault(node.line, "transport", kind)
    transport = known or _guess(command, url)
    if transport is ServerTransport.STDIO and not command:
        raise JsonFault(node.line, "no_command")
    if transport is not ServerTransport.STDIO and not _is_url(url):
        raise JsonFault(node.line, "no_url", url)
    return transport


def _guess(command: str, url: str) -> ServerTransport:
    if command or not url:
        return ServerTransport.STDIO
    return ServerTransport.SSE if urlsplit(url).path.rstrip("/").endswith("/sse") else ServerTransport.HTTP


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _enabled(node: Node) -> bool:
    """Cline writes `disabled`, Cherry Studio `isActive`."""
    for key, meaning in (("disabled", False), ("isActive", True), ("enabled", True)):
        found = _member(node, key)
        if found is not None and isinstance(found.value, bool):
            return found.value is meaning
    return True


def _member(node: Node, key: str) -> Node | None:
    """A member that is there and not null."""
    found = (node.members or {}).get(key)
    return None if found is None or (found.value is None and found.members is None and found.items is None) else found


def _text(node: Node, key: str) -> str:
    found = _member(node, key)
    if found is None:
        return ""
    if not isinstance(found.value, str):
        if key in ("type", "name"):
            return ""
        raise JsonFault(found.line, "not_text", key)
    return found.value


def _words(node: Node) -> tuple[str, ...]:
    if node.items is None:
        raise JsonFault(node.line, "not_list", "args")
    return tuple(_scalar(item, "args") for item in node.items)


def _texts(node: Node, key: str) -> dict[str, str]:
    found = _member(node, key)
    if found is None:
        return {}
    if found.members is None:
        raise JsonFault(found.line, "not_object", key)
    return {name: _scalar(item, name) for name, item in found.members.items()}


def _scalar(node: Node, name: str) -> str:
    value = node.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise JsonFault(node.line, "not_text", name)


def _from_url(url: str) -> str:
    return urlsplit(url).hostname or "" if _is_url(url) else ""


def free_id(name: str, taken: Collection[str]) -> str:
    """An id from a name: `[a-z0-9-]`, at most 24 long, none of `taken`."""
    base = _NOT_IN_IDS.sub("-", name.lower().replace("@modelcontextprotocol/", "")).strip("-")[:_LONGEST_ID].strip("-")
    base = base or "server"
    number, found = 1, base
    while found in taken:
        number += 1
        tail = f"-{number}"
        found = base[: _LONGEST_ID - len(tail)].rstrip("-") + tail
    return found
