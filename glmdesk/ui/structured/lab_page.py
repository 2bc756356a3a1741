"""The function lab: a function on the left, its round trip on the right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QHBoxLayout

from glmdesk.domain.changes import Changes
from glmdesk.domain.message import Role
from glmdesk.domain.tools import ApprovalRequest
from glmdesk.services.desk import Desk
from glmdesk.services.lab import LabFault, LabJob, job_of
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo, LongEdit
from glmdesk.ui.structured.asking import AskingPage
from glmdesk.ui.structured.halves import swap
from glmdesk.ui.structured.lab_result import LabResult
from glmdesk.ui.structured.schema_card import SchemaCard
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented


class LabPage(AskingPage):
    """What is written is kept as a draft; a try is a conversation."""

    task_prefix = "lab"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        schema = SchemaCard(theme=theme, many=False, title_id="structured.lab.parameters")
        super().__init__(theme=theme, desk=desk, tasks=tasks, schema=schema, save_id="structured.lab.save")
        self.try_id = ""
        self.saved = Combo(theme=theme)
        self.delete_button = IconButton("trash", "structured.lab.delete", theme=theme)
        self.name = LineEdit()
        self.name.setMaxLength(64)
        self.description = LineEdit()
        self.answers = Segmented([("hand", "structured.lab.by_hand"), ("mock", "structured.lab.by_mock")], theme=theme)
        self.answers.set_value("hand")
        self.mock = LongEdit(theme=theme, height=72)
        self.name_label = PlainLabel(theme=theme, role="muted")
        self.description_label = PlainLabel(theme=theme, role="muted")
        self.question_label = PlainLabel(theme=theme, role="muted")
        self.question = LongEdit(theme=theme, height=72)
        self.result = LabResult(theme=theme)
        self._build()
        self._connect()
        self._list_saved()
        self._show_running()
        self.retranslate()

    def _build(self) -> None:
        column = self.card.column
        top = QHBoxLayout()
        top.addWidget(self.saved, 1)
        top.addWidget(self.delete_button)
        column.addLayout(top)
        labels = ((self.name_label, self.name), (self.description_label, self.description))
        for label, field in (*labels, (self.question_label, self.question)):
            label.setBuddy(field)
        for widget in (*(widget for pair in labels for widget in pair), self.schema):
            column.addWidget(widget)
        ways = QHBoxLayout()
        ways.addWidget(self.answers)
        ways.addStretch(1)
        column.addLayout(ways)
        column.addWidget(self.mock)
        for widget in (self.question_label, self.question, self.models, self.problem):
            column.addWidget(widget)
        column.addLayout(self._buttons())
        column.addStretch(1)
        self.set_halves(self.card, self.result)

    def _connect(self) -> None:
        for line in (self.name, self.description):
            line.textChanged.connect(self._edited)
        for edit in (self.mock, self.question):
            edit.textChanged.connect(self._edited)
        self.answers.chosen.connect(self._edited)
        self.saved.activated.connect(self._open_saved)
        self.delete_button.clicked.connect(self._delete)
        self.save_button.clicked.connect(lambda: self._start("save", self._checked(self._save)))
        self.run_button.clicked.connect(lambda: self._start("run", self._checked(self._run)))
        self.stop_button.clicked.connect(lambda: self._start("stop", self._desk.lab.stop(self.try_id)))
        self.result.wanted.connect(self._act)
        self.result.call.answered.connect(self._answer)
        self.result.call.refused.connect(self._refuse)
        self.result.call.mock_wanted.connect(self._fill_mock)

    # What is written

    @property
    def job(self) -> LabJob:
        return LabJob(
            self.name.cleaned,
            self.description.cleaned,
            self.schema.text,
            self.mock.text,
            self.question.text,
            self.models.model,
            self.models.thinking,
            self.answers.value == "hand",
        )

    def show_job(self, job: LabJob) -> None:
        self.name.setText(job.name)
        self.description.setText(job.description)
        self.schema.set_text(job.parameters)
        self.mock.replace_text(job.mock)
        self.question.replace_text(job.question)
        self.models.show_choice(job.model, thinking=job.thinking)
        self.answers.set_value("hand" if job.by_hand else "mock")

    def load(self) -> None:
        """The draft of the last time."""
        draft = self._desk.lab.draft.value
        if draft is not None:
            self.show_job(draft)

    def keep_draft(self) -> None:
        self._desk.lab.draft.keep(self.job)

    def question_words(self) -> str:
        asked = self.question.text.strip()
        return f"{self.description.text()}\n{self.schema.text}\n{asked}" if asked else ""

    # The user's functions

    def _list_saved(self) -> None:
        names = [tool.name for tool in self._desk.lab.saved()]
        self.saved.clear()
        self.saved.addItem(tr("structured.lab.new"), "")
        for name in names:
            self.saved.addItem(name, name)
        self.saved.setCurrentIndex(names.index(self.name.cleaned) + 1 if self.name.cleaned in names else 0)
        self.delete_button.setEnabled(bool(self.saved.currentData()))

    def _open_saved(self) -> None:
        name = self.saved.currentData()
        tool = next((t for t in self._desk.lab.saved() if t.name == name), None)
        self.show_job(job_of(tool, self.job) if tool else LabJob(question=self.question.text))
        self.delete_button.setEnabled(tool is not None)

    async def _save(self) -> None:
        tool = await self._desk.lab.save(self.job)
        self._list_saved()
        self.told.emit(tr("structured.lab.saved", name=tool.name))

    def _delete(self) -> None:
        self._start("delete", self._deleted(str(self.saved.currentData())))

    async def _deleted(self, name: str) -> None:
        await self._desk.lab.delete(name)  # what is written stays in the fields
        self._list_saved()
        self.told.emit(tr("structured.lab.deleted", name=name))

    async def _checked(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await super()._checked(work)
        except LabFault as fault:
            text_id = fault.text_id
            self._say(lambda: tr(text_id))

    # Trying

    async def _run(self) -> None:
        self.try_id = await self._desk.lab.start(self.job)
        self._desk.lab.watch(self.try_id)
        await self._reload()
        self.show_second()  # and again when a call comes: there is more to scroll then

    async def _reload(self) -> None:
        lab, try_id = self._desk.lab, self.try_id
        rows = (await lab.look(try_id)).rows
        answer = next((row.message for row in reversed(rows) if row.message.role is Role.ASSISTANT), None)
        exchanges = await lab.exchanges(answer.id) if answer else ()
        if try_id != self.try_id:
            return
        pending = lab.pending(try_id) if self.answers.value == "hand" else ()
        waited = self.result.call.request is not None
        self.result.show_try(answer, exchanges, pending[0] if pending else None, running=lab.running(try_id))
        self._show_running()
        if pending and not waited:
            self.show_second()

    def _show_running(self) -> None:
        running = bool(self.try_id) and self._desk.lab.running(self.try_id)
        swap(self.run_button, self.stop_button, second=running)

    def _answer(self, request: ApprovalRequest, text: str) -> None:
        self._start("answer", self._desk.lab.answer(request, text))

    def _refuse(self, request: ApprovalRequest, reason: str) -> None:
        self._start("answer", self._desk.lab.refuse(request, reason))

    def _fill_mock(self, request: ApprovalRequest) -> None:
        self.result.call.answer.replace_text(self._desk.lab.mock_answer(self.mock.text, request))

    def _act(self, wanted: str) -> None:
        match wanted:
            case "open_chat":
                self.open_chat.emit(self.try_id)
            case "retry" | "regenerate" | "continue":
                self._start("run", self._checked(self._run))
            case "send_anyway":
                self._desk.spending.allow_next()
                self._start("run", self._checked(self._run))
            case _:
                super()._act(wanted)

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if self.try_id and (self.try_id in changes.messages or changes.busy or changes.approvals):
            self._start("reload", self._reload())
        super().refresh(changes)

    def retranslate(self) -> None:
        super().retranslate()
        for field, key in (
            (self.name, "name"),
            (self.description, "description"),
            (self.mock, "mock"),
            (self.question, "question"),
        ):
            field.setPlaceholderText(tr(f"structured.lab.{key}"))
            field.setAccessibleName(tr(f"structured.lab.{key}"))
        for label, key in ((self.name_label, "name"), (self.description_label, "description")):
            label.setText(tr(f"structured.lab.{key}_title"))
        self.question_label.setText(tr("structured.lab.question_title"))
        self.saved.setAccessibleName(tr("structured.lab.mine"))
        self.saved.setItemText(0, tr("structured.lab.new"))
        self.answers.setAccessibleName(tr("structured.lab.answers"))
