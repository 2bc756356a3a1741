"""Why a server does not work, as the user is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import httpx2
import mcp_types as types
from mcp.client.auth import OAuthFlowError, OAuthRegistrationError, OAuthTokenError
from mcp.shared.exceptions import MCPError

from glmdesk.domain.errors import ErrorInfo, UserError

_LONGEST = 300
_TELLING = (UserError, OAuthFlowError, OAuthRegistrationError, OAuthTokenError, httpx2.HTTPError, MCPError, OSError)


class ServerFault(UserError):
    """A server that could not be started, reached or understood."""


def fault(kind: str, *, detail: str = "", **args: str) -> ServerFault:
    """An `error.server_<kind>`; `detail` is the server's own sentence."""
    return ServerFault(ErrorInfo(f"server_{kind}", args, detail=detail[:_LONGEST]))


def flat(error: BaseException) -> Iterator[BaseException]:
    """The exceptions inside groups."""
    if isinstance(error, BaseExceptionGroup):
        for inner in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from flat(inner)
    else:
        yield error


def explain(error: BaseException) -> ErrorInfo:
    """What an exception of the SDK means."""
    causes = list(flat(error))
    cause = next((c for kind in _TELLING for c in causes if isinstance(c, kind)), causes[0])
    match cause:
        case UserError():
            return cause.info
        case OAuthFlowError() | OAuthRegistrationError() | OAuthTokenError():
            return fault("login", detail=str(cause)).info
        case httpx2.HTTPStatusError():
            return fault("refused", status=str(cause.response.status_code)).info
        case httpx2.HTTPError() | OSError():
            return fault("unreachable", detail=str(cause)).info
        case MCPError() if cause.error.code == types.CONNECTION_CLOSED:
            return fault("lost").info
        case _:
            return fault("protocol", detail=str(cause)).info
