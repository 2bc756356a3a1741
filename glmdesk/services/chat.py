"""Ask, stop, regenerate, continue: one running answer per conversation, saved while it comes in."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Conversation, Setup, deepest_leaf, path_to, variants_of
from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import AttachmentPart, TextPart
from glmdesk.domain.request import ChatRequest, Parameters, RequestMessage
from glmdesk.services.answering import Answering
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.live import LiveAnswer
from glmdesk.services.models import ModelService
from glmdesk.services.news import News
from glmdesk.services.prompt import continue_messages, request_messages
from glmdesk.services.settings import SettingsService
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.titles import TitleService, provisional_title
from glmdesk.services.transcript import Transcript
from glmdesk.store.conversations import Conversations

_KEPT_TRANSCRIPTS = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """What the composer sends."""

    text: str
    attachments: tuple[AttachmentPart, ...] = ()


@dataclass(frozen=True, slots=True)
class _Target:
    """Where an answer goes and how it is asked for."""

    endpoint: Endpoint
    model: str
    thinking: bool


class ChatService:
    """The chat of the program; every call belongs to the event loop's thread."""

    def __init__(
        self,
        store: Conversations,
        *,
        endpoints: EndpointService,
        models: ModelService,
        settings: SettingsService,
        titles: TitleService,
        tasks: TaskOwner,
        news: News,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._endpoints = endpoints
        self._models = models
        self._settings = settings
        self._titles = titles
        self._tasks = tasks
        self._news = news
        self._clock = clock
        self._transcripts: OrderedDict[str, Transcript] = OrderedDict()
        self._live: dict[str, LiveAnswer] = {}
        self._shown = ""
        self._answering = Answering(store, endpoints, tasks=tasks, concurrency=lambda: settings.value.concurrency)

    # Looking

    def busy(self) -> frozenset[str]:
        """Ids of the conversations that are generating."""
        return frozenset(self._live)

    async def open(self, conversation_id: str) -> Transcript:
        """The transcript of a conversation; the same object while it is kept. Marks it read."""
        self._shown = conversation_id
        conversation = await self._store.get(conversation_id)
        if conversation.unread:
            await self._store.update(conversation_id, unread=False)
            self._news.announce(Changes(conversations=True))
        transcript = self._transcripts.get(conversation_id) or await self._load(conversation)
        self._keep(transcript)
        return transcript

    async def _load(self, conversation: Conversation) -> Transcript:
        transcript = Transcript(conversation.id)
        transcript.load(await self._store.messages(conversation.id), conversation.leaf_id)
        live = self._live.get(conversation.id)
        if live is not None:
            transcript.follow(live)
        return transcript

    def _keep(self, transcript: Transcript) -> None:
        self._transcripts[transcript.conversation_id] = transcript
        self._transcripts.move_to_end(transcript.conversation_id)
        for old in list(self._transcripts)[:-_KEPT_TRANSCRIPTS]:
            if old not in self._live:
                del self._transcripts[old]

    async def _reload(self, conversation_id: str) -> None:
        transcript = self._transcripts.get(conversation_id)
        if transcript is not None:
            conversation = await self._store.get(conversation_id)
            transcript.load(await self._store.messages(conversation_id), conversation.leaf_id)
            live = self._live.get(conversation_id)
            if live is not None:
                transcript.follow(live)
        self._news.announce(Changes(messages=frozenset({conversation_id})))

    # Asking

    async def send(self, conversation_id: str, draft: Draft) -> None:
        """Commit the user's turn, then start the answer. Raises UserError when there is no endpoint or key.

        The turn is in the database before the request is made; a running answer is stopped first.
        """
        await self.stop(conversation_id)
        conversation = await self._store.get(conversation_id)
        target = await self._target(conversation)
        await self._endpoints.key_for(target.endpoint)
        question = await self._store.add_message(self._question(conversation, draft))
        fields: dict[str, object] = {"draft": "", "updated_at": self._clock()}
        if not conversation.title:
            fields["title"] = provisional_title(draft.text)
        await self._store.update(conversation_id, **fields)
        conversation = await self._store.get(conversation_id)
        messages = await self._store.messages(conversation_id)
        path = path_to(messages, question.id)
        sent = request_messages(path, conversation.setup, self._settings.value.system_prompt)
        await self._start(conversation, question, target, sent)

    def _question(self, conversation: Conversation, draft: Draft) -> Message:
        return Message(
            id=uuid.uuid4().hex,
            conversation_id=conversation.id,
            role=Role.USER,
            parts=(*draft.attachments, TextPart(draft.text)),
            parent_id=conversation.leaf_id,
            created_at=self._clock(),
        )

    async def regenerate(
        self, conversation_id: str, message_id: str, *, model: str | None = None, thinking: bool | None = None
    ) -> None:
        """Ask the same question again; the old answer stays as a variant."""
        await self.stop(conversation_id)
        conversation = await self._store.get(conversation_id)
        messages = await self._store.messages(conversation_id)
        old = _find(messages, message_id)
        question = old if old.role is Role.USER else _find(messages, old.parent_id or "")
        target = await self._target(conversation, model=model, thinking=thinking)
        await self._endpoints.key_for(target.endpoint)
        path = path_to(messages, question.id)
        sent = request_messages(path, conversation.setup, self._settings.value.system_prompt)
        await self._start(conversation, question, target, sent)

    async def continue_answer(self, conversation_id: str, message_id: str) -> None:
        """Go on with a partial answer in place; an answer without text is asked for again instead."""
        await self.stop(conversation_id)
        conversation = await self._store.get(conversation_id)
        messages = await self._store.messages(conversation_id)
        partial = _find(messages, message_id)
        if not partial.text.strip():
            await self.regenerate(conversation_id, message_id)
            return
        target = await self._target(conversation, model=partial.model or None, thinking=False)
        await self._endpoints.key_for(target.endpoint)
        path = path_to(messages, partial.id)
        sent = continue_messages(path, partial, conversation.setup, self._settings.value.system_prompt)
        base = replace(partial.without_errors(), status=Status.STREAMING, finish_reason="")
        await self._store.save_message(base)
        question = _find(messages, partial.parent_id or "")
        await self._run(base, question, target, self._request(conversation, target, sent))

    async def _target(
        self, conversation: Conversation, *, model: str | None = None, thinking: bool | None = None
    ) -> _Target:
        setup = conversation.setup
        endpoint = await self._endpoints.resolve(setup.endpoint_id)
        chosen = model or setup.model or self.default_model(setup)
        if thinking is None:
            thinking = setup.thinking.resolve(setup.template_thinking)
        known = self._models.get(chosen)
        return _Target(endpoint, chosen, known.can_think and (thinking or not known.can_rest))

    async def _start(
        self, conversation: Conversation, question: Message, target: _Target, sent: tuple[RequestMessage, ...]
    ) -> None:
        answer = Message(
            id=uuid.uuid4().hex,
            conversation_id=conversation.id,
            role=Role.ASSISTANT,
            parent_id=question.id,
            status=Status.STREAMING,
            model=target.model,
            endpoint_id=target.endpoint.id,
            thinking=target.thinking,
            created_at=self._clock(),
        )
        stored = await self._store.add_message(answer)
        await self._run(stored, question, target, self._request(conversation, target, sent))

    async def _run(self, base: Message, question: Message, target: _Target, request: ChatRequest) -> None:
        live = LiveAnswer(base)
        self._live[base.conversation_id] = live
        await self._reload(base.conversation_id)
        self._news.announce(Changes(busy=True, conversations=True))
        self._tasks.start(f"answer:{base.conversation_id}", self._answer(live, target.endpoint, request, question))
        await asyncio.sleep(0)  # a task that is cancelled before its first step never says that it has ended

    def _request(self, conversation: Conversation, target: _Target, sent: tuple[RequestMessage, ...]) -> ChatRequest:
        return ChatRequest(target.model, sent, target.thinking, self._parameters(conversation))

    def _parameters(self, conversation: Conversation) -> Parameters:
        """The template's parameters; the settings fill what it leaves open."""
        own = conversation.setup.parameters
        settings = self._settings.value
        return replace(
            own,
            temperature=settings.default_temperature if own.temperature is None else own.temperature,
            max_tokens=settings.default_max_tokens if own.max_tokens is None else own.max_tokens,
        )

    async def _answer(self, live: LiveAnswer, endpoint: Endpoint, request: ChatRequest, question: Message) -> None:
        message = await self._answering.run(live, endpoint, request, ended=self._ended)
        if message.conversation_id != self._shown:
            await self._store.update(message.conversation_id, unread=True)
            self._news.announce(Changes(conversations=True))
        first = question.parent_id is None and message.status is Status.COMPLETE
        if first and self._settings.value.auto_title:
            self._titles.start(endpoint, request.model, question)

    def _ended(self, message: Message) -> None:
        self._live.pop(message.conversation_id, None)
        transcript = self._transcripts.get(message.conversation_id)
        if transcript is not None:
            transcript.settle(message)
        self._news.announce(Changes(conversations=True, busy=True, messages=frozenset({message.conversation_id})))

    # Steering

    async def stop(self, conversation_id: str) -> None:
        """End the running answer; what has come is kept and saved."""
        task = self._tasks.cancel(f"answer:{conversation_id}")
        if task is not None:
            await asyncio.wait({task})

    async def until_idle(self, conversation_id: str) -> None:
        """Wait until the conversation generates no more."""
        task = self._tasks.get(f"answer:{conversation_id}")
        if task is not None:
            await asyncio.wait({task})

    async def retry_now(self, conversation_id: str) -> None:
        """End a retry countdown."""
        live = self._live.get(conversation_id)
        if live is not None:
            live.hurry.set()

    async def select_variant(self, conversation_id: str, message_id: str) -> None:
        """Show another answer (or question) of the same turn, with what follows it."""
        messages = await self._store.messages(conversation_id)
        await self._store.update(conversation_id, leaf_id=deepest_leaf(messages, message_id))
        await self._reload(conversation_id)

    async def step_variant(self, conversation_id: str, message_id: str, step: int) -> None:
        """The next (1) or previous (-1) variant of a shown turn; at the end nothing happens."""
        messages = await self._store.messages(conversation_id)
        ids = [m.id for m in variants_of(messages, _find(messages, message_id))]
        place = ids.index(message_id) + step
        if 0 <= place < len(ids):
            await self.select_variant(conversation_id, ids[place])

    def default_model(self, setup: Setup) -> str:
        """The model of a conversation whose setup names none."""
        endpoint = self._endpoints.known(setup.endpoint_id)
        return (endpoint.model if endpoint else "") or self._settings.value.default_model


def _find(messages: list[Message], message_id: str) -> Message:
    return next(m for m in messages if m.id == message_id)
