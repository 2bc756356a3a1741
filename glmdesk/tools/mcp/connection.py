"""One server from its start to its end, in one task: the SDK's scopes must be left where they were entered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import mcp_types as types
from mcp import Client
from mcp.client._transport import TransportStreams
from mcp.shared.exceptions import MCPError

from glmdesk.domain.errors import SecretError, UserError
from glmdesk.domain.hidden import reveal_hidden
from glmdesk.domain.ports import SecretStore
from glmdesk.domain.server_secrets import fill_references, references
from glmdesk.domain.servers import (
    ResourceText,
    ServerConfig,
    ServerState,
    ServerStatus,
    ServerTransport,
)
from glmdesk.domain.settings import ProxyMode
from glmdesk.domain.tools import ToolResult
from glmdesk.tools.mcp.addresses import is_safe
from glmdesk.tools.mcp.faults import explain, fault
from glmdesk.tools.mcp.http import HttpWay, http_streams
from glmdesk.tools.mcp.log import ServerLog
from glmdesk.tools.mcp.offer import cut, prompt_text, read_prompts, read_resources, read_result, read_tools
from glmdesk.tools.mcp.offer import resource_text as text_of
from glmdesk.tools.mcp.process import Plan, PlanTooLong, spawn
from glmdesk.tools.mcp.programs import base_environment, find_folder, find_program
from glmdesk.tools.mcp.sign_in import KeyringTokens, signed_in, signing_in
from glmdesk.tools.mcp.stdio import StdioTransport

T = TypeVar("T")
_MOST_PAGES = 20
_LIST_PAUSE = 1.0  # seconds between two looks at the lists of a server
_LONGEST_TITLE = 100
log = logging.getLogger("glmdesk.mcp")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connection needs of the program. `open_link` gets a server's id and the address of its login page, `words`
    are shown in the browser after it.

    `start_seconds` until a server must have introduced itself (the first `npx` fetches it), `login_seconds` until the
    user must have signed in.
    """

    secrets: SecretStore
    changed: Callable[[], object]
    open_link: Callable[[str, str], object]
    proxy: Callable[[], tuple[ProxyMode, str]] = lambda: (ProxyMode.SYSTEM, "")
    words: Callable[[], str] = lambda: "GLM Desk"
    start_seconds: float = 60.0
    login_seconds: float = 300.0


