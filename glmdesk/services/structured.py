"""Structured output: a question with a schema, the verdict on every answer, and one turn that sends faults back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Conversation, Setup, ThinkingChoice
from glmdesk.domain.errors import UserError
from glmdesk.domain.json_reply import Found, read_reply
from glmdesk.domain.json_schema import Problem, Schema, SchemaUnusable, place_of, read_schema, wants_object
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.request import Parameters
from glmdesk.domain.structured import SchemaFault, Verdict, repair_request, sentence
from glmdesk.domain.table import Table
from glmdesk.domain.template import Family, Template, Variable, VariableKind, slots
from glmdesk.domain.threads import in_thread
from glmdesk.services.chat import ChatService, Draft
from glmdesk.services.drafts import PageDraft
from glmdesk.services.history import HistoryService
from glmdesk.services.news import News
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.templates import TemplateService
from glmdesk.services.transcript import Transcript
from glmdesk.services.workers import Worker, WorkerError
from glmdesk.store.atomic import export_file
from glmdesk.store.rows import RowFile

INPUT = "input"
"""The name of the attachment that holds the words to work on."""
_SECONDS = 3.0  # for one validation; a pattern or a reference that needs longer is given up
_IDLE_SECONDS = 60.0
_TRIVIAL: Mapping[str, Any] = {"schema": {}, "value": None}
_LONGEST = 1_000_000  # characters of a value that are validated
_KEPT = 50  # verdicts
_RUNS = 30  # that are listed


@dataclass(frozen=True, slots=True)
class Job:
    """What the page asks for. `model` '' is the default of the settings; `data` the words to work on."""

    schema: str
    prompt: str
    data: str = ""
    model: str = ""
    thinking: bool = False
    repair: bool = True
    template_id: str = ""
    system: str = ""
    parameters: Parameters = Parameters()


@dataclass(frozen=True, slots=True)
class Try:
    """One answer of a run; `verdict` None while it comes in or when it came to nothing."""

    message: Message
    live: bool
    verdict: Verdict | None = None

    @property
    def judgeable(self) -> bool:
        """Whether it is an answer that can be read: ended, and with words."""
        return not self.live and self.message.status is not Status.WITHDRAWN and bool(self.message.text.strip())


class StructuredService:
    """A run is a conversation whose setup has a schema: what comes is saved like any answer."""

    def __init__(
        self,
        chat: ChatService,
        history: HistoryService,
        tasks: TaskOwner,
        *,
        news: News,
        catalogue: Callable[[], Catalogue],
        templates: TemplateService,
        drafts: RowFile[Job],
        seconds: float = _SECONDS,
    ) -> None:
        self._chat = chat
        self._history = history
        self._tasks = tasks
        self._news = news
        self._catalogue = catalogue
        self._templates = templates
        self.draft = PageDraft(drafts, tasks, name="structured")
        self._worker = Worker("schema", limit=seconds)
        self._verdicts: dict[tuple[str, str, str], Verdict] = {}

    # Schemas

    async def check(self, text: str) -> Schema:
        """The schema in a text. Raises SchemaUnusable with every place that is wrong."""
        schema = read_schema(text)
        reply = await self._ask({"schema": schema})
        if reply is None or "error" in reply:
            raise SchemaUnusable([Problem("structured.schema.unusable")])
        problems = [_problem(text, fault, self._catalogue().text) for fault in _faults(reply)]
        if problems:
            raise SchemaUnusable(problems)
        return schema

    # What is written and kept

    async def save_template(self, job: Job, title: str, family: str) -> Template:
        """The schema and its question as a template of the user's; the words to work on become a field of its form.

        Raises TemplateError, StoreError.
        """
        catalogue = self._catalogue()
        asks_for_data = f"{{{{{INPUT}}}}}"
        prompt = job.prompt if asks_for_data in job.prompt else f"{job.prompt.strip()}\n\n{asks_for_data}".strip()
        field = Variable(INPUT, catalogue.text("structured.data"), VariableKind.LONG, required=True)
        template = Template(
            "",
            Family(family),
            title,
            catalogue.text("structured.template_about"),
            prompt,
            language=catalogue.language.value,
            system=job.system,
            variables=tuple(replace(field, name=name) for name in slots(prompt)),
            model=job.model,
            thinking=job.thinking,
            parameters=replace(job.parameters, json_object=True),
            output="json",
            schema=job.schema,
            built_in=False,
        )
        return await self._templates.save(template)

    # Runs

    async def start(self, job: Job) -> str:
        """Ask; the id of the conversation. Raises SchemaUnusable, or UserError when there is no endpoint, key or room.

        An answer that does not fit is sent back once, if the job says so.
        """
        schema = await self.check(job.schema)
        setup = Setup(
            system=job.system,
            template_id=job.template_id,
            model=job.model,
            thinking=ThinkingChoice.ON if job.thinking else ThinkingChoice.OFF,
            parameters=replace(job.parameters, json_object=wants_object(schema)),
            tools=(),
            schema=job.schema,
        )
        data = (AttachmentPart(INPUT, "text/plain", job.data),) if job.data.strip() else ()
        draft = Draft(job.prompt, data)
        await self._chat.check_first(setup, draft)
        conversation = await self._history.create(setup)
        await self._chat.send(conversation.id, draft)
        if job.repair:
            self._watch_over(conversation.id)
        return conversation.id

    def _watch_over(self, conversation_id: str) -> None:
        """Send the faults of the answer that runs now back, if it has any."""
        task = self._tasks.start(_key(conversation_id), self._repair_when_needed(conversation_id))
        task.add_done_callback(lambda _: self._announce(conversation_id))

    async def again(self, conversation_id: str) -> None:
        """Ask for the newest answer once more. Raises UserError."""
        rows = (await self._chat.look(conversation_id)).rows
        await self._chat.regenerate(conversation_id, rows[-1].id)
        self._watch_over(conversation_id)

    async def resume(self, conversation_id: str) -> None:
        """Go on with an answer that broke off. Raises UserError."""
        rows = (await self._chat.look(conversation_id)).rows
        await self._chat.continue_answer(conversation_id, rows[-1].id)

    def _announce(self, conversation_id: str) -> None:
        self._news.announce(Changes(busy=True, messages=frozenset({conversation_id})))

    async def _repair_when_needed(self, conversation_id: str) -> None:
        await self._chat.until_idle(conversation_id)
        transcript = await self._chat.look(conversation_id)
        tries = await self.tries(transcript)
        if len(tries) == 1 and can_repair(tries[-1]):
            with suppress(UserError):  # no key any more: the page offers the button
                await self._send_back(conversation_id, tries[-1])

    async def repair(self, conversation_id: str) -> None:
        """Send the faults of the newest answer back, by the user's wish. Raises UserError."""
        tries = await self.tries(await self._chat.look(conversation_id))
        if tries and can_repair(tries[-1]):
            await self._send_back(conversation_id, tries[-1])

    async def _send_back(self, conversation_id: str, bad: Try) -> None:
        if bad.verdict is None:
            return
        catalogue = self._catalogue()
        # What misses in a value that was cut at a mistake is not what is wrong with it.
        faults = bad.verdict.faults if bad.verdict.reply.is_whole else (SchemaFault((), "json"),)
        chinese = catalogue.language.value.startswith("zh")
        await self._chat.send(conversation_id, Draft(repair_request(faults, catalogue.text, chinese=chinese)))

    async def stop(self, conversation_id: str) -> None:
        """End what runs; nothing is sent back after it."""
        self._tasks.cancel(_key(conversation_id))
        await self._chat.stop(conversation_id)

    def running(self, conversation_id: str) -> bool:
        """True from the question to the last answer, with the repair between."""
        return self._tasks.running(_key(conversation_id)) or conversation_id in self._chat.busy()

    async def runs(self) -> Sequence[Conversation]:
        """The newest conversations that have a schema."""
        return [c for c in await self._history.list() if c.setup.schema][:_RUNS]

    async def job_of(self, conversation_id: str) -> Job:
        """What a run was asked, for the page to show again."""
        setup = (await self._history.get(conversation_id)).setup
        transcript = await self._chat.look(conversation_id)
        first = next((row.message for row in transcript.rows if row.message.role is Role.USER), None)
        data = next((p.text for p in first.attachments if p.name == INPUT), "") if first else ""
        prompt = first.text if first else ""
        thinking = setup.thinking.resolve(setup.template_thinking)
        return Job(
            setup.schema,
            prompt,
            data,
            setup.model,
            thinking,
            template_id=setup.template_id,
            system=setup.system,
            parameters=setup.parameters,
        )

    async def run_of(self, job: Job) -> str:
        """The newest run, when it asked just this; '' when it asked something else, or there is none."""
        newest = next(iter(await self.runs()), None)
        if newest is None:
            return ""
        asked = await self.job_of(newest.id)
        same = replace(job, repair=asked.repair, system=asked.system, parameters=asked.parameters)
        return newest.id if same == asked else ""

    def watch(self, conversation_id: str) -> None:
        """The run that the page shows, '' when it shows none: its answers are not unread."""
        self._chat.watch(conversation_id)

    async def look(self, conversation_id: str) -> Transcript:
        """The answers of a run as they come; nothing is marked read."""
        return await self._chat.look(conversation_id)

    async def tries(self, transcript: Transcript) -> list[Try]:
        """The answers of a run, oldest first, each with its verdict."""
        setup = (await self._history.get(transcript.conversation_id)).setup
        rows = [row for row in transcript.rows if row.message.role is Role.ASSISTANT]
        found = [Try(row.message, row.live) for row in rows]
        return [replace(t, verdict=await self.judge(t.message, setup.schema)) if t.judgeable else t for t in found]

    async def judge(self, message: Message, schema_text: str) -> Verdict:
        """Whether an answer fits. Never raises for what stands in it."""
        key = (message.id, message.text, schema_text)
        if key not in self._verdicts:
            self._verdicts[key] = await self._judge(message, schema_text)
            while len(self._verdicts) > _KEPT:
                self._verdicts.pop(next(iter(self._verdicts)))
        return self._verdicts[key]

    async def _judge(self, message: Message, schema_text: str) -> Verdict:
        try:
            schema = read_schema(schema_text)
        except SchemaUnusable:
            schema = {}
        array, text = not wants_object(schema), message.text
        reply = await in_thread(lambda: read_reply(text, array=array), name="glmdesk-reply")
        cut = message.finish_reason == "length"
        if reply.found is Found.NONE:
            return Verdict(reply, cut=cut)
        if len(message.text) > _LONGEST:
            return Verdict(reply, unchecked=True, cut=cut)
        answer = await self._ask({"schema": schema, "value": reply.value})
        if answer is None or "error" in answer:
            return Verdict(reply, unchecked=True, cut=cut)
        return Verdict(reply, tuple(_faults(answer)), int(answer["more"]), cut=cut)

    # Files

    def pretty(self, value: object) -> str:
        """A value as readable JSON."""
        from glmdesk.exporters.tables import json_bytes

        return json_bytes(value).decode()

    async def save_json(self, value: object, path: Path) -> None:
        """Raises StoreError."""
        from glmdesk.exporters.tables import json_bytes

        await self._write(lambda: json_bytes(value), path)

    async def save_csv(self, table: Table, path: Path) -> None:
        """Raises StoreError."""
        from glmdesk.exporters.tables import csv_bytes

        await self._write(lambda: csv_bytes(table), path)

    async def save_xlsx(self, tables: Sequence[Table], path: Path) -> None:
        """All tables of a value, one a sheet. Raises StoreError."""

        def made() -> bytes:
            from glmdesk.exporters.tables import xlsx_bytes

            return xlsx_bytes(tables)

        await self._write(made, path)

    async def _write(self, made: Callable[[], bytes], path: Path) -> None:
        await in_thread(lambda: export_file(path, made()), name="glmdesk-export")

    # The process that validates

    async def _ask(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """The reply, None when the process needed too long or died."""
        try:
            await self._worker.warm_up(_TRIVIAL)
            return await self._worker.ask(question)
        except WorkerError:
            return None
        finally:
            self._tasks.start("structured:idle", self._end_when_idle())

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(_IDLE_SECONDS)
        await self._worker.close()

    async def close(self) -> None:
        await self.draft.close()
        await self._worker.close()


def can_repair(answer: Try) -> bool:
    """Whether sending the faults back makes sense: a whole answer that is wrong."""
    verdict = answer.verdict
    if verdict is None or verdict.fits or verdict.cut or verdict.unchecked:
        return False
    return answer.message.status is Status.COMPLETE


def _key(conversation_id: str) -> str:
    return f"structured:{conversation_id}"


def _faults(reply: Mapping[str, Any]) -> list[SchemaFault]:
    return [SchemaFault(tuple(row["path"]), row["keyword"], row["args"]) for row in reply["faults"]]


def _problem(text: str, fault: SchemaFault, words: Callable[..., str]) -> Problem:
    line, column = place_of(text, fault.path)
    args = {"where": fault.where, "why": sentence(fault, words)}
    return Problem("structured.schema.rule", args, line, column)
