"""Endpoints and their keys: list, test, store, forget."""

from __future__ import annotations

from collections.abc import Callable

from glmdesk.domain.changes import Changes
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import Action, ErrorInfo, SecretError, UserError
from glmdesk.domain.ports import Dialect, SecretStore, StoreKind
from glmdesk.domain.secret import Secret
from glmdesk.services.demo import DEMO_DIALECT, DEMO_ID, DEMO_KEY, DemoService
from glmdesk.services.news import News
from glmdesk.services.settings import SettingsService

_NO_KEYRING = ("keyring_absent", "keyring_plaintext")  # where no key can be
DialectFactory = Callable[[Endpoint], Dialect]


class EndpointService:
    """Everything about where requests go. `open_dialect` builds the dialect of an endpoint."""

    def __init__(
        self,
        settings: SettingsService,
        secrets: SecretStore,
        *,
        demo: DemoService,
        news: News,
        open_dialect: DialectFactory,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._demo = demo
        self._news = news
        self._session_default = ""
        self._passing: set[str] = set()  # names of keys that are kept in memory only
        self._session: dict[str, tuple[Endpoint, Secret | None]] = {}
        self.open_dialect = open_dialect

    def list(self) -> tuple[Endpoint, ...]:
        """The stored endpoints, in the user's order; the demo is not one of them."""
        return self._settings.value.endpoints

    @property
    def default_id(self) -> str:
        return self._session_default or self._settings.value.default_endpoint

    def default(self) -> Endpoint | None:
        """The stored default endpoint."""
        return self._settings.value.endpoint(self._settings.value.default_endpoint)

    def add_for_session(self, endpoint: Endpoint, key: Secret | None) -> None:
        """An endpoint given on the command line: never stored, nor is its key."""
        self._session[endpoint.id] = (endpoint, key)

    def use_for_session(self, endpoint_id: str) -> None:
        """New conversations go here until the program ends (the demo), with '' to the stored default again."""
        self._session_default = endpoint_id
        self._news.announce(Changes(endpoints=True))

    def known(self, endpoint_id: str) -> Endpoint | None:
        """The endpoint a conversation would use, without starting anything; None for the demo or when none is left."""
        wanted = endpoint_id or self.default_id
        if wanted == DEMO_ID:
            return None
        return self._session[wanted][0] if wanted in self._session else self._settings.value.endpoint(wanted)

    def dialect(self, endpoint_id: str) -> DialectName | None:
        """The dialect of a conversation's endpoint, without starting anything; None when there is none left."""
        if (endpoint_id or self.default_id) == DEMO_ID:
            return DEMO_DIALECT
        endpoint = self.known(endpoint_id)
        return endpoint.dialect if endpoint is not None else None

    async def resolve(self, endpoint_id: str) -> Endpoint:
        """The endpoint for a conversation. Raises UserError `no_endpoint`."""
        wanted = endpoint_id or self.default_id
        if wanted == DEMO_ID:
            return await self._demo.start()
        endpoint = self.known(wanted)
        if endpoint is None:
            raise UserError(ErrorInfo("no_endpoint", action=Action.OPEN_ENDPOINTS))
        return endpoint

    async def key_for(self, endpoint: Endpoint) -> Secret | None:
        """The key, None where none is needed. Raises SecretError, or UserError `no_key`."""
        if endpoint.id == DEMO_ID:
            return DEMO_KEY
        key = await self._stored_key(endpoint)
        if key is None and endpoint.needs_key:
            raise UserError(ErrorInfo("no_key", {"endpoint": endpoint.name}, action=Action.OPEN_KEYS))
        return key

    async def _stored_key(self, endpoint: Endpoint) -> Secret | None:
        if endpoint.id in self._session:
            return self._session[endpoint.id][1]
        try:
            return await self._secrets.get(endpoint.secret_name)
        except SecretError:
            if endpoint.needs_key:
                raise
            return None  # a server of one's own must work without a keyring

    async def save(self, endpoint: Endpoint) -> None:
        """Add an endpoint or replace the one with its id."""
        known = self._settings.value.endpoints
        if any(e.id == endpoint.id for e in known):
            changed = tuple(endpoint if e.id == endpoint.id else e for e in known)
        else:
            changed = (*known, endpoint)
        await self._settings.change(endpoints=changed)

    async def remove(self, endpoint_id: str) -> None:
        """Take an endpoint away, with its key. Raises SecretError when a key could not be forgotten."""
        kept: list[Endpoint] = []
        for endpoint in self._settings.value.endpoints:
            if endpoint.id == endpoint_id:
                await self._forget(endpoint)
            else:
                kept.append(endpoint)
        await self._settings.change(endpoints=tuple(kept))

    async def _forget(self, endpoint: Endpoint) -> None:
        try:
            await self._secrets.delete(endpoint.secret_name)
        except SecretError as error:
            if endpoint.needs_key and error.info.kind not in _NO_KEYRING:
                raise

    async def test(self, endpoint: Endpoint, key: Secret | None) -> None:
        """One cheap call. Raises ProviderError or ConnectionFault."""
        model = endpoint.model or self._settings.value.default_model
        await self.open_dialect(endpoint).check(model, key)

    async def store_key(self, endpoint: Endpoint, key: Secret) -> StoreKind:
        """Put a key into the keyring and say where it went. Raises SecretError; nothing falls back silently."""
        kind = await self._secrets.set(endpoint.secret_name, key)
        self._passing.discard(endpoint.secret_name)
        self._news.announce(Changes(secrets=True))
        return kind

    def keep_key_in_memory(self, endpoint: Endpoint, key: Secret) -> None:
        """For this session only, after the user chose so."""
        self._secrets.keep_in_memory(endpoint.secret_name, key)
        self._passing.add(endpoint.secret_name)
        self._news.announce(Changes(secrets=True))

    async def has_key(self, endpoint: Endpoint) -> bool:
        """Raises SecretError when the keyring cannot be asked."""
        return endpoint.id == DEMO_ID or await self._secrets.get(endpoint.secret_name) is not None

    async def has_stored_key(self, endpoint: Endpoint) -> bool:
        """Whether another start of the program would find the key. Raises SecretError as `has_key` does."""
        return endpoint.secret_name not in self._passing and await self.has_key(endpoint)

    async def forget_key(self, endpoint: Endpoint) -> None:
        await self._secrets.delete(endpoint.secret_name)
        self._news.announce(Changes(secrets=True))
