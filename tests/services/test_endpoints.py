"""Endpoints and keys over real settings, and a keyring of each kind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import ErrorInfo, SecretError, UserError
from glmdesk.domain.ports import SecretStore
from glmdesk.domain.secret import Secret
from glmdesk.providers.registry import open_dialect
from glmdesk.providers.transport import Transport
from glmdesk.services.demo import DEMO_ID, DEMO_KEY, DemoService
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.news import News
from glmdesk.services.settings import SettingsService
from glmdesk.store.preferences import Preferences
from glmdesk.store.secrets import KeyringStore
from tests.helpers.server import demo_server

OWN = Endpoint("own", "Own", DialectName.OLLAMA, "http://127.0.0.1:11434/v1", needs_key=False)
FAR = Endpoint("far", "Far", DialectName.BIGMODEL, "https://glm.example/v4")
KEY = Secret("id.secret")


class Unknown:
    """A backend that may not be used: the machine has no keyring."""


def run(folder: Path, body: Callable[[EndpointService], Awaitable[None]], secrets: SecretStore | None = None) -> None:
    async def main() -> None:
        news, transport = News(), Transport()
        store = secrets or KeyringStore(Unknown())  # type: ignore[arg-type]
        settings = SettingsService(Preferences(folder / "settings.toml"), news)
        try:
            await body(
                EndpointService(
                    settings,
                    store,
                    demo=DemoService(),
                    news=news,
                    open_dialect=lambda endpoint: open_dialect(endpoint, transport),
                )
            )
        finally:
            await transport.close()

    asyncio.run(main())


def test_a_server_without_keys_works_without_a_keyring(tmp_path: Path) -> None:
    async def body(endpoints: EndpointService) -> None:
        assert await endpoints.key_for(OWN) is None

    run(tmp_path, body)


def test_a_service_with_keys_tells_that_there_is_no_keyring(tmp_path: Path) -> None:
    async def body(endpoints: EndpointService) -> None:
        with pytest.raises(SecretError):
            await endpoints.key_for(FAR)

    run(tmp_path, body)


def test_a_key_of_this_session_is_used_for_its_host_only(tmp_path: Path) -> None:
    moved = Endpoint("far", "Far", DialectName.BIGMODEL, "https://elsewhere.example/v4", needs_key=False)

    async def body(endpoints: EndpointService) -> None:
        endpoints.keep_key_in_memory(FAR, KEY)
        assert await endpoints.key_for(FAR) == KEY
        assert await endpoints.key_for(moved) is None

    run(tmp_path, body)


def test_a_missing_key_is_told_with_the_name_of_the_endpoint(tmp_path: Path) -> None:
    class Empty(KeyringStore):
        async def get(self, name: str) -> Secret | None:
            return None

    async def body(endpoints: EndpointService) -> None:
        with pytest.raises(UserError) as caught:
            await endpoints.key_for(FAR)
        assert (caught.value.info.kind, caught.value.info.args["endpoint"]) == ("no_key", "Far")

    run(tmp_path, body, Empty())


def test_the_demo_has_its_own_key(tmp_path: Path) -> None:
    async def body(endpoints: EndpointService) -> None:
        assert await endpoints.key_for(Endpoint(DEMO_ID, "D", DialectName.BIGMODEL, "http://127.0.0.1:1")) == DEMO_KEY

    run(tmp_path, body)


def test_endpoints_are_removed_without_a_keyring_until_none_is_left(tmp_path: Path) -> None:
    async def body(endpoints: EndpointService) -> None:
        await endpoints.save(OWN)
        for endpoint in endpoints.list():
            await endpoints.remove(endpoint.id)
        assert endpoints.list() == ()
        with pytest.raises(UserError) as caught:
            await endpoints.resolve("own")
        assert caught.value.info.kind == "no_endpoint"

    run(tmp_path, body)


def test_an_endpoint_stays_while_its_key_cannot_be_forgotten(tmp_path: Path) -> None:
    class Locked(KeyringStore):
        async def delete(self, name: str) -> None:
            raise SecretError(ErrorInfo("keyring_locked"))

    async def body(endpoints: EndpointService) -> None:
        await endpoints.save(FAR)
        with pytest.raises(SecretError):
            await endpoints.remove("far")
        assert FAR in endpoints.list()

    run(tmp_path, body, Locked())


def test_saved_endpoints_are_replaced_by_id(tmp_path: Path) -> None:
    renamed = Endpoint("own", "Mine", DialectName.OLLAMA, OWN.base_url, needs_key=False)

    async def body(endpoints: EndpointService) -> None:
        before = endpoints.list()
        await endpoints.save(OWN)
        await endpoints.save(renamed)
        assert endpoints.list() == (*before, renamed)
        assert await endpoints.resolve("own") == renamed

    run(tmp_path, body)


def test_a_test_reaches_the_real_server_and_tells_its_refusals(tmp_path: Path) -> None:
    async def body(endpoints: EndpointService) -> None:
        good = Endpoint("t", "T", DialectName.BIGMODEL, url, model="glm-4.5")
        await endpoints.test(good, KEY)
        with pytest.raises(UserError) as caught:
            await endpoints.test(good, None)
        assert caught.value.info.kind == "key_missing"
        with pytest.raises(UserError) as caught:
            await endpoints.test(Endpoint("t", "T", DialectName.BIGMODEL, url, model="no-such-model"), KEY)
        assert caught.value.info.kind == "no_model"

    with demo_server() as url:
        run(tmp_path, body)
