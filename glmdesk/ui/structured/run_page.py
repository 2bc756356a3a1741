"""A schema, a question and the words to work on; beside them the result."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSizePolicy

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import Setup
from glmdesk.services.desk import Desk
from glmdesk.services.structured import Job
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.transcript import Transcript
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import CapNote, LongEdit, Toggle
from glmdesk.ui.structured.asking import AskingPage
from glmdesk.ui.structured.halves import swap
from glmdesk.ui.structured.result_panel import ResultPanel
from glmdesk.ui.structured.schema_card import SchemaCard
from glmdesk.ui.structured.template_sheet import TemplateSheet
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.file_dialog import ask_where_to_save
from glmdesk.ui.widgets.label import PlainLabel

_LIVE_MS = 100


class RunPage(AskingPage):
    """Everything that is written is kept as a draft; a run is a conversation and is kept as such."""

    task_prefix = "structured"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        schema = SchemaCard(theme=theme)
        super().__init__(theme=theme, desk=desk, tasks=tasks, schema=schema, save_id="structured.save_template")
        self._job = Job("", "")
        self._transcript: Transcript | None = None
        self.run_id = ""
        self._starting = False
        self.prompt_label = PlainLabel(theme=theme, role="muted")
        self.prompt = LongEdit(theme=theme, height=84)
        self.data_label = PlainLabel(theme=theme, role="muted")
        self.data = LongEdit(theme=theme, height=140)
        self.repair = Toggle(theme=theme)
        self.repair.setChecked(True)
        self.repair.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.result = ResultPanel(theme=theme)
        self._live = QTimer(self)
        self._live.setInterval(_LIVE_MS)
        self._build()
        self._connect()
        self._show_running()
        self.retranslate()

    def _build(self) -> None:
        for label, edit in ((self.prompt_label, self.prompt), (self.data_label, self.data)):
            label.setBuddy(edit)
        column = self.card.column
        column.addWidget(self.schema)
        column.addWidget(self.prompt_label)
        column.addWidget(self.prompt)
        column.addWidget(self.data_label)
        column.addWidget(self.data)
        column.addWidget(CapNote(self.data, theme=self._theme))
        column.addWidget(self.models)
        column.addWidget(self.repair)
        column.addWidget(self.problem)
        column.addLayout(self._buttons())
        column.addStretch(1)
        self.set_halves(self.card, self.result)

    def _connect(self) -> None:
        self.run_button.clicked.connect(self.run)
        self.stop_button.clicked.connect(self._stop)
        self.save_button.clicked.connect(self._ask_template)
        for edit in (self.prompt, self.data):
            edit.textChanged.connect(self._edited)
        self.repair.toggled.connect(self._edited)
        self._live.timeout.connect(self._poll)
        self.result.wanted.connect(self._act)
        self.result.export_wanted.connect(self._choose_file)
        self.result.copy_wanted.connect(self._copy)

    # What is written

    @property
    def job(self) -> Job:
        """What would be asked now."""
        return replace(
            self._job,
            schema=self.schema.text,
            prompt=self.prompt.text,
            data=self.data.text,
            model=self.models.model,
            thinking=self.models.thinking,
            repair=self.repair.isChecked(),
        )

    def show_job(self, job: Job) -> None:
        """Fill the page; what was written before stays a step of undo away."""
        self._job = job
        self.schema.set_text(job.schema)
        self.prompt.replace_text(job.prompt)
        self.data.replace_text(job.data)
        self.models.show_choice(job.model, thinking=job.thinking)
        self.repair.setChecked(job.repair)

    def show_setup(self, setup: Setup, prompt: str) -> None:
        """A template's setup, its form filled in."""
        thinking = setup.thinking.resolve(setup.template_thinking if setup.template_thinking is not None else False)
        self.show_job(
            Job(
                setup.schema,
                prompt,
                model=setup.model,
                thinking=thinking,
                template_id=setup.template_id,
                system=setup.system,
                parameters=setup.parameters,
            )
        )

    async def load(self) -> None:
        """The draft of the last time, with its result when it has been run."""
        draft = self._desk.structured.draft.value
        if draft is None:
            return
        self.show_job(draft)
        run_id = await self._desk.structured.run_of(draft)
        if run_id and not self.run_id and self.job == draft:
            await self.open_run(run_id)

    def keep_draft(self) -> None:
        self._desk.structured.draft.keep(self.job)

    def question_words(self) -> str:
        asked = self.prompt.text + self.data.text
        return f"{self.schema.text}\n{asked}" if asked.strip() else ""

    # Running

    def run(self) -> None:
        """Check, ask, and follow the answers."""
        if not self.prompt.text.strip() and not self.data.text.strip():
            self._say(lambda: tr("structured.no_prompt"))
            self.prompt.setFocus()
            return
        if not self._starting and not self._desk.structured.running(self.run_id):
            self._starting = True  # a greyed button would lose the focus
            self._start("run", self._checked(self._run))

    async def _run(self) -> None:
        try:
            run_id = await self._desk.structured.start(self.job)
        finally:
            self._starting = False
        await self.open_run(run_id)
        self.show_second()

    async def open_run(self, run_id: str) -> None:
        """Show the answers of a run."""
        self.run_id = run_id
        self._desk.structured.watch(run_id)
        await self._reload()

    async def show_run(self, run_id: str) -> None:
        """Show an earlier run with what it was asked."""
        self.show_job(await self._desk.structured.job_of(run_id))
        await self.open_run(run_id)

    async def _reload(self) -> None:
        transcript = await self._desk.structured.look(self.run_id)
        tries = await self._desk.structured.tries(transcript)
        if transcript.conversation_id != self.run_id:
            return
        self._transcript = transcript
        self.result.show_tries(tries, running=self._desk.structured.running(self.run_id))
        self._show_running()

    def _show_running(self) -> None:
        running = bool(self.run_id) and self._desk.structured.running(self.run_id)
        swap(self.run_button, self.stop_button, second=running)
        if running != self._live.isActive():
            (self._live.start if running else self._live.stop)()

    def _poll(self) -> None:
        if self._transcript is not None and self._transcript.rows:
            self._transcript.take_changes()
            row = self._transcript.rows[-1]
            if row.live:
                self.result.show_live(row.message.text)

    def _stop(self) -> None:
        self._start("stop", self._desk.structured.stop(self.run_id))

    def _act(self, wanted: str) -> None:
        structured = self._desk.structured
        match wanted:
            case "repair":
                self._start("act", structured.repair(self.run_id))
            case "continue":
                self._start("act", structured.resume(self.run_id))
            case "retry" | "regenerate":
                self._start("act", structured.again(self.run_id))
            case "send_anyway":
                self._desk.spending.allow_next()
                self._start("act", structured.again(self.run_id))
            case "open_chat":
                self.open_chat.emit(self.run_id)
            case _:
                super()._act(wanted)

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if self.run_id and (self.run_id in changes.messages or changes.busy):
            self._start("reload", self._reload())
        super().refresh(changes)

    # Files and templates

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.result.raw.text if not self.result.has_value else self._pretty())
        self.told.emit(tr("structured.copied"))

    def _pretty(self) -> str:
        return self._desk.structured.pretty(self.result.value)

    def _choose_file(self, kind: str) -> None:
        title, kinds = tr(f"structured.save.{kind}"), [f"{kind.upper()} (*.{kind})"]
        ask_where_to_save(self, title, partial(self.export_to, kind), name=f"result.{kind}", kinds=kinds)

    def export_to(self, kind: str, path: Path) -> None:
        """Write what is shown to a file."""
        structured, tables = self._desk.structured, self.result.table.tables
        if kind == "csv":
            work = structured.save_csv(self.result.table.table, path)
        elif kind == "xlsx":
            work = structured.save_xlsx(tables, path)
        else:
            work = structured.save_json(self.result.value, path)
        self._start("export", self._export(work, path))

    async def _export(self, work: Coroutine[Any, Any, None], path: Path) -> None:
        await work
        self.told.emit(tr("structured.saved", path=str(path)))

    def _ask_template(self) -> None:
        self._start("check", self._checked(self._check_then_ask))

    async def _check_then_ask(self) -> None:
        await self._desk.structured.check(self.schema.text)
        sheet = TemplateSheet(self.window(), theme=self._theme)
        sheet.saved.connect(self._save_template)
        sheet.show()
        sheet.title.setFocus()

    def _save_template(self, title: str, family: str) -> None:
        self._start("template", self._store_template(title, family))

    async def _store_template(self, title: str, family: str) -> None:
        made = await self._desk.structured.save_template(self.job, title, family)
        self.told.emit(tr("structured.template_saved", title=made.title))

    def retranslate(self) -> None:
        super().retranslate()
        self.prompt_label.setText(tr("structured.prompt"))
        self.prompt.setAccessibleName(tr("structured.prompt"))
        self.prompt.setPlaceholderText(tr("structured.prompt_hint"))
        self.data_label.setText(tr("structured.data"))
        self.data.setAccessibleName(tr("structured.data"))
        self.data.setPlaceholderText(tr("structured.data_hint"))
        self.repair.set_plain_text(tr("structured.repair_once"))
        self.result.retranslate()
