"""One answer from request to final row: stream, checkpoint, and what its end means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace

from glmdesk.domain.errors import Action, ErrorInfo, StoreError, UserError
from glmdesk.domain.event import Finished
from glmdesk.domain.exchange import Recorder
from glmdesk.domain.message import Message, Status
from glmdesk.domain.part import Outcome
from glmdesk.domain.request import ChatRequest
from glmdesk.domain.rounds import answer_open_calls, with_unique_ids
from glmdesk.domain.secret import Secret
from glmdesk.services.agent import AgentRun
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.keeping import Keeping
from glmdesk.services.live import LiveAnswer
from glmdesk.services.room import Room
from glmdesk.services.spending import Bill, SpendingService
from glmdesk.services.tasks import TaskOwner

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
        keeping: Keeping,
        endpoints: EndpointService,
        *,
        tasks: TaskOwner,
        concurrency: Callable[[], int],
        spending: SpendingService,
        room: Room,
    ) -> None:
        self._keeping = keeping
        self._spending = spending
        self._room = room
        self._endpoints = endpoints
        self._tasks = tasks
        self._slots = Slots(concurrency)

    async def run(
        self,
        live: LiveAnswer,
        request: ChatRequest,
        *,
        agent: AgentRun,
        bill: Bill,
        ended: Callable[[Message], None],
    ) -> Message:
        """Stream to the end, with the tools between.

        `ended` is told the final message in every case, then CancelledError goes on. Cancelling is Stop: the partial
        answer is kept and saved as an outcome.
        """
        checkpoint = f"checkpoint:{live.message_id}"
        self._tasks.start(checkpoint, self._checkpoints(live))
        message: Message | None = None
        try:
            message = await self._outcome(live, request, agent, bill)
        except asyncio.CancelledError:
            message = live.assembly.close(Status.STOPPED)
            raise
        finally:
            message = message or live.assembly.close(Status.FAILED, ErrorInfo("bug", action=Action.REGENERATE))
            message = replace(_answered(message), cost=live.cost)
            await self._settle(checkpoint, message)
            ended(message)
        return message

    async def _charge(self, live: LiveAnswer, bill: Bill, record: Recorder, key: Secret | None) -> None:
        """Put the cost of the request that has just ended upon what the answer has cost so far, and into the books."""
        usage, model = live.assembly.request_usage, live.assembly.snapshot().model
        if usage is not None:  # the server names none after Stop
            live.charge(self._spending.price(model, usage, bill.endpoint.dialect))
        with suppress(StoreError):  # a full disk must not make a failure of an answer that is there
            await self._spending.enter(bill, model, usage=usage, record=record, key=key)

    async def _settle(self, checkpoint: str, message: Message) -> None:
        saving = self._tasks.cancel(checkpoint)
        if saving is not None:
            await asyncio.wait({saving})
        await self._keeping.save(message)

    async def _outcome(self, live: LiveAnswer, request: ChatRequest, agent: AgentRun, bill: Bill) -> Message:
        try:
            finished = await self._stream(live, request, bill)
            while (following := await agent.follow(live, finished, self._checkpoint)) is not None:
                self._room.check(following, bill.endpoint)  # what the tools have brought may be too much
                finished = await self._stream(live, following, bill)
            return _end(live, finished)
        except UserError as error:
            return live.assembly.close(Status.FAILED, error.info)

    async def _stream(self, live: LiveAnswer, request: ChatRequest, bill: Bill) -> Finished:
        finished, record = Finished("", complete=False), Recorder()
        async with self._slots.take():
            await self._spending.allow(bill)
            key = await self._endpoints.key_for(bill.endpoint)
            dialect = self._endpoints.open_dialect(bill.endpoint)
            stream = dialect.stream(request, key, hurry=live.hurry, record=record)
            try:
                async with aclosing(stream) as events:
                    async for event in events:
                        live.apply(event)
                        if isinstance(event, Finished):
                            finished = event
            finally:
                await self._charge(live, bill, record, key)
        return finished

    async def _checkpoints(self, live: LiveAnswer) -> None:
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            await self._checkpoint(live)

    async def _checkpoint(self, live: LiveAnswer) -> None:
        if live.unsaved:
            await self._keeping.save(live.save_point())


def _answered(message: Message) -> Message:
    """Every call has its one answer, whatever ended the turn."""
    outcome = {Status.STOPPED: Outcome.STOPPED, Status.COMPLETE: Outcome.LIMIT}.get(message.status, Outcome.INTERRUPTED)
    return answer_open_calls(with_unique_ids(message), outcome)


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
