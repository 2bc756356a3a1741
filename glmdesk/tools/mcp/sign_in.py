"""OAuth with PKCE: the browser asks the user, a listener on this computer gets the code, the keyring the tokens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider, OAuthFlowError
from mcp.client.auth.oauth2 import OAuthContext
from mcp.shared.auth import (
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthMetadata,
    OAuthToken,
    ProtectedResourceMetadata,
)
from pydantic import AnyUrl, BaseModel, ValidationError

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
    """The SDK's `TokenStorage` over the port `SecretStore`. Raises SecretError.

    The SDK forgets when a token ends and where it is renewed: both are kept beside it, and `url`, the address that it
    is for: at another one it is none. `fresh` starts from nothing, for a login.
    """

    def __init__(self, server_id: str, url: str, secrets: SecretStore, *, fresh: bool = False) -> None:
        self._id = server_id
        self._url = url
        self._secrets = secrets
        self._fresh = fresh
        self._context: OAuthContext | None = None

    async def record(self) -> Mapping[str, Any]:
        """What is stored; empty when there is nothing, or nothing that can be read."""
        text = None if self._fresh else await self._secrets.get(tokens_name(self._id))
        try:
            found: object = json.loads(text.reveal()) if text else {}
        except ValueError:
            return {}
        if not isinstance(found, dict):
            return {}
        record = cast("Mapping[str, Any]", found)
        return record if record.get("url") == self._url else {}

    async def attach(self, context: OAuthContext) -> None:
        """Give a provider's context what the SDK does not load by itself."""
        self._context = context
        record = await self.record()
        try:
            if record.get("metadata"):
                context.oauth_metadata = OAuthMetadata.model_validate(record["metadata"])
            if record.get("resource"):
                context.protected_resource_metadata = ProtectedResourceMetadata.model_validate(record["resource"])
        except ValidationError:
            return
        context.token_expiry_time = record.get("expires_at")

    async def get_tokens(self) -> OAuthToken | None:
        try:
            return OAuthToken.model_validate((await self.record()).get("token"))
        except ValidationError:
            return None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        record: dict[str, Any] = {"url": self._url, "token": _plain(tokens)}
        if self._context is not None:
            record["expires_at"] = self._context.token_expiry_time
            if (metadata := self._context.oauth_metadata) is not None:
                record["metadata"] = _plain(metadata, "issuer", "authorization_endpoint", "token_endpoint")
            if (resource := self._context.protected_resource_metadata) is not None:
                record["resource"] = _plain(resource, "resource", "authorization_servers")
        self._fresh = False
        await self._secrets.set(tokens_name(self._id), Secret(json.dumps(record)))

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        text = None if self._fresh else await self._secrets.get(client_name(self._id))
        try:
            return OAuthClientInformationFull.model_validate_json(text.reveal()) if text else None
        except ValidationError:
            return None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        await self._secrets.set(client_name(self._id), Secret(client_info.model_dump_json(exclude_none=True)))


def _plain(model: BaseModel, *names: str) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True, include=set(names) or None)


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
    """A provider that may send the user to the browser. `words` are shown there when it is done.

    `tokens` are fresh ones: the listener's port is in the registration, so each login registers anew.
    """
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
        provider = OAuthClientProvider(
            url, _metadata(address), tokens, redirect_handler=to_browser, callback_handler=from_browser
        )
        await tokens.attach(provider.context)
        yield provider
    finally:
        listener.close()
        if not callback.answer.done():
            callback.answer.cancel()


async def signed_in(url: str, tokens: KeyringTokens) -> OAuthClientProvider:
    """A provider that uses and renews stored tokens and never opens a browser."""
    provider = OAuthClientProvider(url, _metadata(f"http://127.0.0.1{PATH}"), tokens, redirect_handler=_refuse)
    await tokens.attach(provider.context)
    return provider


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
