from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from glmdesk.domain.errors import Action, SecretError
from glmdesk.domain.ports import SecretStore, StoreKind
from glmdesk.domain.secret import Secret
from glmdesk.store.secrets import KeyringStore
from tests.helpers.desktop import desktop_session
from tests.helpers.stored import run_child
from tests.helpers.systems import linux_only

KEY = Secret("canary-0123456789")
NAME = "zai@https://api.z.ai"

SESSION = """
import asyncio, json, sys
from glmdesk.domain.errors import SecretError
from glmdesk.domain.secret import Secret
from glmdesk.store.secrets import KeyringStore

async def tried(call):
    try:
        value = await call
    except SecretError as error:
        return error.info.kind
    return value.reveal() if isinstance(value, Secret) else value

async def body():
    store = KeyringStore()
    print(json.dumps([
        await tried(store.kind()),
        await tried(store.get("name")),
        await tried(store.set("name", Secret("one"))),
        await tried(store.set("name", Secret("two"))),
        await tried(KeyringStore().get("name")),
        await tried(store.delete("name")),
        await tried(store.delete("name")),
        await tried(store.get("name")),
    ]))

asyncio.run(body())
"""

LATE = """
import asyncio, os, sys
from glmdesk.domain.errors import SecretError
from glmdesk.store.secrets import KeyringStore

async def body():
    bus = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    try:
        await KeyringStore().kind()
    except SecretError as error:
        print(error.info.kind)
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus
    print(await KeyringStore().kind())

asyncio.run(body())
"""

LOCK = """
import asyncio
from contextlib import closing
import secretstorage
from glmdesk.domain.errors import SecretError
from glmdesk.domain.secret import Secret
from glmdesk.store.secrets import KeyringStore

async def body():
    store = KeyringStore()
    await store.set("name", Secret("one"))
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()
    for call in (store.get("name"), store.set("name", Secret("two"))):
        try:
            await call
        except SecretError as error:
            print(error.info.kind)

asyncio.run(body())
"""

HANGING = """
import asyncio, threading
from glmdesk.domain.errors import SecretError
from glmdesk.store.secrets import KeyringStore

class Keyring:
    def get_password(self, service, username):
        threading.Event().wait()

Keyring.__module__ = "keyring.backends.SecretService"

async def body():
    try:
        await KeyringStore(Keyring(), limit=0.05).get("name")
    except SecretError as error:
        print(error.info.kind)

asyncio.run(body())
"""


