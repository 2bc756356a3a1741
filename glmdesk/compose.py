"""Builds the client, the store and the services and passes them in; no Qt, no globals."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glmdesk.domain.budget import TokenScale
from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import StoreError
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.ports import Dialect, Page, SecretStore, Trace
from glmdesk.domain.secret import Secret
from glmdesk.domain.servers import ServerConfig
from glmdesk.domain.settings import ProxyMode
from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import Grant, UserTool
from glmdesk.services.agent import Agent
from glmdesk.services.approvals import ApprovalService
from glmdesk.services.calls import SmallCalls
from glmdesk.services.chat import ChatService
from glmdesk.services.demo import DemoService
from glmdesk.services.desk import Desk
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.files import FileService
from glmdesk.services.formulas import FormulaService
from glmdesk.services.history import HistoryService
from glmdesk.services.later import Later
from glmdesk.services.models import ModelService
from glmdesk.services.news import News
from glmdesk.services.rescue import Rescue
from glmdesk.services.safekeeping import Safekeeping
from glmdesk.services.scales import TokenScales
from glmdesk.services.servers import ServerService
from glmdesk.services.settings import SettingsService
from glmdesk.services.spending import SpendingService
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.templates import TemplateService
from glmdesk.services.titles import TitleService
from glmdesk.services.tools import ToolService
from glmdesk.services.turns import TurnService
from glmdesk.services.window import WindowService
from glmdesk.store.commands import CommandLog
from glmdesk.store.conversations import Conversations
from glmdesk.store.database import Database, open_database
from glmdesk.store.exchanges import Exchanges
from glmdesk.store.files import Profile
from glmdesk.store.ledger import Ledger
from glmdesk.store.preferences import Preferences
from glmdesk.store.rows import RowFile
from glmdesk.store.secrets import KeyringStore
from glmdesk.tools.registry import BuiltInTools, built_in_tools
from glmdesk.tools.user_tools import UserTools

if TYPE_CHECKING:
    from glmdesk.providers.transport import Transport
    from glmdesk.services.connect import ConnectService
    from glmdesk.services.inspecting import InspectionService
    from glmdesk.services.lab import LabService
    from glmdesk.services.structured import StructuredService

log = logging.getLogger("glmdesk")
_CALM = 1.0  # seconds after which the window is painted and has started what it starts


@dataclass(frozen=True, slots=True)
class Composition:
    """The running program below its face. `close` ends everything in the right order."""

    desk: Desk
    profile: Profile
    tasks: TaskOwner
    database: Database
    books: Database  # where spending is entered: `database` itself, unless conversations stay in memory
    network: Network

    async def close(self) -> None:
        """Stop answers (they are saved), then the servers, the connections and the database."""
        await self.tasks.close()
        await self.desk.servers.close()
        await self.desk.formulas.close()
        for page in (self.desk.later_structured.made, self.desk.later_lab.made):
            if page is not None:
                await page.close()
        await self.desk.files.close()
        await self.desk.demo.close()
        await self.network.close()
        await self.database.close()
        await self.books.close()


def _load_client() -> None:
    from glmdesk.providers.registry import load_client

    load_client()


class Network:
    """The one transport, made when the first request needs it and made anew when the proxy changes."""

    def __init__(self, settings: SettingsService, trace: Trace | None = None) -> None:
        self._settings = settings
        self._trace = trace
        self._transport: Transport | None = None
        self._proxy: tuple[ProxyMode, str] | None = None
        self._old: list[Transport] = []

    def open_dialect(self, endpoint: Endpoint) -> Dialect:
        # httpx costs a quarter of a second: after the first paint
        from glmdesk.providers.registry import open_dialect

        return open_dialect(endpoint, self._current())

    async def warm_up(self) -> None:
        """Load the client beside the window: the first question would stand still for a quarter of a second."""
        await asyncio.sleep(_CALM)
        await in_thread(_load_client, name="glmdesk-warm-up")

    async def fetch(self, url: str) -> Page:
        """A page for a tool (`domain.ports.Fetcher`), by the proxy of the settings."""
        from glmdesk.providers.fetch import WebFetcher
        from glmdesk.providers.transport import Proxy

        value = self._settings.value
        return await WebFetcher(Proxy(value.proxy_mode, value.proxy_url)).fetch(url)

    async def check_messages(self, base_url: str, model: str, key: Secret) -> str:
        """A test call for a coding agent (`providers/messages.py`)."""
        from glmdesk.providers.messages import check_messages

        return await check_messages(self._current(), base_url, model=model, key=key)

    def _current(self) -> Transport:
        from glmdesk.providers.transport import Proxy, Transport

        value = self._settings.value
        wanted = (value.proxy_mode, value.proxy_url)
        if self._transport is None or wanted != self._proxy:
            if self._transport is not None:
                self._old.append(self._transport)  # an answer may still be running on it
            self._transport, self._proxy = Transport(Proxy(*wanted), trace=self._trace), wanted
        return self._transport

    async def close(self) -> None:
        for transport in (*self._old, *([self._transport] if self._transport else [])):
            await transport.close()


def report(error: BaseException) -> None:
    """A bug in a task: into the log, with its trace."""
    log.error("unhandled error in a task", exc_info=error)


async def _open_books(profile: Profile, memory: Database, settings: SettingsService) -> Database:
    """The profile's database for spending alone, `memory` where there is none and no budget needs one.

    Raises StoreError when it cannot be used and a budget needs it.
    """
    needed = settings.value.monthly_budget is not None
    if not needed and not profile.database.is_file():
        return memory
    try:
        return await open_database(profile.database, leave_mark=False)
    except StoreError as error:
        if needed:
            raise
        log.warning("spending is not entered: %s", error)
        return memory


async def compose(
    profile: Profile,
    *,
    in_memory: bool = False,
    beside: bool = False,
    safe_mode: bool = False,
    secrets: SecretStore | None = None,
    on_error: Callable[[BaseException], None] = report,
    trace: Trace | None = None,
) -> Composition:
    """Open the profile. Raises StoreError when its database cannot be used.

    `in_memory` keeps conversations out of the profile (`glmdesk ask` without `--save`); what they cost is entered
    where a profile has books, without a word of them. `beside` is for a command, which may run beside a window on the
    same profile. `safe_mode` leaves out what may have crashed the last starts: the last conversation, tool servers,
    previews.
    """
    if not in_memory:
        profile.prepare()
    news = News()
    tasks = TaskOwner(on_error)
    settings = SettingsService(Preferences(profile.settings), news)
    network = Network(settings, trace)
    demo = DemoService()
    keyring = secrets or KeyringStore()
    endpoints = EndpointService(settings, keyring, demo=demo, news=news, open_dialect=network.open_dialect)
    models = ModelService(profile.root)
    database = await open_database(None if in_memory else profile.database, leave_mark=not beside)
    try:
        books = await _open_books(profile, database, settings) if in_memory else database
    except BaseException:
        await database.close()
        raise
    store = Conversations(database)
    spending = SpendingService(Ledger(books), models=models, settings=settings, news=news, keep_texts=not in_memory)
    calls = SmallCalls(endpoints, spending)
    titles = TitleService(store, calls=calls, tasks=tasks, news=news)
    log = CommandLog(database)
    approvals = ApprovalService(RowFile(profile.grants, Grant, read_only=in_memory), news)

    def catalogue() -> Catalogue:
        return Catalogue.load(settings.value.language)

    servers = ServerService(
        RowFile(None if in_memory else profile.servers, ServerConfig),
        secrets=keyring,
        settings=settings,
        tasks=tasks,
        news=news,
        revoke_changed=approvals.check,
        forget_grants=approvals.forget,
        words=lambda: catalogue().text("servers.signed_in"),
    )
    user_tools = RowFile(None if in_memory else profile.user_tools, UserTool)
    own_tools = UserTools()
    own_tools.set_saved(user_tools.load())
    tools = ToolService(
        [BuiltInTools(lambda: built_in_tools(network)), servers, own_tools], settings, hidden=(profile.root,)
    )
    chat = ChatService(
        store,
        log=log,
        endpoints=endpoints,
        models=models,
        settings=settings,
        titles=titles,
        tasks=tasks,
        news=news,
        agent=Agent(tools, approvals),
        spending=spending,
        scales=TokenScales(RowFile(profile.scales, TokenScale, read_only=in_memory)),
    )
    safekeeping = Safekeeping(database, profile.backups)
    templates = TemplateService(profile.templates, news.announce)
    history = HistoryService(store, log, news, safekeeping=safekeeping)

    def make_structured() -> StructuredService:
        from glmdesk.services.structured import Job, StructuredService

        drafts = RowFile(None if in_memory else profile.structured, Job)
        return StructuredService(
            chat, history, tasks, news=news, catalogue=catalogue, templates=templates, drafts=drafts
        )

    def make_inspecting() -> InspectionService:
        from glmdesk.services.inspecting import InspectionService

        return InspectionService(Exchanges(database), settings)

    def make_lab() -> LabService:
        from glmdesk.services.lab import LabJob, LabService

        return LabService(
            own_tools,
            user_tools,
            RowFile(None if in_memory else profile.lab, LabJob),
            chat=chat,
            history=history,
            tools=tools,
            approvals=approvals,
            inspecting=inspecting.get(),
            check=structured.get().check,
            tasks=tasks,
            news=news,
        )

    def make_connect() -> ConnectService:
        from glmdesk.domain.coding_agents import Written
        from glmdesk.services.connect import ConnectService

        written = RowFile(None if in_memory else profile.agents, Written)
        return ConnectService(written, endpoints, models=models, check=network.check_messages, news=news)

    structured, inspecting, lab = Later(make_structured), Later(make_inspecting), Later(make_lab)
    desk = Desk(
        chat=chat,
        turns=TurnService(chat, store, log=log, news=news),
        window=WindowService(
            chat,
            store,
            log=log,
            calls=calls,
            endpoints=endpoints,
            models=models,
            spending=spending,
            news=news,
        ),
        history=history,
        templates=templates,
        settings=settings,
        endpoints=endpoints,
        models=models,
        formulas=FormulaService(tasks),
        files=FileService(),
        tools=tools,
        approvals=approvals,
        servers=servers,
        later_connect=Later(make_connect),
        spending=spending,
        later_structured=structured,
        later_lab=lab,
        later_inspecting=inspecting,
        demo=demo,
        safekeeping=safekeeping,
        rescue=Rescue(profile),
        safe_mode=safe_mode,
        news=news,
        data_dir=profile.root,
    )
    return Composition(desk, profile, tasks, database, books, network)
