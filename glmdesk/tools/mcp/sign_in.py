"""OAuth with PKCE: the browser asks the user, a listener on this computer gets the code, the keyring the tokens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider, OAuthFlowError
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl, ValidationError

from glmdesk.domain.ports import SecretStore
from glmdesk.domain.secret import Secret

PATH = "/callback"
_LONGEST_REQUEST = 16 * 1024
_PAGE = (
    "<!doctype html><meta charset=utf-8><title>GLM Desk</title>"
    "<body style='font:16px system-ui;display:grid;place-items:center;height:90vh'><p>{text}</p>"
)


def tokens_name(server_id: str) -> str:
    """The keyring's name for a server's tokens."""
    return f"mcp:{server_id}:oauth-tokens"


def client_name(server_id: str) -> str:
    """The keyring's name for how this program is registered with a server."""
    return f"mcp:{server_id}:oauth-client"


class KeyringTokens:
    """The SDK's `TokenStorage` over the port `SecretStore`. Raises SecretError."""

    def __init__(self, server_id: str, secrets: SecretStore) -> None:
        self._id = server_id
        self._secrets = secrets

    async def get_tokens(self) -> OAuthToken | None:
        text = await self._secrets.get(tokens_name(self._id))
        try:
            return OAuthToken.model_validate_json(text.reveal()) if text else None
        except ValidationError:
            return None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        await self._secrets.set(tokens_name(self._id), Secret(tokens.model_dump_json(exclude_none=True)))

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        text = await self._secrets.get(client_name(self._id))
        try:
            return OAuthClientInformationFull.model_validate_json(text.reveal()) if text else None
        except ValidationError:
            return None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        await self._secrets.set(client_name(self._id), Secret(client_info.model_dump_json(exclude_none=True)))


class _Callback:
    """Listens for the browser's way back."""

    def __init__(self, words: str) -> None:
        self._words = words
        self.answer: asyncio.Future[AuthorizationCodeResult] = asyncio.get_running_loop().create_future()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            self._take(request, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    def _take(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        target = urlsplit(request.split(b" ", 2)[1].decode("ascii", "replace"))
        fields = {name: values[0] for name, values in parse_qs(target.query).items()}
        if target.path != PATH or not fields.keys() & {"code", "error"}:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        page = _PAGE.format(text=self._words).encode()
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nReferrer-Policy: no-referrer\r\n"
        writer.write(f"{head}Content-Length: {len(page)}\r\nConnection: close\r\n\r\n".encode() + page)
        if self.answer.done():
            return
        if "code" in fields:
            result = AuthorizationCodeResult(code=fields["code"], state=fields.get("state"), iss=fields.get("iss"))
            self.answer.set_result(result)
        else:
            self.answer.set_exception(OAuthFlowError(fields["error"][:200]))


@asynccontextmanager
async def signing_in(
    url: str, tokens: KeyringTokens, *, open_link: Callable[[str], None], words: str
) -> AsyncGenerator[OAuthClientProvider, None]:
    """A provider that may send the user to the browser. `words` are shown there when it is done."""
    callback = _Callback(words)
    listener = await asyncio.start_server(callback.handle, "127.0.0.1", 0, limit=_LONGEST_REQUEST)
    address = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}{PATH}"

    async def to_browser(link: str) -> None:
        if urlsplit(link).scheme not in ("http", "https"):  # a server chooses this address
            raise OAuthFlowError("the address of the login page is none of the web")
        open_link(link)

    async def from_browser() -> AuthorizationCodeResult:
        return await callback.answer

    try:
        yield OAuthClientProvider(
            url,
            _metadata(address),
            _NewRegistration(tokens),
            redirect_handler=to_browser,
            callback_handler=from_browser,
        )
    finally:
        listener.close()
        if not callback.answer.done():
            callback.answer.cancel()


def signed_in(url: str, tokens: KeyringTokens) -> OAuthClientProvider:
    """A provider that uses and renews stored tokens and never opens a browser."""
    return OAuthClientProvider(url, _metadata(f"http://127.0.0.1{PATH}"), tokens, redirect_handler=_refuse)


class _NewRegistration(KeyringTokens):
    """A login registers anew: the listener's port is in the registration."""

    def __init__(self, tokens: KeyringTokens) -> None:
        self._tokens = tokens

    async def get_tokens(self) -> OAuthToken | None:
        return None

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        await self._tokens.set_tokens(tokens)

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        await self._tokens.set_client_info(client_info)


async def _refuse(link: str) -> None:
    raise OAuthFlowError("a login is needed")


def _metadata(address: str) -> OAuthClientMetadata:
    return OAuthClientMetadata(
        client_name="GLM Desk",
        redirect_uris=[AnyUrl(address)],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        token_endpoint_auth_method="none",  # noqa: S106 (a public client)
    )