class Connection:
    """`run` is the task. `status` and `log` may be read from every thread."""

    def __init__(self, config: ServerConfig, around: Surroundings, *, interactive: bool = False) -> None:
        self.config = config
        self.log = ServerLog()
        self.status = ServerStatus(ServerState.STARTING)
        self._around = around
        self._interactive = interactive
        self._client: Client | None = None
        self._pipes: StdioTransport | None = None
        self._way: HttpWay | None = None
        self._stopped = asyncio.Event()
        self._stale: set[str] = set()
        self._may_list = 0.0  # a moment of the loop's clock
        self._reminder: asyncio.TimerHandle | None = None
        self._broken: UserError | None = None
        self._opening: asyncio.Timeout | None = None
        self._news = asyncio.Event()

    # --- the task ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Open, serve until `stop` or the server's end, close. Never raises but for its cancellation."""
        self._tell(self.status)
        try:
            async with AsyncExitStack() as stack:
                await self._start(stack)
                await self._serve()
        except TimeoutError:
            if self._stopped.is_set():
                self._finish()
            else:
                self._fail(self._silence())
        except Exception as error:
            self._fail(error)
        else:
            self._finish()
        finally:
            self._client = None

    def stop(self) -> None:
        """Ask `run` to close, also while it waits for a server that says nothing."""
        self._stopped.set()
        self._news.set()
        if self._opening is not None and not self._opening.expired():
            self._opening.reschedule(asyncio.get_running_loop().time())

    async def _start(self, stack: AsyncExitStack) -> None:
        seconds = self._around.login_seconds if self._interactive else self._around.start_seconds
        try:
            async with asyncio.timeout(seconds) as self._opening:
                streams = self._open()
                client = Client(streams, message_handler=self._hear, cache=None)
                self._client = await stack.enter_async_context(client)
                status = await self._introduce(self._client)
        finally:
            self._opening = None
        self.log.note(f"ready: {status.title} {status.version}, protocol {status.protocol}, {len(status.tools)} tools")
        self._tell(status)

    async def _serve(self) -> None:
        while not self._stopped.is_set():
            self._news.clear()
            if self._pipes is not None and self._pipes.ended.is_set():
                raise fault("exited", code=self._exit_code())
            if self._broken is not None:
                raise self._broken
            if self._stale:
                await self._list_in_time()
            await self._news.wait()

    async def _list_in_time(self) -> None:
        """Read changed lists again, but not at every word of a server that always has news."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._may_list:
            await self._list_again()
            self._may_list = loop.time() + _LIST_PAUSE
        elif self._reminder is None or self._reminder.when() <= loop.time():
            self._reminder = loop.call_at(self._may_list, self._news.set)

    def _finish(self) -> None:
        self.log.note("stopped")
        self._tell(ServerStatus(ServerState.OFF))

    def _fail(self, error: BaseException) -> None:
        info = explain(error)
        state = ServerState.FAILED
        if self._way is not None and self._way.unauthorised:
            state, info = ServerState.SIGN_IN, None if not self._interactive else info
        elif self._way is not None and self._way.status and self._broken is None:
            info = fault("refused", status=str(self._way.status)).info
        elif self._pipes is not None and info.kind in ("server_lost", "server_protocol"):
            info = self._why_pipes(info.kind, info.detail)
        self.log.note(f"failed: {info.kind if info else 'login needed'} {info.detail if info else ''}".rstrip())
        self._tell(ServerStatus(state, info))

    def _why_pipes(self, kind: str, detail: str) -> Any:
        if self._pipes is not None and self._pipes.garbage and not self._pipes.messages:
            return fault("garbage").info
        if self._pipes is not None and self._pipes.code is not None:
            return fault("exited", code=self._exit_code()).info
        return fault(kind.removeprefix("server_"), detail=detail).info

    def _silence(self) -> BaseException:
        if self._pipes is not None and self._pipes.garbage and not self._pipes.messages:
            return fault("garbage")
        return fault("silent", seconds=f"{self._around.start_seconds:.0f}")

    def _exit_code(self) -> str:
        return "?" if self._pipes is None or self._pipes.code is None else str(self._pipes.code)

    def _tell(self, status: ServerStatus) -> None:
        self.status = status
        self._around.changed()

    # --- opening ----------------------------------------------------------------------------------------------------

    def _open(self) -> Any:
        """The SDK's `Transport`."""
        return self._pipe_streams() if self.config.transport is ServerTransport.STDIO else self._web_streams()

    @asynccontextmanager
    async def _pipe_streams(self) -> AsyncGenerator[TransportStreams, None]:
        plan = await self._plan()
        self.log.note(f"starting: {plan.argv[0]}")
        try:
            process = await spawn(plan)
        except PlanTooLong:
            raise fault("command_long") from None
        except OSError as error:
            raise fault("missing", program=self.config.command, detail=str(error)) from error
        self._pipes = StdioTransport(process, self.log, self._news.set)
        async with self._pipes.open() as streams:
            yield streams

    async def _plan(self) -> Plan:
        env = base_environment() | await self._filled(self.config.env)
        words = await self._filled({str(at): word for at, word in enumerate(self.config.args)})
        program = find_program(self.config.command, env.get("PATH"))
        if program is None:
            raise fault("missing", program=self.config.command)
        folder = find_folder(self.config.folder)
        if not folder.is_dir():
            raise fault("no_folder", folder=str(folder))
        return Plan([program, *words.values()], env, str(folder))

    @asynccontextmanager
    async def _web_streams(self) -> AsyncGenerator[TransportStreams, None]:
        filled = await self._filled({**self.config.headers, "": self.config.url})
        url = filled.pop("")
        if not is_safe(url):
            raise fault("unsafe")
        self._way = HttpWay(url, filled, proxy=self._around.proxy())
        async with (
            self._login(url, any(name.lower() == "authorization" for name in filled)) as auth,
            http_streams(self._way, self.config.transport, auth) as streams,
        ):
            yield streams

    @asynccontextmanager
    async def _login(self, url: str, has_header: bool) -> AsyncGenerator[Any, None]:
        tokens = KeyringTokens(self.config.id, self.config.url, self._around.secrets, fresh=self._interactive)
        known = None if self._interactive or has_header else await self._known_tokens(tokens)
        if self._interactive:
            async with signing_in(url, tokens, open_link=self._to_browser, words=self._around.words()) as auth:
                yield auth
        elif known is None:
            yield None
        else:
            yield await signed_in(url, tokens)

    async def _known_tokens(self, tokens: KeyringTokens) -> object:
        """What an earlier login brought; a server that wants none must work without a keyring."""
        try:
            return await tokens.get_tokens()
        except SecretError as error:
            self.log.note(f"no keyring: {error.info.kind}")
            return None

    def _to_browser(self, link: str) -> None:
        self.log.note(f"login page: {link}")  # for those whose browser does not open
        self._around.open_link(self.config.id, link)

    async def _filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Values with their secrets in them; the secrets never come into the log."""
        found = {name: await self._around.secrets.get(name) for name in references(self.config)}
        secrets = {name: value.reveal() for name, value in found.items() if value is not None}
        self.log.hide(frozenset(secrets.values()))
        try:
            return {name: fill_references(text, secrets) for name, text in values.items()}
        except KeyError as missing:
            raise fault("no_secret", name=str(missing.args[0])) from None

    # --- what the server offers -------------------------------------------------------------------------------------

    async def _introduce(self, client: Client) -> ServerStatus:
        info = client.server_info
        status = ServerStatus(
            ServerState.READY,
            title=reveal_hidden((info.title or info.name)[:_LONGEST_TITLE]) if info else "",
            version=reveal_hidden(info.version[:_LONGEST_TITLE]) if info else "",
            protocol=client.protocol_version,
        )
        for kind in ("tools", "resources", "prompts"):
            status = await self._listed(status, kind)
        return status

    async def _list_again(self) -> None:
        kinds, self._stale = self._stale, set()
        status = self.status
        for kind in sorted(kinds):
            status = await self._listed(status, kind)
        self._tell(status)

    async def _listed(self, status: ServerStatus, kind: str) -> ServerStatus:
        """`status` with a list read anew; a server that offers none of a kind is not asked."""
        client = self._session()
        if getattr(client.server_capabilities, kind) is None:
            return status
        if kind == "tools":
            tools, refused = read_tools(self.config.id, await _pages(client.list_tools, "tools"))
            return replace(status, tools=tools, refused=refused)
        if kind == "resources":
            found = await _pages(client.list_resources, "resources")
            return replace(status, resources=read_resources(self.config.id, found))
        return replace(status, prompts=read_prompts(self.config.id, await _pages(client.list_prompts, "prompts")))

    async def _hear(self, message: object) -> None:
        """Notifications; lists are read again in the server's own task."""
        match message:
            case types.ToolListChangedNotification():
                self._stale.add("tools")
            case types.ResourceListChangedNotification():
                self._stale.add("resources")
            case types.PromptListChangedNotification():
                self._stale.add("prompts")
            case types.LoggingMessageNotification():
                self.log.note(f"{message.params.level}: {message.params.data}")
            case _:
                return
        self._news.set()

    # --- using it ---------------------------------------------------------------------------------------------------

    def _session(self) -> Client:
        if self._client is None:
            raise fault("lost")
        return self._client

    async def call(self, name: str, arguments: Mapping[str, Any], seconds: float) -> ToolResult:
        """Call a tool by the server's own name. Raises ServerFault."""
        # Not `Client.call_tool`: it checks the result against the server's schema, whose patterns may take for ever.
        params = types.CallToolRequestParams(name=name, arguments=dict(arguments))
        request = types.CallToolRequest(params=params)
        session = self._session().session
        answer = session.send_request(request, types.CallToolResult, request_read_timeout_seconds=seconds)
        return read_result(await self._asked(answer))

    async def read(self, uri: str) -> ResourceText:
        """The text of a resource. Raises ServerFault."""
        result = await self._asked(self._session().read_resource(uri))
        known = next((item for item in self.status.resources if item.uri == uri), None)
        kind = result.contents[0].mime_type if result.contents else None
        return ResourceText(known.name if known else uri, kind or "text/plain", cut(text_of(result.contents)))

    async def prompt(self, name: str, arguments: Mapping[str, str]) -> str:
        """The text of a prompt. Raises ServerFault."""
        return prompt_text(await self._asked(self._session().get_prompt(name, dict(arguments))))

    async def _asked(self, answer: Awaitable[T]) -> T:
        try:
            return await answer
        except MCPError as error:
            if error.error.code == types.CONNECTION_CLOSED:
                raise fault("lost") from error
            if self._way is not None and self._way.session_gone:
                raise self._break(fault("lost")) from error
            raise fault("said_no", detail=error.error.message) from error
        except (ValueError, RuntimeError) as error:  # an answer that does not fit the protocol
            raise fault("protocol", detail=str(error)) from error

    def _break(self, error: UserError) -> UserError:
        """No further call can succeed: `run` ends with this error."""
        self._broken = error
        self._news.set()
        return error


async def _pages(ask: Callable[..., Awaitable[Any]], field: str) -> list[Any]:
    """All pages of a list, within reason."""
    found: list[Any] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await ask(cursor=cursor)
        found += getattr(page, field)
        cursor = page.next_cursor
        if not cursor:
            break
    return found