class Memory:
    """A backend that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def posing(module: str, name: str, base: type[Any] = Memory) -> Any:
    """A backend whose class has the given name."""
    return type(name, (base,), {"__module__": module, "__qualname__": name})()


def secret_service(base: type[Any] = Memory) -> Any:
    return posing("keyring.backends.SecretService", "Keyring", base)


def failing(error: Exception | type[Exception]) -> Any:
    def fail(*_: object) -> None:
        raise error

    methods: dict[str, Any] = {"get_password": fail, "set_password": fail, "delete_password": fail}
    return secret_service(type("Failing", (), methods))


def fault(call: Callable[[SecretStore], Any], store: SecretStore) -> SecretError:
    async def body() -> None:
        await call(store)

    with pytest.raises(SecretError) as caught:
        asyncio.run(body())
    return caught.value


def kinds_of(backend: Any, *, limit: float = 5.0) -> list[str]:
    """What each call says when it fails."""
    store = KeyringStore(backend, limit=limit)
    calls = (lambda s: s.get(NAME), lambda s: s.set(NAME, KEY), lambda s: s.delete(NAME))
    return [fault(call, store).info.kind for call in calls]


@linux_only("the Secret Service")
def test_a_real_secret_service_stores_replaces_and_deletes() -> None:
    with desktop_session() as environment:
        (line,) = run_child(SESSION, environment=environment)
    service = "secret_service"
    assert json.loads(line) == [service, None, service, service, "two", None, None, None]


@linux_only("the Secret Service")
def test_a_real_secret_service_that_is_locked_says_so_and_asks_nobody() -> None:
    with desktop_session() as environment:
        assert run_child(LOCK, environment=environment) == ["keyring_locked", "keyring_locked"]


@linux_only("the Secret Service")
def test_a_real_secret_service_that_was_never_unlocked_refuses() -> None:
    with desktop_session(unlocked=False) as environment:
        (line,) = run_child(SESSION, environment=environment)
    assert set(json.loads(line)[1:]) == {"keyring_denied"}


@linux_only("the Secret Service")
def test_a_system_without_a_session_bus_has_no_keyring() -> None:
    with desktop_session() as environment:
        nothing = environment | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
        (line,) = run_child(SESSION, environment=nothing)
    assert set(json.loads(line)) == {"keyring_absent"}


@linux_only("the Secret Service")
def test_a_keyring_that_comes_later_is_found_without_a_restart() -> None:
    with desktop_session() as environment:
        assert run_child(LATE, environment=environment) == ["keyring_absent", "secret_service"]


@linux_only("the Secret Service")
def test_a_backend_that_keeps_nothing_is_refused_although_the_environment_chose_it() -> None:
    with desktop_session() as environment:
        chosen = environment | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        (line,) = run_child(SESSION, environment=chosen)
    assert set(json.loads(line)) == {"keyring_absent"}


@pytest.mark.parametrize(
    ("module", "name", "kind"),
    [
        ("keyring.backends.SecretService", "Keyring", StoreKind.SECRET_SERVICE),
        ("keyring.backends.kwallet", "DBusKeyring", StoreKind.KWALLET),
        ("keyring.backends.macOS", "Keyring", StoreKind.MACOS),
        ("keyring.backends.Windows", "WinVaultKeyring", StoreKind.WINDOWS),
    ],
)
def test_stores_of_the_system_are_used(module: str, name: str, kind: StoreKind) -> None:
    async def body() -> None:
        backend = posing(module, name)
        store = KeyringStore(backend)
        assert await store.kind() is kind
        assert await store.set(NAME, KEY) is kind
        assert backend.kept == {("glmdesk", NAME): KEY.reveal()}
        assert await store.get(NAME) == KEY
        await store.delete(NAME)
        await store.delete(NAME)
        assert await store.get(NAME) is None

    asyncio.run(body())


@pytest.mark.parametrize(
    ("module", "name", "kind"),
    [
        ("keyrings.alt.file", "PlaintextKeyring", "keyring_plaintext"),
        ("keyrings.alt.file", "EncryptedKeyring", "keyring_plaintext"),
        ("somebody.backend", "PlainTextKeyring", "keyring_plaintext"),
        ("keyring.backends.fail", "Keyring", "keyring_absent"),
        ("keyring.backends.null", "Keyring", "keyring_absent"),
        ("somebody.backend", "Keyring", "keyring_absent"),
    ],
)
def test_every_other_backend_is_refused_before_it_sees_a_key(module: str, name: str, kind: str) -> None:
    backend = posing(module, name)
    assert kinds_of(backend) == [kind] * 3
    assert fault(lambda s: s.kind(), KeyringStore(backend)).info.kind == kind
    assert backend.kept == {}


def test_a_refusal_names_the_backend_and_leads_to_the_keys() -> None:
    error = fault(lambda s: s.kind(), KeyringStore(posing("keyrings.alt.file", "PlaintextKeyring")))
    assert error.info.args == {"backend": "keyrings.alt.file.PlaintextKeyring"}
    assert error.info.action is Action.OPEN_KEYS


def test_of_a_chain_the_first_usable_store_is_used() -> None:
    chain = posing("keyring.backends.chainer", "ChainerBackend")
    chain.backends = [posing("keyrings.alt.file", "PlaintextKeyring"), secret_service()]

    async def body() -> None:
        assert await KeyringStore(chain).set(NAME, KEY) is StoreKind.SECRET_SERVICE

    asyncio.run(body())
    assert chain.backends[0].kept == {}
    assert len(chain.backends[1].kept) == 1
    chain.backends = chain.backends[:1]
    assert kinds_of(chain) == ["keyring_plaintext"] * 3
    chain.backends = []
    assert kinds_of(chain) == ["keyring_absent"] * 3


def test_errors_of_the_keyring_are_told_apart() -> None:
    import keyring.errors as known
    import secretstorage.exceptions as lower

    assert kinds_of(failing(known.NoKeyringError)) == ["keyring_absent"] * 3
    assert kinds_of(failing(known.InitError)) == ["keyring_absent"] * 3
    assert kinds_of(failing(lower.SecretServiceNotAvailableException)) == ["keyring_absent"] * 3
    assert kinds_of(failing(known.KeyringLocked)) == ["keyring_locked"] * 3
    assert kinds_of(failing(known.PasswordSetError)) == ["keyring_denied"] * 3
    assert kinds_of(failing(OSError("canary"))) == ["keyring_denied"] * 3
    assert kinds_of(failing(TimeoutError())) == ["keyring_slow"] * 3


def test_an_error_never_shows_the_key() -> None:
    error = fault(lambda s: s.set(NAME, KEY), KeyringStore(failing(ValueError(KEY.reveal()))))
    assert KEY.reveal() not in f"{error} {error!r} {error.info!r}"
    assert error.__cause__ is None
    assert error.info.detail == "ValueError"


def test_a_slow_keyring_is_left_behind_and_the_loop_stays_alive() -> None:
    gate = threading.Event()

    class Slow(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            gate.wait(20)
            return super().get_password(service, username)

    store = KeyringStore(secret_service(Slow), limit=0.1)

    async def body() -> None:
        ticks = 0
        waiting = asyncio.gather(store.get(NAME), store.get(NAME), return_exceptions=True)
        while not waiting.done():
            await asyncio.sleep(0.005)
            ticks += 1
        errors = await waiting
        assert [e.info.kind for e in errors if isinstance(e, SecretError)] == ["keyring_slow"] * 2
        assert ticks >= 5
        gate.set()

    started = time.monotonic()
    asyncio.run(body())
    assert time.monotonic() - started < 2
    for thread in threading.enumerate():
        if thread.name == "glmdesk-keyring":
            thread.join(5)


def test_a_keyring_that_hangs_does_not_keep_the_program_from_ending() -> None:
    assert run_child(HANGING) == ["keyring_slow"]


def test_a_key_for_this_session_needs_no_keyring() -> None:
    async def body() -> None:
        store = KeyringStore(posing("keyring.backends.fail", "Keyring"))
        store.keep_in_memory(NAME, KEY)
        assert await store.get(NAME) == KEY
        await store.delete(NAME)
        with pytest.raises(SecretError):
            await store.get(NAME)

    asyncio.run(body())


def test_a_stored_key_replaces_the_one_of_this_session() -> None:
    async def body() -> None:
        store = KeyringStore(secret_service())
        store.keep_in_memory(NAME, Secret("old"))
        await store.set(NAME, KEY)
        assert await store.get(NAME) == KEY
        store.keep_in_memory(NAME, Secret("session"))
        assert await store.get(NAME) == Secret("session")
        await store.delete(NAME)
        assert await store.get(NAME) is None

    asyncio.run(body())


def test_an_empty_entry_counts_as_no_key() -> None:
    async def body() -> None:
        backend = secret_service()
        backend.kept["glmdesk", NAME] = ""
        assert await KeyringStore(backend).get(NAME) is None

    asyncio.run(body())


def test_keyring_is_not_imported_before_it_is_asked() -> None:
    code = "import sys, glmdesk.store.secrets as s; s.KeyringStore(); print('keyring' in sys.modules)"
    assert run_child(code) == ["False"]


def test_the_store_leaves_heavy_modules_for_later() -> None:
    code = (
        "import sys\n"
        "from glmdesk.store import backup, conversations, files, preferences, secrets\n"
        "print({'keyring', 'tomlkit', 'platformdirs', 'httpx'} & set(sys.modules))"
    )
    assert run_child(code) == ["set()"]
