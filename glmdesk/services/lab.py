"""The function lab: a function is offered to the model, its call answered by hand or by a mock, and kept as a tool."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Setup, ThinkingChoice
from glmdesk.domain.errors import UserError
from glmdesk.domain.exchange import Exchange
from glmdesk.domain.json_schema import Schema
from glmdesk.domain.tools import USER, ApprovalRequest, Decision, Scope, UserTool
from glmdesk.services.approvals import ApprovalService
from glmdesk.services.chat import ChatService, Draft
from glmdesk.services.drafts import PageDraft
from glmdesk.services.history import HistoryService
from glmdesk.services.inspecting import InspectionService
from glmdesk.services.news import News
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.tools import ToolService
from glmdesk.services.transcript import Transcript
from glmdesk.store.rows import RowFile
from glmdesk.tools.user_tools import UserTools, mocked

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # glm-api.md §7
_MOST = 100  # functions of one user


class LabFault(ValueError):
    """A function that cannot be offered; `text_id` says why."""

    def __init__(self, text_id: str) -> None:
        super().__init__(text_id)
        self.text_id = text_id


@dataclass(frozen=True, slots=True)
class LabJob:
    """What the page asks for; `parameters` is the schema's text. `by_hand`: every call waits for the user."""

    name: str = ""
    description: str = ""
    parameters: str = ""
    mock: str = ""
    question: str = ""
    model: str = ""
    thinking: bool = False
    by_hand: bool = True


class LabService:
    """A try is a conversation with one tool switched on; its calls are answered here or on the chat's own card."""

    def __init__(
        self,
        box: UserTools,
        file: RowFile[UserTool],
        drafts: RowFile[LabJob],
        *,
        chat: ChatService,
        history: HistoryService,
        tools: ToolService,
        approvals: ApprovalService,
        inspecting: InspectionService,
        check: Callable[[str], Coroutine[Any, Any, Schema]],
        tasks: TaskOwner,
        news: News,
    ) -> None:
        self._box = box
        self._file = file
        self._chat = chat
        self._history = history
        self._tools = tools
        self._approvals = approvals
        self._inspecting = inspecting
        self._check = check
        self._tasks = tasks
        self._news = news
        self._saved = list(file.load())
        self.draft = PageDraft(drafts, tasks, name="lab")
        box.set_saved(self._saved)

    # The user's functions

    def saved(self) -> Sequence[UserTool]:
        """In the order in which they were saved."""
        return tuple(self._saved)

    async def save(self, job: LabJob) -> UserTool:
        """Keep a function as a tool of the chat; one of the same name is replaced.

        Raises LabFault, SchemaUnusable, StoreError.
        """
        tool = await self.tool_of(job)
        others = [known for known in self._saved if known.name != tool.name]
        if len(others) >= _MOST:
            raise LabFault("structured.lab.too_many")
        await self._store([*others, tool])
        return tool

    async def delete(self, name: str) -> None:
        """Raises StoreError."""
        await self._store([tool for tool in self._saved if tool.name != name])

    async def _store(self, tools: list[UserTool]) -> None:
        await self._file.save(tools)
        self._saved = tools
        self._box.set_saved(tools)
        await self._approvals.check([tool.spec for tool in tools])  # "always" was for the function as it was
        self._news.announce(Changes(tools=True))

    async def tool_of(self, job: LabJob) -> UserTool:
        """The function of a job. Raises LabFault or SchemaUnusable."""
        if not _NAME.fullmatch(job.name):
            raise LabFault("structured.lab.bad_name")
        if any(spec.name == job.name and spec.origin != USER for spec in self._tools.specs()):
            raise LabFault("structured.lab.taken")
        if not job.description.strip():
            raise LabFault("structured.lab.no_description")  # the API wants one (glm-api.md §7)
        schema = await self._check(job.parameters) if job.parameters.strip() else {}
        return UserTool(job.name, job.description.strip(), schema, job.mock)

    # Trying

    async def start(self, job: LabJob) -> str:
        """Ask with the function; the id of the conversation. Raises LabFault, SchemaUnusable, UserError."""
        tool = await self.tool_of(job)
        if not job.question.strip():
            raise LabFault("structured.lab.no_question")
        thinking = ThinkingChoice.ON if job.thinking else ThinkingChoice.OFF
        setup = Setup(model=job.model, thinking=thinking, tools=(tool.name,))
        await self._chat.check_first(setup, Draft(job.question))
        conversation = await self._history.create(setup)
        self._box.try_out(tool)
        self._tasks.start("lab", self._attend(conversation.id, tool, by_hand=job.by_hand))
        try:
            await self._chat.send(conversation.id, Draft(job.question))
        except UserError:
            self._tasks.cancel("lab")
            raise
        return conversation.id

    async def _attend(self, conversation_id: str, tool: UserTool, *, by_hand: bool) -> None:
        """Answer calls by the mock while the try runs; the function is gone from the list when it has ended."""
        begun = False
        try:
            async with aclosing(self._news.changes()) as news:
                async for _ in news:
                    busy = conversation_id in self._chat.busy()
                    begun = begun or busy
                    if not by_hand:
                        for request in self._approvals.pending(conversation_id):
                            await self.answer(request, self.mock_answer(tool.mock, request))
                    if begun and not busy:
                        return
        finally:
            self._box.end_try(tool)

    def mock_answer(self, mock: str, request: ApprovalRequest) -> str:
        """What the mock says to a call."""
        arguments = json.loads(request.arguments)
        return mocked(mock, arguments)

    def pending(self, conversation_id: str) -> Sequence[ApprovalRequest]:
        """The calls that wait for an answer."""
        return self._approvals.pending(conversation_id)

    async def answer(self, request: ApprovalRequest, text: str) -> None:
        """Give a call its result. It is the user's word for this one call. Raises StoreError."""
        self._box.answer(request.conversation_id, json.loads(request.arguments), text)
        await self._approvals.decide(request.id, Decision(Scope.ONCE))

    async def refuse(self, request: ApprovalRequest, reason: str) -> None:
        """Tell the model that the call is not allowed. Raises StoreError."""
        await self._approvals.decide(request.id, Decision(Scope.DENY, reason))

    def running(self, conversation_id: str) -> bool:
        return conversation_id in self._chat.busy()

    async def stop(self, conversation_id: str) -> None:
        await self._chat.stop(conversation_id)

    def watch(self, conversation_id: str) -> None:
        """The try that the page shows, '' when it shows none."""
        self._chat.watch(conversation_id)

    async def look(self, conversation_id: str) -> Transcript:
        """Question and answer as they are now."""
        return await self._chat.look(conversation_id)

    async def exchanges(self, message_id: str) -> Sequence[Exchange]:
        """The requests of an answer and what came back, oldest first."""
        return await self._inspecting.of(message_id)

    async def close(self) -> None:
        await self.draft.close()


def reply_events(body: str) -> list[Any]:
    """The JSON of a reply: of every event of a stream, or of the one body; what is no JSON stays text."""
    lines = [line[5:].strip() for line in body.splitlines() if line.startswith("data:")]
    return [_value(line) for line in lines if line] if lines else [_value(body)]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def job_of(tool: UserTool, job: LabJob) -> LabJob:
    """A saved function put into the page, with the question that stands there."""
    text = json.dumps(tool.parameters, ensure_ascii=False, indent=2) if tool.parameters else ""
    return replace(job, name=tool.name, description=tool.description, parameters=text, mock=tool.mock)
