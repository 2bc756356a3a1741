"""What went over the wire for an answer, and the same request as code."""

from __future__ import annotations

import json

from glmdesk.domain.exchange import Exchange
from glmdesk.domain.threads import in_thread
from glmdesk.services.settings import SettingsService
from glmdesk.store.exchanges import Exchanges

CODE_KINDS = ("curl", "zai_python", "zhipuai_python", "zai_java")
_MEGABYTE = 1024 * 1024


class InspectionService:
    """Requests are kept up to the room that the settings give them; the oldest go first."""

    def __init__(self, exchanges: Exchanges, settings: SettingsService) -> None:
        self._exchanges = exchanges
        self._settings = settings

    async def of(self, message_id: str) -> list[Exchange]:
        """The requests of an answer, oldest first; empty when they were not kept."""
        return await self._exchanges.of(message_id)

    async def size(self) -> int:
        """Bytes that all kept requests take, packed."""
        return await self._exchanges.size()

    async def set_room(self, megabytes: int) -> None:
        """How much may be kept, 0 for nothing; what is too much goes at once."""
        await self._settings.change(inspector_megabytes=megabytes)
        await self._exchanges.trim(megabytes * _MEGABYTE)

    async def code(self, exchange: Exchange, kind: str) -> str:
        """The request as a program (one of `CODE_KINDS`), '' when its body cannot be read."""

        def write() -> str:
            from glmdesk.exporters.code import CodeKind, write_code

            return write_code(exchange, CodeKind(kind))

        try:
            return await in_thread(write, name="glmdesk-code")
        except ValueError:
            return ""


def pretty(body: str) -> str:
    """JSON with indentation; anything else as it is."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body
