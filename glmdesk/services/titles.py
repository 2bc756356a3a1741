"""Titles: the first line at once, then one cheap call without thinking."""

from __future__ import annotations

import re

from glmdesk.domain.changes import Changes
from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import UserError
from glmdesk.domain.message import Message, Role
from glmdesk.domain.request import ChatRequest, Parameters, RequestMessage
from glmdesk.domain.spending import Purpose
from glmdesk.services.calls import SmallCalls
from glmdesk.services.news import News
from glmdesk.services.spending import Bill
from glmdesk.services.tasks import TaskOwner
from glmdesk.store.conversations import Conversations

TITLE_PROMPT = (
    "Title: give this conversation a title of at most 12 Chinese characters or 6 words, in the language of the "
    "question. Answer with the title alone: no quotation marks, no full stop."
)
_LONGEST = 40


def provisional_title(text: str) -> str:
    """The first line of the question, shortened."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def clean_title(text: str) -> str:
    """The model's words as a title: one line, no quotes, no mark-up; '' when nothing is left."""
    line = provisional_title(text)
    return re.sub(r"^[#*\s\"'“”「」《》『』]+|[#*\s\"'“”「」』。.]+$", "", line)


class TitleService:
    """Asks for a title once per conversation, after its first answer, while nobody has named it."""

    def __init__(
        self,
        store: Conversations,
        *,
        calls: SmallCalls,
        tasks: TaskOwner,
        news: News,
    ) -> None:
        self._store = store
        self._calls = calls
        self._tasks = tasks
        self._news = news

    def start(self, endpoint: Endpoint, model: str, question: Message) -> None:
        """Ask in the background for the title of the conversation that `question` opens."""
        self._tasks.start(f"title:{question.conversation_id}", self._ask(endpoint, model, question))

    async def _ask(self, endpoint: Endpoint, model: str, question: Message) -> None:
        if not (await self._store.get(question.conversation_id)).title_is_auto:
            return
        messages = (
            RequestMessage(Role.SYSTEM, TITLE_PROMPT),
            RequestMessage(Role.USER, question.text[:2000]),
        )
        request = ChatRequest(model, messages, thinking=False, parameters=Parameters(max_tokens=64))
        try:
            bill = Bill(endpoint, conversation_id=question.conversation_id, purpose=Purpose.TITLE)
            title = clean_title(await self._calls.text(bill, request))
        except UserError:
            return  # the first line of the question stays: a title is not worth an error
        if title and (await self._store.get(question.conversation_id)).title_is_auto:
            await self._store.update(question.conversation_id, title=title)
            self._news.announce(Changes(conversations=True))
