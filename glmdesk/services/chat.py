"""Ask, stop, regenerate, continue: one running answer per conversation, saved while it comes in."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from glmdesk.domain.budget import estimate_long, estimate_tokens
from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Conversation, Setup, deepest_leaf, path_to, question_of, variants_of, whole
from glmdesk.domain.endpoint import KEEPS_REASONING, DialectName, Endpoint
from glmdesk.domain.errors import Action
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import AttachmentPart, Outcome, TextPart
from glmdesk.domain.request import ChatRequest, Parameters, RequestMessage
from glmdesk.domain.rounds import answer_open_calls, ends_in_tools
from glmdesk.domain.ruler import Around, Ruler, measure
from glmdesk.services.agent import Agent, AgentRun
from glmdesk.services.answering import Answering
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.keeping import Keeping
from glmdesk.services.live import LiveAnswer
from glmdesk.services.models import ModelService
from glmdesk.services.news import News
from glmdesk.services.prompt import continue_messages, for_dialect, loop_messages, request_messages, system_text
from glmdesk.services.room import Room, estimate_request, estimate_tools
from glmdesk.services.scales import TokenScales
from glmdesk.services.settings import SettingsService
from glmdesk.services.showing import Showing
from glmdesk.services.spending import Bill, SpendingService
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.titles import TitleService, provisional_title
from glmdesk.services.transcript import Transcript
from glmdesk.store.commands import Command, CommandLog
from glmdesk.store.conversations import Conversations


@dataclass(frozen=True, slots=True)
class Draft:
    """What the composer sends."""

    text: str
    attachments: tuple[AttachmentPart, ...] = ()


EMPTY = Draft("")


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer goes and how it is asked for."""

    endpoint: Endpoint
    model: str
    thinking: bool
    conversation: Conversation

    @property
    def setup(self) -> Setup:
        """What of the conversation's setup this endpoint can be sent."""
        return for_dialect(self.conversation.setup, self.endpoint.dialect)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that may be sent as `request`: it fits the window of the model."""

    question: Message
    target: Target
    request: ChatRequest


class ChatService:
    """The chat of the program; every call belongs to the event loop's thread."""

    def __init__(
        self,
        store: Conversations,
        *,
        log: CommandLog,
        endpoints: EndpointService,
        models: ModelService,
        settings: SettingsService,
        titles: TitleService,
        tasks: TaskOwner,
        news: News,
        agent: Agent,
        spending: SpendingService,
        scales: TokenScales,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._log = log
        self._endpoints = endpoints
        self._models = models
        self._settings = settings
        self._titles = titles
        self._tasks = tasks
        self._news = news
        self._agent = agent
        self._scales = scales
        self._clock = clock
        self._showing = Showing(store, news)
        self._keys: dict[str, str] = {}  # task of an answer -> its conversation
        self.keeping = Keeping(store, tasks=tasks, news=news)
        self._room = Room(models, scales)
        self._answering = Answering(
            self.keeping,
            endpoints,
            tasks=tasks,
            concurrency=lambda: settings.value.concurrency,
            spending=spending,
            room=self._room,
        )

    # Looking

    def busy(self) -> frozenset[str]:
        """Ids of the conversations that are generating."""
        return self._showing.busy()

    @property
    def shown(self) -> str:
        """The conversation that was opened last; '' before the first."""
        return self._showing.shown

    async def open(self, conversation_id: str) -> Transcript:
        """The transcript of a conversation; the same object while it is kept. Marks it read."""
        return await self._showing.open(conversation_id)

    async def look(self, conversation_id: str) -> Transcript:
        """The transcript of a conversation for a page beside the chat; it is not marked read."""
        return await self._showing.look(conversation_id)

    def watch(self, conversation_id: str) -> None:
        """A page beside the chat shows this conversation, '' for none: what comes is not unread."""
        self._showing.beside = conversation_id

    async def one_answer(self, conversation_id: str, answer_id: str) -> Transcript:
        """A transcript of one answer alone, for a column of a comparison; give it back to `forget`."""
        return await self._showing.one_answer(conversation_id, answer_id)

    def forget(self, transcript: Transcript) -> None:
        """A column is not shown any more."""
        self._showing.forget(transcript)

    async def reload(self, conversation_id: str) -> None:
        """Show the path as it is stored now."""
        await self._showing.reload(conversation_id)

    # Asking

    async def send(self, conversation_id: str, draft: Draft) -> None:
        """Commit the user's turn, then start the answer. Raises UserError when there is no endpoint, key or room.

        The turn is in the database before the request is made; a running answer is stopped first.
        """
        await self.stop(conversation_id)
        conversation = await self._store.get(conversation_id)
        asking = self.plan(await self.target(conversation), await self.path_with(conversation, draft))
        await self.add_question(conversation, asking.question)
        await self.begin(self.new_answer(asking), asking)

    async def ruler(self, conversation_id: str, draft: Draft = EMPTY) -> Ruler:
        """What fills the window of the model in the next request, which asks the draft."""
        conversation = await self._store.get(conversation_id)
        path = path_to(await self._store.messages(conversation_id), conversation.leaf_id)
        model = self._models.get(conversation.setup.model or self.default_model(conversation.setup))
        around = replace(self._around(conversation.setup, model.id), question=_estimate_of(draft))
        return measure(path, conversation.setup, around, window=model.window)

    def token_scale(self, setup: Setup) -> float:
        """What an estimate is multiplied by for the model of a setup: learned from the usage of its answers."""
        return self._scales.of(
            setup.endpoint_id or self._endpoints.default_id, setup.model or self.default_model(setup)
        )

    def _around(self, setup: Setup, model: str) -> Around:
        """What a request of the setup carries besides the path when nothing of it is left out."""
        uncut, prompt = whole(setup), self._settings.value.system_prompt
        request = ChatRequest(model, (), False, self._parameters(uncut))
        system = system_text(replace(uncut, schema=""), prompt)
        with_schema = estimate_tokens(system_text(uncut, prompt)) if setup.schema else 0
        return Around(
            system,
            estimate_tools(self._agent.equip(request, uncut, DialectName.OPENAI).tools),
            request.parameters.max_tokens or 0,
            self.token_scale(setup),
            schema=max(0, with_schema - estimate_tokens(system)),
            keeps_reasoning=self._endpoints.dialect(setup.endpoint_id) in KEEPS_REASONING,
        )

    async def path_with(self, conversation: Conversation, draft: Draft) -> list[Message]:
        """The path that is shown with a new question at its end, which is not stored yet."""
        question = Message(
            id=uuid.uuid4().hex,
            conversation_id=conversation.id,
            role=Role.USER,
            parts=(*draft.attachments, TextPart(draft.text)),
            parent_id=conversation.leaf_id,
            created_at=self._clock(),
        )
        return [*path_to(await self._store.messages(conversation.id), conversation.leaf_id), question]

    async def check_first(self, setup: Setup, draft: Draft) -> None:
        """Raises UserError when a conversation that began with this question could not ask it; nothing is stored."""
        conversation = Conversation("", setup=setup)
        self.plan(await self.target(conversation), await self.path_with(conversation, draft))

    def plan(self, target: Target, path: Sequence[Message]) -> Asking:
        """The last question of a path as it would be asked. Raises UserError without room for it and its answer."""
        sent = request_messages(path, target.setup, self._settings.value.system_prompt)
        return Asking(path[-1], target, self._checked(target, sent))

    def _checked(self, target: Target, sent: tuple[RequestMessage, ...]) -> ChatRequest:
        request = self._request(target, sent)
        usual = target.setup.model or self.default_model(target.setup)
        # The list of what is sent is about the model of the conversation; another one has to be chosen anew.
        action = Action.TRIM if target.model == usual else Action.SWITCH_MODEL
        self._room.check(request, target.endpoint, action=action)
        return request

    async def add_question(self, conversation: Conversation, question: Message) -> None:
        """Store the user's turn at the end of the conversation."""
        await self._store.add_message(question)
        fields: dict[str, object] = {"draft": "", "updated_at": self._clock()}
        if not conversation.title:
            fields["title"] = provisional_title(question.text)
        await self._store.update(conversation.id, **fields)
        await self._store.save_draft_files(conversation.id, ())

    async def regenerate(
        self, conversation_id: str, message_id: str, *, model: str | None = None, thinking: bool | None = None
    ) -> None:
        """Ask the same question again; the old answer stays as a variant. Nothing happens without a question.

        Raises UserError when there is no endpoint, key or room.
        """
        await self.stop(conversation_id)
        conversation = await self._store.get(conversation_id)
        messages = await self._store.messages(conversation_id)
        question = question_of(messages, find(messages, message_id))
        if question is None:
            return
        target = await self.target(conversation, model=model, thinking=thinking)
        asking = self.plan(target, path_to(messages, question.id))
        answer = self.new_answer(asking)
        await self._log.do(Command("regenerate", conversation_id, leaf=conversation.leaf_id, added=(answer.id,)))
        await self.begin(answer, asking)

    async def continue_answer(self, conversation_id: str, message_id: str) -> None:
        """Go on with a partial answer in place; an answer without text is asked for again instead."""
        await self.stop(conversation_id, message_id)
        conversation = await self._store.get(conversation_id)
        messages = await self._store.messages(conversation_id)
        stored = find(messages, message_id)
        partial = answer_open_calls(stored, Outcome.INTERRUPTED)
        question, in_tools = question_of(messages, partial), ends_in_tools(partial)
        if question is None or not (in_tools or partial.text.strip()):
            await self.regenerate(conversation_id, message_id)
            return
        thinking = partial.thinking if in_tools else False
        target = await self.target(conversation, model=partial.model or None, thinking=thinking)
        path = path_to(messages, partial.id)
        messages_of = loop_messages if in_tools else continue_messages
        sent = messages_of(path, partial, target.setup, self._settings.value.system_prompt)
        asking = Asking(question, target, self._checked(target, sent))
        leaf = conversation.leaf_id
        await self._log.do(Command("continue", conversation_id, leaf=leaf, after=leaf, kept=(stored,)))
        base = replace(partial.without_errors(), status=Status.STREAMING, finish_reason="")
        await self._store.save_message(base)
        await self._run(base, asking)

    async def target(
        self, conversation: Conversation, *, model: str | None = None, thinking: bool | None = None
    ) -> Target:
        """Where an answer goes; what is not given is what the conversation says. Raises UserError without a key."""
        setup = conversation.setup
        endpoint = await self._endpoints.resolve(setup.endpoint_id)
        await self._endpoints.key_for(endpoint)
        chosen = model or setup.model or self.default_model(setup)
        if thinking is None:
            thinking = setup.thinking.resolve(setup.template_thinking)
        known = self._models.get(chosen)
        return Target(endpoint, chosen, known.can_think and (thinking or not known.can_rest), conversation)

    def new_answer(self, asking: Asking) -> Message:
        """The row of an answer that is about to be asked for; not stored yet."""
        question, target = asking.question, asking.target
        return Message(
            id=uuid.uuid4().hex,
            conversation_id=question.conversation_id,
            role=Role.ASSISTANT,
            parent_id=question.id,
            status=Status.STREAMING,
            model=target.model,
            endpoint_id=target.endpoint.id,
            thinking=target.thinking,
            created_at=self._clock(),
        )

    async def begin(self, answer: Message, asking: Asking) -> None:
        """Store an answer's row and let it come in; it becomes the one that is shown. The question is stored."""
        await self._run(await self._store.add_message(answer), asking)

    async def _run(self, base: Message, asking: Asking) -> None:
        target, request = asking.target, asking.request
        live = LiveAnswer(base, can_rest=self._models.get(target.model).can_rest)
        self._showing.live[base.id] = live
        await self.reload(base.conversation_id)
        self._news.announce(Changes(busy=True, conversations=True))
        self._keys[_key(base.id)] = base.conversation_id
        agent = self._agent.begin(target.conversation, request)
        bill = Bill(target.endpoint, base.id, base.conversation_id, target.conversation.setup.template_id)
        self._tasks.start(_key(base.id), self._answer(live, request, asking.question, agent, bill))
        await asyncio.sleep(0)  # a task that is cancelled before its first step never says that it has ended

    def _request(self, target: Target, sent: tuple[RequestMessage, ...]) -> ChatRequest:
        keeps = "reasoning" not in target.setup.left_out
        parameters = self._parameters(target.setup)
        request = ChatRequest(target.model, sent, target.thinking, parameters, keeps_reasoning=keeps)
        return self._agent.equip(request, target.setup, target.endpoint.dialect)

    def _parameters(self, setup: Setup) -> Parameters:
        """The template's parameters; the settings fill what it leaves open."""
        own = setup.parameters
        settings = self._settings.value
        if "reserve" in setup.left_out:
            own, settings = replace(own, max_tokens=None), replace(settings, default_max_tokens=None)
        return replace(
            own,
            temperature=settings.default_temperature if own.temperature is None else own.temperature,
            max_tokens=settings.default_max_tokens if own.max_tokens is None else own.max_tokens,
        )

    async def _answer(
        self, live: LiveAnswer, request: ChatRequest, question: Message, agent: AgentRun, bill: Bill
    ) -> None:
        message = await self._answering.run(live, request, agent=agent, bill=bill, ended=self._ended)
        if not self._showing.seen(message.conversation_id):
            await self._store.update(message.conversation_id, unread=True)
            self._news.announce(Changes(conversations=True))
        await self._learn(request, message, bill.endpoint)
        first = question.parent_id is None and message.status is Status.COMPLETE
        if first and self._settings.value.auto_title:
            self._titles.start(bill.endpoint, request.model, question)

    async def _learn(self, request: ChatRequest, message: Message, endpoint: Endpoint) -> None:
        """How many tokens the service has counted for what was sent; a tool loop has sent more than this request."""
        if message.usage is not None and message.usage.prompt_tokens and not message.tool_calls:
            counted = message.usage.prompt_tokens
            await self._scales.learn(endpoint.id, request.model, estimated=estimate_request(request), counted=counted)

    def _ended(self, message: Message) -> None:
        self._showing.settle(message)
        self._news.announce(Changes(conversations=True, busy=True, messages=frozenset({message.conversation_id})))

    # Steering

    def _running(self, conversation_id: str) -> list[str]:
        """The tasks that answer in a conversation; one may still be storing what it got."""
        self._keys = {key: owner for key, owner in self._keys.items() if self._tasks.running(key)}
        return [key for key, owner in self._keys.items() if owner == conversation_id]

    async def stop(self, conversation_id: str, message_id: str = "") -> None:
        """End the running answers (or one of them); what has come is kept and saved."""
        keys = [key for key in self._running(conversation_id) if not message_id or key == _key(message_id)]
        stopping = [task for key in keys if (task := self._tasks.cancel(key)) is not None]
        if stopping:
            await asyncio.wait(stopping)

    async def until_idle(self, conversation_id: str) -> None:
        """Wait until the conversation generates no more."""
        tasks = [task for key in self._running(conversation_id) if (task := self._tasks.get(key)) is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def retry_now(self, conversation_id: str) -> None:
        """End a retry countdown."""
        for live in self._showing.live_in(conversation_id):
            live.hurry.set()

    async def select_variant(self, conversation_id: str, message_id: str) -> None:
        """Show another answer (or question) of the same turn, with what follows it."""
        messages = await self._store.messages(conversation_id)
        await self._store.update(conversation_id, leaf_id=deepest_leaf(messages, message_id))
        await self.reload(conversation_id)

    async def step_variant(self, conversation_id: str, message_id: str, step: int) -> None:
        """The next (1) or previous (-1) variant of a shown turn; at the end nothing happens."""
        messages = await self._store.messages(conversation_id)
        ids = [m.id for m in variants_of(messages, find(messages, message_id))]
        place = ids.index(message_id) + step
        if 0 <= place < len(ids):
            await self.select_variant(conversation_id, ids[place])

    def default_model(self, setup: Setup) -> str:
        """The model of a conversation whose setup names none."""
        endpoint = self._endpoints.known(setup.endpoint_id)
        return (endpoint.model if endpoint else "") or self._settings.value.default_model


def _key(message_id: str) -> str:
    return f"answer:{message_id}"


def _estimate_of(draft: Draft) -> int:
    return sum(map(estimate_long, (draft.text, *(part.text for part in draft.attachments))))


def find(messages: Iterable[Message], message_id: str) -> Message:
    """A message that must be there."""
    return next(m for m in messages if m.id == message_id)
