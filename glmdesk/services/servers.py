"""MCP servers: the list, what the user has agreed to, and their tools as a toolbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from glmdesk.domain.changes import Changes
from glmdesk.domain.errors import UserError
from glmdesk.domain.ports import SecretStore
from glmdesk.domain.secret import Secret
from glmdesk.domain.server_secrets import hide_secrets, looks_secret, references
from glmdesk.domain.servers import (
    ResourceText,
    ServerConfig,
    ServerPrompt,
    ServerResource,
    ServerState,
    ServerStatus,
    ServerTool,
    ServerTransport,
    tool_shape,
)
from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.services.news import News
from glmdesk.services.settings import SettingsService
from glmdesk.services.tasks import TaskOwner
from glmdesk.store.rows import RowFile
from glmdesk.tools.mcp.addresses import is_safe
from glmdesk.tools.mcp.programs import base_environment, find_folder, find_program

if TYPE_CHECKING:
    from glmdesk.tools.mcp.config_json import Read
    from glmdesk.tools.mcp.hub import Hub

_LOST = ("server_lost", "server_unreachable")
_REST_SECONDS = 60.0
_LOGIN_NAMES = ("oauth-tokens", "oauth-client")  # as tools/mcp/sign_in.py names them


@dataclass(frozen=True, slots=True)
class Review:
    """What the user agrees to before a server starts. `changed`: another command was agreed to before."""

    config: ServerConfig
    program: str
    folder: str
    changed: bool


class ServerService:
    """Satisfies `domain.tools.Toolbox`. All calls belong to the event loop's thread.

    `revoke_changed` takes back what was granted to tools that are not the same any more, `forget_grants` all that was
    granted to a server: what is started or reached under its name now is another one.
    """

    def __init__(
        self,
        file: RowFile[ServerConfig],
        *,
        secrets: SecretStore,
        settings: SettingsService,
        tasks: TaskOwner,
        news: News,
        revoke_changed: Callable[[Sequence[ToolSpec]], Awaitable[object]],
        forget_grants: Callable[[str], Awaitable[object]],
        words: Callable[[], str],
    ) -> None:
        self._file = file
        self._secrets = secrets
        self._settings = settings
        self._tasks = tasks
        self._news = news
        self._revoke_changed = revoke_changed
        self._forget_grants = forget_grants
        self._words = words
        self._configs = {config.id: config for config in file.load()}
        self._programs: dict[str, str] = {}
        self._checked: set[str] = set()
        self._known: dict[str, tuple[ServerTool, ...]] = {}
        self._links: dict[str, str] = {}
        self._states: dict[str, ServerState] = {}
        self._reached_again: dict[str, float] = {}
        self._hub: Hub | None = None

    # --- the list ---------------------------------------------------------------------------------------------------

    def list(self) -> tuple[ServerConfig, ...]:
        """All servers, in the user's order."""
        return tuple(self._configs.values())

    def status(self, server_id: str) -> ServerStatus:
        """What is known of a server now."""
        config = self._configs[server_id]
        if not config.enabled:
            return ServerStatus()
        if server_id in self._checked and not self._agreed(config):
            return ServerStatus(ServerState.REVIEW)
        return self._hub.status(server_id) if self._hub is not None else ServerStatus()

    def log(self, server_id: str) -> tuple[str, ...]:
        """The last lines of what a server said and what happened to it."""
        return self._hub.log(server_id) if self._hub is not None else ()

    def review(self, server_id: str) -> Review:
        """What would be started or reached."""
        config = self._configs[server_id]
        local = config.transport is ServerTransport.STDIO
        folder = str(find_folder(config.folder)) if local else ""
        return Review(config, self._programs.get(server_id, ""), folder, bool(config.trusted))

    def _agreed(self, config: ServerConfig) -> bool:
        return bool(config.trusted) and config.trusted == config.fingerprint(self._programs.get(config.id, ""))

    def read_text(self, text: str) -> Read:
        """The servers in a text that another program wrote."""
        from glmdesk.tools.mcp.config_json import read_servers

        return read_servers(text, self._configs)

    def new_id(self, name: str) -> str:
        """An id for a server of that name."""
        from glmdesk.tools.mcp.config_json import free_id

        return free_id(name, self._configs)

    # --- changing it ------------------------------------------------------------------------------------------------

    async def import_all(self, configs: Sequence[ServerConfig], *, session_only: bool = False) -> None:
        """Add servers as they were read; what looks like a secret goes to the keyring. None of them starts.

        Raises SecretError, StoreError.
        """
        for config in configs:
            values = {**config.env, **config.headers}
            plain = [name for name, value in values.items() if not looks_secret(name, value)]
            await self.save(config, plain=plain, session_only=session_only)

    async def save(self, config: ServerConfig, *, plain: Collection[str] = (), session_only: bool = False) -> None:
        """Add a server or replace the one of its id. Values of variables and headers that are not `plain` go to the
        keyring, or stay in memory for `session_only`. Raises SecretError, StoreError.
        """
        old = self._configs.get(config.id)
        hidden, secrets = hide_secrets(config, plain)
        for name, value in secrets.items():
            await self._keep(name, value, session_only=session_only)
        if old is not None:
            await self._forget(references(old) - references(hidden))
        if old is not None and self._hub is not None:
            await self._hub.stop(config.id)
        await self._put(hidden)
        await self._start(config.id)

    async def _keep(self, name: str, value: str, *, session_only: bool) -> None:
        if session_only:
            self._secrets.keep_in_memory(name, Secret(value))
        else:
            await self._secrets.set(name, Secret(value))

    async def _forget(self, names: Collection[str]) -> None:
        for name in names:
            await self._secrets.delete(name)

    async def _put(self, config: ServerConfig) -> None:
        self._configs[config.id] = config
        self._checked.discard(config.id)
        await self._written()

    async def _written(self) -> None:
        self._announce()
        await self._file.save(self.list())

    async def remove(self, server_id: str) -> None:
        """Forget a server with its secrets and its login. Raises SecretError, StoreError."""
        config = self._configs.pop(server_id)
        names = {tool.spec.name for tool in self._known.pop(server_id, ())}
        if self._hub is not None:
            await self._hub.stop(server_id)
        await self._forget_grants(server_id)
        await self._written()
        await self._settings.change(tools=tuple(t for t in self._settings.value.tools if t not in names))
        await self._forget({*references(config), *self._login_names(config)})

    def _login_names(self, config: ServerConfig) -> set[str]:
        local = config.transport is ServerTransport.STDIO
        return set() if local else {f"mcp:{config.id}:{name}" for name in _LOGIN_NAMES}

    async def set_enabled(self, server_id: str, enabled: bool) -> None:
        """Switch a server on or off. Raises StoreError."""
        await self._put(replace(self._configs[server_id], enabled=enabled))
        if enabled:
            await self._start(server_id)
        elif self._hub is not None:
            await self._hub.stop(server_id)

    async def agree(self, server_id: str) -> None:
        """The user has seen what would be started: start it. Raises StoreError."""
        await self._find_program(server_id)
        config = self._configs[server_id]
        trusted = config.fingerprint(self._programs.get(server_id, ""))
        if trusted != config.trusted:
            await self._forget_grants(server_id)
        await self._put(replace(config, trusted=trusted, enabled=True))
        await self._start(server_id)

    # --- running ----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start every server that is switched on and agreed to; returns before they are ready."""
        for server_id in list(self._configs):
            await self._start(server_id)

    async def _start(self, server_id: str, *, interactive: bool = False) -> None:
        await self._find_program(server_id)
        config = self._configs.get(server_id)
        if config is None or not config.enabled or not self._agreed(config):
            return
        hub = await self._running_hub()
        await hub.start(config, interactive=interactive)

    async def _find_program(self, server_id: str) -> None:
        """Where the command is now: another file under the same name asks again."""
        config = self._configs.get(server_id)
        if config is not None and config.transport is ServerTransport.STDIO:
            path = config.env.get("PATH") or base_environment().get("PATH")
            found = await in_thread(lambda: find_program(config.command, path), name="glmdesk-program")
            self._programs[server_id] = found or ""
        self._checked.add(server_id)
        self._announce()

    async def _running_hub(self) -> Hub:
        if self._hub is None:
            # The SDK takes a second to import: not here.
            self._hub = await in_thread(self._make_hub(asyncio.get_running_loop()), name="glmdesk-mcp-import")
        return self._hub

    def _make_hub(self, loop: asyncio.AbstractEventLoop) -> Callable[[], Hub]:
        def make() -> Hub:
            from glmdesk.tools.mcp.connection import Surroundings
            from glmdesk.tools.mcp.hub import Hub

            around = Surroundings(
                self._secrets,
                lambda: loop.call_soon_threadsafe(self._heard),
                lambda server_id, link: loop.call_soon_threadsafe(self._login_at, server_id, link),
                lambda: (self._settings.value.proxy_mode, self._settings.value.proxy_url),
                self._words,
            )
            return Hub(around)

        return make

    async def restart(self, server_id: str) -> None:
        """End a server and start it again, when the user has agreed to what would be started."""
        await self._start(server_id)

    async def sign_in(self, server_id: str) -> None:
        """Start a server with a login in the browser: `take_link` gives the page once it is known."""
        await self._start(server_id, interactive=True)

    def _login_at(self, server_id: str, link: str) -> None:
        self._links[server_id] = link
        self._announce()

    def take_link(self) -> str:
        """The address of a login page that is to be opened, once; '' when there is none."""
        return self._links.pop(next(iter(self._links)), "") if self._links else ""

    async def close(self) -> None:
        """End every server; at most 8 s."""
        if self._hub is not None:
            await self._hub.close()

    def _announce(self) -> None:
        self._news.announce(Changes(tools=True))

    # --- news of the servers ----------------------------------------------------------------------------------------

    def _heard(self) -> None:
        self._announce()
        for server_id in self._configs:
            self._watch(server_id)
            tools = self.status(server_id).tools
            if tools and tools != self._known.get(server_id):
                self._known[server_id] = tools
                self._tasks.start(f"servers:tools:{server_id}", self._take_in(server_id, tools))

    def _watch(self, server_id: str) -> None:
        """A server on the network that was lost is reached anew, once a minute at most; a process is not."""
        status, before = self.status(server_id), self._states.get(server_id)
        self._states[server_id] = status.state
        lost = before is ServerState.READY and status.error is not None and status.error.kind in _LOST
        rested = monotonic() - self._reached_again.get(server_id, -_REST_SECONDS) >= _REST_SECONDS
        if lost and rested and self._configs[server_id].transport is not ServerTransport.STDIO:
            self._reached_again[server_id] = monotonic()
            self._tasks.start(f"servers:again:{server_id}", self._start(server_id))

    async def _take_in(self, server_id: str, tools: Sequence[ServerTool]) -> None:
        """The first list is what the user wanted: switched on and known. Later ones are compared with it."""
        await self._revoke_changed([tool.spec for tool in tools])
        config = self._configs.get(server_id)
        if config is not None and not config.seen:
            await self.accept_tools(server_id)
            await self._switch([tool.spec.name for tool in tools], on=True)

    def changed_tools(self, server_id: str) -> Mapping[str, str]:
        """Tools that are not as the user knows them: name and what changed, as a unified diff."""
        seen = self._configs[server_id].seen
        tools = self.status(server_id).tools if seen else ()
        pairs = ((tool.name, seen.get(tool.name, ""), tool_shape(tool.spec)) for tool in tools)
        return {name: _diff(old, new) for name, old, new in pairs if old != new}

    def seen_tools(self, server_id: str) -> Collection[str]:
        """Names of the tools that the user knows."""
        return self._configs[server_id].seen.keys()

    def tool_change(self, spec: ToolSpec) -> str:
        """What changed in a tool since the user knew it, as a unified diff; '' when nothing did."""
        if spec.origin not in self._configs:
            return ""
        tool = next((t for t in self.status(spec.origin).tools if t.spec.name == spec.name), None)
        return self.changed_tools(spec.origin).get(tool.name, "") if tool is not None else ""

    async def accept_tools(self, server_id: str) -> None:
        """The user knows the tools as they are now. Raises StoreError."""
        seen = {tool.name: tool_shape(tool.spec) for tool in self._known.get(server_id, ())}
        self._configs[server_id] = replace(self._configs[server_id], seen=seen)
        await self._written()

    def switched_on(self, tool: ServerTool) -> bool:
        """Whether new chats offer the tool to the model."""
        return tool.spec.name in self._settings.value.tools

    async def switch_tool(self, tool: ServerTool, on: bool) -> None:
        """Raises StoreError."""
        await self._switch([tool.spec.name], on=on)

    async def _switch(self, names: Sequence[str], *, on: bool) -> None:
        others = tuple(name for name in self._settings.value.tools if name not in names)
        await self._settings.change(tools=(*others, *names) if on else others)

    # --- the toolbox ------------------------------------------------------------------------------------------------

    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools of all servers that are ready."""
        return tuple(tool.spec for server_id in self._configs for tool in self._ready(server_id).tools)

    def _ready(self, server_id: str) -> ServerStatus:
        status = self.status(server_id)
        return status if status.state is ServerState.READY else ServerStatus()

    async def preview(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> str:
        """A server does not say beforehand what it would change."""
        return ""

    async def call(self, spec: ToolSpec, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        """Raises ToolFault."""
        tools = self._ready(spec.origin).tools if spec.origin in self._configs else ()
        tool = next((t for t in tools if t.spec.name == spec.name and t.spec.digest == spec.digest), None)
        if tool is None or self._hub is None:
            raise ToolFault("The server of this tool does not run.")
        try:
            return await self._hub.call(spec.origin, tool.name, arguments, seconds=spec.seconds)
        except UserError as error:
            raise ToolFault(f"The server could not do it: {error.info.kind}. {error.info.detail}".strip()) from error

    # --- resources and prompts --------------------------------------------------------------------------------------

    def resources(self) -> tuple[ServerResource, ...]:
        """What the servers that are ready have to read."""
        return tuple(item for server_id in self._configs for item in self._ready(server_id).resources)

    def prompts(self) -> tuple[ServerPrompt, ...]:
        """The texts that the servers that are ready have ready."""
        return tuple(item for server_id in self._configs for item in self._ready(server_id).prompts)

    async def read(self, resource: ServerResource) -> ResourceText:
        """Raises UserError."""
        hub = await self._running_hub()
        return await hub.read(resource.server_id, resource.uri)

    async def prompt(self, prompt: ServerPrompt, arguments: Mapping[str, str]) -> str:
        """The text of a prompt. Raises UserError."""
        hub = await self._running_hub()
        return await hub.prompt(prompt.server_id, prompt.name, arguments)


def is_server_address(url: str) -> bool:
    """Whether a server may be reached there: https, or http on this computer."""
    return is_safe(url)


def _diff(old: str, new: str) -> str:
    import difflib

    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    return "\n".join(list(lines)[2:])
