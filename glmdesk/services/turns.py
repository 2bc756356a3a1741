"""What a user does to single turns: edit, branch, delete, answer now, compare, and the undo of all of it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from glmdesk.domain.changes import Changes, Undone
from glmdesk.domain.conversation import Conversation, branch_of, deepest_leaf, path_to, question_of, variants_of
from glmdesk.domain.message import Message
from glmdesk.domain.part import TextPart
from glmdesk.domain.rounds import ends_in_tools
from glmdesk.services.chat import Asking, ChatService, Draft, Target, find
from glmdesk.services.news import News
from glmdesk.services.titles import provisional_title
from glmdesk.store.commands import Command, CommandLog
from glmdesk.store.conversations import Conversations

_COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Choice:
    """How one of two answers is asked for; None is what the conversation says."""

    model: str | None = None
    thinking: bool | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two answers to one question that stand side by side until one is picked."""

    question: Message
    answers: tuple[str, str]


class TurnService:
    """Every change can be undone (`CommandLog`); a running answer of the conversation is stopped first."""

    def __init__(
        self,
        chat: ChatService,
        store: Conversations,
        *,
        log: CommandLog,
        news: News,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._chat = chat
        self._store = store
        self._log = log
        self._news = news
        self._clock = clock

    async def _at_rest(self, conversation_id: str) -> tuple[Conversation, list[Message]]:
        await self._chat.stop(conversation_id)
        return await self._store.get(conversation_id), await self._store.messages(conversation_id)

    # Asking in another way

    async def edit(self, conversation_id: str, message_id: str, draft: Draft) -> None:
        """Ask with other words or files; the old question stays as a variant with all that followed it.

        Raises UserError when there is no endpoint, key or room; then nothing has changed.
        """
        conversation, messages = await self._at_rest(conversation_id)
        old = find(messages, message_id)
        text = draft.text
        if text == old.text and draft.attachments == old.attachments:
            await self._chat.regenerate(conversation_id, message_id)
            return
        target = await self._chat.target(conversation)
        parts = (*draft.attachments, TextPart(text))
        question = replace(old, id=uuid.uuid4().hex, parts=parts, seq=0, created_at=self._clock(), damaged=False)
        asking = self._chat.plan(target, [*path_to(messages, old.parent_id), question])
        await self._log.do(Command("edit", conversation_id, leaf=conversation.leaf_id, added=(question.id,)))
        await self._store.add_message(question)
        fields: dict[str, object] = {"updated_at": self._clock()}
        if old.parent_id is None and conversation.title_is_auto:
            fields["title"] = provisional_title(text)
        await self._store.update(conversation_id, **fields)
        await self._chat.begin(self._chat.new_answer(asking), asking)

    async def answer_now(self, conversation_id: str, message_id: str) -> None:
        """Stop a running thought and ask the same turn without thinking; the thought stays as a variant."""
        await self._ask_again(conversation_id, message_id, thinking=False, kind="answer_now")

    async def again(self, conversation_id: str, message_id: str) -> None:
        """Ask for one column of a comparison again; the other goes on."""
        await self._ask_again(conversation_id, message_id, thinking=None, kind="regenerate")

    async def go_on(self, conversation_id: str, message_id: str) -> None:
        """Go on with one column where it ended, or ask for it again when nothing of it is there."""
        stored = find(await self._store.messages(conversation_id), message_id)
        begun = stored.text.strip() or ends_in_tools(stored)
        await (self._chat.continue_answer if begun else self.again)(conversation_id, message_id)

    async def _ask_again(self, conversation_id: str, message_id: str, *, thinking: bool | None, kind: str) -> None:
        await self._chat.stop(conversation_id, message_id)
        conversation = await self._store.get(conversation_id)
        messages = await self._store.messages(conversation_id)
        thought = find(messages, message_id)
        question = question_of(messages, thought)
        if question is None:
            return
        wanted = thought.thinking if thinking is None else thinking
        target = await self._chat.target(conversation, model=thought.model or None, thinking=wanted)
        asking = self._chat.plan(target, path_to(messages, question.id))
        answer = self._chat.new_answer(asking)
        await self._log.do(Command(kind, conversation_id, leaf=conversation.leaf_id, added=(answer.id,)))
        if message_id in (pair := _compared(conversation)):
            now = [answer.id if i == message_id else i for i in pair]
            await self._store.update(conversation_id, extra={**conversation.extra, _COMPARE: now})
        await self._chat.begin(answer, asking)

    async def branch(self, conversation_id: str, message_id: str, *, title: str) -> Conversation:
        """A new conversation with the turns up to a message."""
        made = await self._store.branch(conversation_id, message_id, title=title, now=self._clock())
        await self._log.do(Command("branch", conversation_id, made=made.id))
        self._news.announce(Changes(conversations=True))
        return made

    # Deleting

    async def delete(self, conversation_id: str, message_id: str) -> None:
        """Take one message out; what follows it stays. Another variant takes the place of a last one."""
        conversation, messages = await self._at_rest(conversation_id)
        message = find(messages, message_id)
        shown = [m.id for m in path_to(messages, conversation.leaf_id)]
        last = not shown or shown[-1] == message_id
        after = _instead(messages, message) if last else conversation.leaf_id
        await self._remove(Command("delete", conversation_id, conversation.leaf_id, after, removed=(message_id,)))

    async def delete_from(self, conversation_id: str, message_id: str) -> None:
        """Take a message out with all that follows it, in every variant."""
        conversation, messages = await self._at_rest(conversation_id)
        message = find(messages, message_id)
        removed = tuple(m.id for m in branch_of(messages, [message_id]) if m.deleted_at is None)
        after = _instead(messages, message)
        await self._remove(Command("delete_from", conversation_id, conversation.leaf_id, after, removed=removed))

    async def _remove(self, command: Command) -> None:
        await self._log.do(command)
        await self._show_again(command.conversation_id)

    async def _show_again(self, conversation_id: str) -> None:
        await self._chat.reload(conversation_id)
        self._news.announce(Changes(conversations=True))

    # Two answers side by side

    async def compare(self, conversation_id: str, message_id: str, left: Choice, right: Choice) -> None:
        """Ask a question twice at once; nothing happens when it was deleted. Raises UserError without key or room."""
        conversation, messages = await self._at_rest(conversation_id)
        question = question_of(messages, find(messages, message_id))
        if question is not None:
            path = path_to(messages, question.id)
            targets = [await self._target(conversation, choice) for choice in (left, right)]
            await self._ask_twice(conversation, [self._chat.plan(target, path) for target in targets])

    async def compare_new(self, conversation_id: str, draft: Draft, left: Choice, right: Choice) -> None:
        """Ask a new question twice at once. Raises UserError without key or room; then nothing has changed."""
        conversation, _ = await self._at_rest(conversation_id)
        targets = [await self._target(conversation, choice) for choice in (left, right)]
        path = await self._chat.path_with(conversation, draft)
        asked = [self._chat.plan(target, path) for target in targets]
        await self._chat.add_question(conversation, path[-1])
        await self._ask_twice(conversation, asked)

    async def _target(self, conversation: Conversation, choice: Choice) -> Target:
        return await self._chat.target(conversation, model=choice.model, thinking=choice.thinking)

    async def _ask_twice(self, conversation: Conversation, asked: Sequence[Asking]) -> None:
        answers = [self._chat.new_answer(asking) for asking in asked]
        ids = tuple(answer.id for answer in answers)
        leaf = (await self._store.get(conversation.id)).leaf_id
        await self._log.do(Command(_COMPARE, conversation.id, leaf=leaf, added=ids))
        await self._store.update(conversation.id, extra={**conversation.extra, _COMPARE: list(ids)})
        for answer, asking in zip(answers, asked, strict=True):
            await self._chat.begin(answer, asking)

    async def comparison(self, conversation_id: str) -> Comparison | None:
        """What stands side by side in a conversation, if it is still there and none was picked."""
        compared = _compared(await self._store.get(conversation_id))
        if not compared:
            return None
        messages = {m.id: m for m in await self._store.messages(conversation_id) if m.deleted_at is None}
        answers = [m for i in compared if (m := messages.get(i)) is not None]
        question = question_of(messages.values(), answers[0]) if len(answers) == 2 else None
        return Comparison(question, (answers[0].id, answers[1].id)) if question is not None else None

    async def pick(self, conversation_id: str, message_id: str) -> None:
        """Go on with one of two answers; the other remains a variant and ends, if it is still coming in."""
        conversation = await self._store.get(conversation_id)
        for other in _compared(conversation):
            if other != message_id:
                await self._chat.stop(conversation_id, other)
        await self.leave_comparison(conversation_id)
        await self._chat.select_variant(conversation_id, message_id)

    async def leave_comparison(self, conversation_id: str) -> None:
        """Show one answer again; both remain variants."""
        extra = dict((await self._store.get(conversation_id)).extra)
        if extra.pop(_COMPARE, None) is not None:
            await self._store.update(conversation_id, extra=extra)
            self._news.announce(Changes(messages=frozenset({conversation_id})))

    # Undo

    async def undo(self, conversation_id: str) -> Undone | None:
        """Take back what was done last in this conversation or to the list; None when there is nothing."""
        await self._chat.stop(conversation_id)
        return await self._shown_again(await self._log.undo(conversation_id))

    async def redo(self, conversation_id: str) -> Undone | None:
        """Do again what was undone last."""
        await self._chat.stop(conversation_id)
        return await self._shown_again(await self._log.redo(conversation_id))

    async def _shown_again(self, undone: Undone | None) -> Undone | None:
        if undone is not None:
            await self._show_again(undone.conversation_id)
        return undone


def _compared(conversation: Conversation) -> list[str]:
    ids: object = conversation.extra.get(_COMPARE)
    return [str(i) for i in cast("list[object]", ids)] if isinstance(ids, list) else []


def _instead(messages: list[Message], message: Message) -> str | None:
    """What is shown when a turn and all below it are gone: the newest other variant, else what came before."""
    others = [m for m in variants_of(messages, message) if m.id != message.id]
    return deepest_leaf(messages, others[-1].id) if others else message.parent_id
