"""One answer from request to final row: stream, checkpoint, and what its end means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace

from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import Action, ErrorInfo, StoreError, UserError
from glmdesk.domain.event import Finished
from glmdesk.domain.message import Message, Status
from glmdesk.domain.prices import Cost
from glmdesk.domain.request import ChatRequest
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.live import LiveAnswer
from glmdesk.services.tasks import TaskOwner
from glmdesk.store.conversations import Conversations

CHECKPOINT_SECONDS = 0.4  # at most half a second of text may be lost in a crash


class Slots:
    """At most `limit()` requests in flight: accounts have limits (glm-api.md §8), and the user sets them live."""

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._used = 0
        self._freed = asyncio.Condition()

    @asynccontextmanager
    async def take(self) -> AsyncGenerator[None, None]:
        async with self._freed:
            await self._freed.wait_for(lambda: self._used < max(1, self._limit()))
            self._used += 1
        try:
            yield
        finally:
            self._used -= 1
            async with self._freed:
                self._freed.notify()


class Answering:
    """Runs answers and returns their final message, already saved."""

    def __init__(
        self,
        store: Conversations,
        endpoints: EndpointService,
        *,
        tasks: TaskOwner,
        concurrency: Callable[[], int],
        price: Callable[[Message, Endpoint], Cost | None],
    ) -> None:
        self._store = store
        self._price = price
        self._endpoints = endpoints
        self._tasks = tasks
        self._slots = Slots(concurrency)

    async def run(
        self, live: LiveAnswer, endpoint: Endpoint, request: ChatRequest, *, ended: Callable[[Message], None]
    ) -> Message:
        """Stream to the end. `ended` is told the final message in every case, then CancelledError goes on.

        Cancelling is Stop: the partial answer is kept and saved as an outcome.
        """
        checkpoint = f"checkpoint:{live.message_id}"
        self._tasks.start(checkpoint, self._checkpoints(live))
        message: Message | None = None
        try:
            message = await self._outcome(live, endpoint, request)
        except asyncio.CancelledError:
            message = live.assembly.close(Status.STOPPED)
            raise
        finally:
            message = message or live.assembly.close(Status.FAILED, ErrorInfo("bug", action=Action.REGENERATE))
            message = self._priced(live, message, endpoint)
            await self._settle(checkpoint, message)
            ended(message)
        return message

    def _priced(self, live: LiveAnswer, message: Message, endpoint: Endpoint) -> Message:
        """With the cost of this request upon what the answer had cost before it was continued."""
        if message.usage is live.base.usage:
            return message  # the server named none this time
        cost, before = self._price(message, endpoint), live.base.cost
        return replace(message, cost=cost + before if cost is not None and before is not None else cost)

    async def _settle(self, checkpoint: str, message: Message) -> None:
        saving = self._tasks.cancel(checkpoint)
        if saving is not None:
            await asyncio.wait({saving})
        await self._store.save_message(message)

    async def _outcome(self, live: LiveAnswer, endpoint: Endpoint, request: ChatRequest) -> Message:
        try:
            return _end(live, await self._stream(live, endpoint, request))
        except UserError as error:
            return live.assembly.close(Status.FAILED, error.info)

    async def _stream(self, live: LiveAnswer, endpoint: Endpoint, request: ChatRequest) -> Finished:
        finished = Finished("", complete=False)
        async with self._slots.take():
            key = await self._endpoints.key_for(endpoint)
            stream = self._endpoints.open_dialect(endpoint).stream(request, key, hurry=live.hurry)
            async with aclosing(stream) as events:
                async for event in events:
                    live.apply(event)
                    if isinstance(event, Finished):
                        finished = event
        return finished

    async def _checkpoints(self, live: LiveAnswer) -> None:
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            if live.unsaved:
                with suppress(StoreError):  # a full disk must not end the stream; the end tries again
                    await self._store.save_message(live.save_point())


def _end(live: LiveAnswer, finished: Finished) -> Message:
    """What the end of the stream means (glm-api.md §4.4)."""
    message = live.assembly.snapshot()
    if finished.reason == "sensitive":
        return live.assembly.close(Status.WITHDRAWN, ErrorInfo("sensitive"))
    if not finished.complete and not finished.reason:
        return live.assembly.close(Status.FAILED, ErrorInfo("ended_early", action=Action.CONTINUE))
    if not message.text.strip() and not message.tool_calls:
        kind = "length_in_thought" if finished.reason == "length" else "no_answer"
        return live.assembly.close(Status.FAILED, ErrorInfo(kind, action=Action.REGENERATE))
    return live.assembly.close(Status.COMPLETE)
