"""One short request without an answer of its own in the transcript: a title, a summary."""

from __future__ import annotations

from contextlib import aclosing

from glmdesk.domain.errors import ErrorInfo, UserError
from glmdesk.domain.event import Finished, TextDelta, UsageReported
from glmdesk.domain.exchange import Recorder
from glmdesk.domain.request import ChatRequest
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.spending import Bill, SpendingService


class SmallCalls:
    """Every call is paid for and entered into the books like an answer."""

    def __init__(self, endpoints: EndpointService, spending: SpendingService) -> None:
        self._endpoints = endpoints
        self._spending = spending

    async def text(self, bill: Bill, request: ChatRequest) -> str:
        """The words of the whole reply. Raises UserError, also when the budget says stop or the reply is withdrawn."""
        await self._spending.allow(bill)
        key = await self._endpoints.key_for(bill.endpoint)
        words: list[str] = []
        usage, record = None, Recorder()
        stream = self._endpoints.open_dialect(bill.endpoint).stream(request, key, record=record)
        try:
            async with aclosing(stream) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        words.append(event.text)
                    elif isinstance(event, UsageReported):
                        usage = event.usage
                    elif isinstance(event, Finished) and event.reason == "sensitive":
                        raise UserError(ErrorInfo("sensitive"))
        finally:
            await self._spending.enter(bill, request.model, usage=usage, record=record, key=key)
        return "".join(words)
