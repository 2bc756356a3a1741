"""Keys in the operating system's keyring; nothing is ever kept on disk by us."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from glmdesk.domain.errors import Action, ErrorInfo, SecretError
from glmdesk.domain.ports import StoreKind
from glmdesk.domain.secret import Secret
from glmdesk.domain.threads import in_thread

T = TypeVar("T")

SERVICE = "glmdesk"
LIMIT_SECONDS = 5.0  # a D-Bus call may hang, and a locked keyring may ask for as long as it likes

_ALLOWED = {
    "keyring.backends.SecretService.Keyring": StoreKind.SECRET_SERVICE,
    "keyring.backends.kwallet.DBusKeyring": StoreKind.KWALLET,
    "keyring.backends.kwallet.DBusKeyringKWallet4": StoreKind.KWALLET,
    "keyring.backends.macOS.Keyring": StoreKind.MACOS,
    "keyring.backends.Windows.WinVaultKeyring": StoreKind.WINDOWS,
}
_CHAINER = "keyring.backends.chainer.ChainerBackend"
_NONE = "keyring.backends.fail.Keyring"

# Names of exceptions (of keyring, secretstorage, jeepney) and of what they mean; the first match counts.
_MEANINGS = (
    ({"KeyringLocked", "LockedException"}, "keyring_locked"),
    ({"PromptDismissedException"}, "keyring_denied"),
    ({"NoKeyringError", "SecretServiceNotAvailableException", "InitError"}, "keyring_absent"),
)


class Backend(Protocol):
    """What this module uses of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class KeyringStore:
    """The port `SecretStore`. Raises SecretError: keyring_absent, keyring_plaintext (args `backend`),
    keyring_locked, keyring_denied or keyring_slow (args `seconds`).

    `backend` replaces the system's; `limit` is in seconds.
    """

    def __init__(self, backend: Backend | None = None, *, limit: float = LIMIT_SECONDS) -> None:
        self._given = backend
        self._limit = limit
        self._memory: dict[str, Secret] = {}
        # One call at a time: a second one would only open a second prompt.
        self._turn = threading.Lock()

    async def kind(self) -> StoreKind:
        return await self._ask(lambda backend: kind_of(backend))

    async def get(self, name: str) -> Secret | None:
        """The key, this session's first; None when there is none."""
        if name in self._memory:
            return self._memory[name]
        value = await self._ask(lambda backend: backend.get_password(SERVICE, name))
        return Secret(value) if value else None

    async def set(self, name: str, secret: Secret) -> StoreKind:
        def work(backend: Backend) -> StoreKind:
            backend.set_password(SERVICE, name, secret.reveal())
            return kind_of(backend)

        kind = await self._ask(work)
        self._memory.pop(name, None)
        return kind

    async def delete(self, name: str) -> None:
        """Forget a key everywhere; that there was none is no error."""
        in_memory = self._memory.pop(name, None) is not None
        try:
            await self._ask(lambda backend: _delete(backend, name))
        except SecretError as error:
            if not (in_memory and error.info.kind in ("keyring_absent", "keyring_plaintext")):
                raise

    def keep_in_memory(self, name: str, secret: Secret) -> None:
        self._memory[name] = secret

    async def _ask(self, work: Callable[[Backend], T]) -> T:
        try:
            async with asyncio.timeout(self._limit):
                return await in_thread(lambda: self._in_turn(work), name="glmdesk-keyring")
        except TimeoutError:
            raise _fault("keyring_slow", seconds=f"{self._limit:.0f}") from None

    def _in_turn(self, work: Callable[[Backend], T]) -> T:
        if not self._turn.acquire(timeout=self._limit):
            raise TimeoutError
        try:
            return work(self._backend())
        except (SecretError, TimeoutError):
            raise
        except Exception as error:
            # Without its cause: a backend's own exception may hold the key.
            raise _fault(_meaning(error), detail=type(error).__name__) from None
        finally:
            self._turn.release()

    def _backend(self) -> Backend:
        if self._given is not None:
            return chosen(self._given)
        import keyring

        found = keyring.get_keyring()
        return chosen(_newly_there() or found if _name(found) == _NONE else found)


def chosen(backend: object) -> Backend:
    """The backend to use: of a chain the first one that may be used. Raises SecretError when none may be."""
    members = cast("list[object]", getattr(backend, "backends", [])) if _name(backend) == _CHAINER else [backend]
    usable = next((member for member in members if _name(member) in _ALLOWED), None)
    if usable is None:
        raise _refusal(members)
    return cast("Backend", usable)


def _newly_there() -> object | None:
    """A store that came after the library looked: it looks once, and a keyring may be started or unlocked later."""
    from keyring.backend import KeyringBackend

    found = [backend() for backend in KeyringBackend.get_viable_backends() if _name(backend()) in _ALLOWED]
    return max(found, key=lambda backend: float(backend.priority), default=None)


def kind_of(backend: object) -> StoreKind:
    """Which store a usable backend writes to."""
    return _ALLOWED[_name(backend)]


def _name(backend: object) -> str:
    """Module and class: an object that only claims a name in an attribute does not count."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _refusal(members: list[object]) -> SecretError:
    for name in map(_name, members):
        if name.startswith("keyrings.alt.") or "plaintext" in name.lower():
            return _fault("keyring_plaintext", backend=name)
    return _fault("keyring_absent", detail=", ".join(map(_name, members)))


def _delete(backend: Backend, name: str) -> None:
    if backend.get_password(SERVICE, name) is not None:
        backend.delete_password(SERVICE, name)


def _meaning(error: BaseException) -> str:
    names = {kind.__name__ for kind in type(error).__mro__}
    if error.__cause__ is not None:
        names |= {kind.__name__ for kind in type(error.__cause__).__mro__}
    return next((kind for known, kind in _MEANINGS if known & names), "keyring_denied")


def _fault(kind: str, *, detail: str = "", **args: str) -> SecretError:
    return SecretError(ErrorInfo(kind, args, action=Action.OPEN_KEYS, detail=detail))
