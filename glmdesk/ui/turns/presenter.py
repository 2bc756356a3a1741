"""The logic between the message view and the services for everything done to single turns."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from shiboken6 import isValid

from glmdesk.domain.changes import Changes, Undone
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.ruler import prompt_tokens
from glmdesk.services.chat import Draft
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.transcript import Row, Transcript
from glmdesk.services.turns import Choice
from glmdesk.ui.chat_page import ChatPage
from glmdesk.ui.header.stake import Stake
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.facts import details
from glmdesk.ui.transcript.view import TranscriptView
from glmdesk.ui.turns.menu import MODEL, MessageMenu

if TYPE_CHECKING:
    from glmdesk.ui.turns.compare_sheet import CompareSheet

_THINKING = {"regenerate:thinking": True, "regenerate:not_thinking": False}


@dataclass(frozen=True, slots=True)
class _Editing:
    conversation_id: str
    message_id: str
    draft: str  # what the composer held before
    files: tuple[AttachmentPart, ...]


class TurnsPresenter(QObject):
    """Acts on the conversation that is shown. `told`: a sentence, and what takes it back (or None)."""

    opened = Signal(str)  # a conversation to show
    inspected = Signal(object)  # a Message whose requests are to be shown
    told = Signal(str, object, str)  # sentence, callback or None, text id of its button
    column_action = Signal(str, str)  # what a column of a comparison asks for

    def __init__(self, desk: Desk, page: ChatPage, *, theme: ThemeManager, tasks: TaskOwner, stake: Stake) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._theme = theme
        self._tasks = tasks
        self._stake = stake
        self._editing: _Editing | None = None
        self.conversation_id = ""
        self.menu = MessageMenu(desk.models.list, self.act, stake=stake)
        page.transcript.fill_menu = self.menu.fill
        page.editing.cancelled.connect(self.cancel_edit)

    def _start(self, key: str, coroutine: Coroutine[Any, Any, object]) -> None:
        self._tasks.start(f"turns:{key}", coroutine)

    # Actions of messages

    def act(self, action: str, message_id: str) -> bool:
        """Do what a button or a menu says; False when it is not about a turn."""
        simple: dict[str, Callable[[str], None]] = {
            "edit": self.edit,
            "quote": self.quote,
            "copy_all": self._copy,
            "more": self._open_menu,
            "regenerate_with": self._open_again,
            "details": self._show_details,
            "inspect": self._inspect,
            "compare": self._ask_compare,
            "regenerate": self._regenerate,
            "retry": self._regenerate,
        }
        if action in simple:
            simple[action](message_id)
        elif action in _THINKING:
            self._regenerate(message_id, thinking=_THINKING[action])
        elif action.startswith(MODEL):
            self._regenerate(message_id, model=action.removeprefix(MODEL))
        else:
            return self._change(action, message_id)
        return True

    def _change(self, action: str, message_id: str) -> bool:
        turns, here = self._desk.turns, self.conversation_id
        match action:
            case "continue":
                self._start("ask", self._desk.chat.continue_answer(here, message_id))
            case "answer_now":
                self._start("ask", turns.answer_now(here, message_id))
            case "branch":
                self._start("branch", self._branch(here, message_id))
            case "delete":
                self._start("delete", self._delete(turns.delete(here, message_id), here, "turns.deleted"))
            case "delete_from":
                self._start("delete", self._delete(turns.delete_from(here, message_id), here, "turns.deleted_from"))
            case _:
                return False
        return True

    def _regenerate(self, message_id: str, *, model: str | None = None, thinking: bool | None = None) -> None:
        chat = self._desk.chat
        asking = chat.regenerate(self.conversation_id, message_id, model=model, thinking=thinking)
        self._start("ask", asking)

    def _row(self, message_id: str) -> tuple[TranscriptView, Row] | None:
        for view in self._page.views():
            item = view.stack.item(message_id)
            if item is not None:
                return view, item.row
        return None

    def _copy(self, message_id: str) -> None:
        found = self._row(message_id)
        if found is not None:
            QGuiApplication.clipboard().setText(found[1].message.text.strip("\n"))

    def quote(self, message_id: str) -> None:
        """Put the selected words, or else the whole message, into the composer as a quotation."""
        found = self._row(message_id)
        if found is None:
            return
        view, row = found
        words = row.message.text if view.selection.empty else view.selection.copy().markdown
        quoted = "\n".join(f"> {line}".rstrip() for line in words.strip().splitlines())
        before = self._page.composer.text.rstrip()
        self._page.composer.insert_text(f"{before}\n\n{quoted}\n\n" if before else f"{quoted}\n\n")

    def _popup(self, fill: Callable[[QMenu, Row], None], message_id: str) -> None:
        found = self._row(message_id)
        if found is not None:
            view, row = found
            menu = QMenu(view)
            fill(menu, row)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(view.commands.place)

    def _open_menu(self, message_id: str) -> None:
        self._popup(self.menu.fill, message_id)

    def _open_again(self, message_id: str) -> None:
        self._popup(self.menu.fill_again, message_id)

    def _show_details(self, message_id: str) -> None:
        from glmdesk.ui.turns.details import DetailsCard

        found = self._row(message_id)
        if found is not None:
            view, row = found
            card = DetailsCard(details(row.message), theme=self._theme, parent=view)
            card.inspect.clicked.connect(lambda: self._inspect(message_id))
            card.show_above(view.commands.place)

    def _inspect(self, message_id: str) -> None:
        found = self._row(message_id)
        if found is not None:
            self.inspected.emit(found[1].message)

    async def _branch(self, here: str, message_id: str) -> None:
        title = (await self._desk.history.get(here)).title or tr("chat.new")
        made = await self._desk.turns.branch(here, message_id, title=tr("turns.branch_title", title=title))
        self.opened.emit(made.id)
        self._tell_done("turns.branched", here)

    async def _delete(self, deleting: Coroutine[Any, Any, None], here: str, text_id: str) -> None:
        await deleting
        self._tell_done(text_id, here)

    # Editing

    @property
    def editing(self) -> bool:
        """True while the composer holds an old question."""
        return self._editing is not None

    @property
    def draft(self) -> str:
        """What the composer holds as the conversation's own draft."""
        return self._editing.draft if self._editing is not None else self._page.composer.text

    def edit(self, message_id: str) -> None:
        """Take a question into the composer."""
        found = self._row(message_id)
        if found is None:
            return
        composer = self._page.composer
        composer.flush()
        self._editing = _Editing(self.conversation_id, message_id, self.draft, composer.attachments)
        composer.set_text(found[1].message.text, found[1].message.attachments)
        self._page.show_editing(True)
        composer.focus_editor()

    def cancel_edit(self) -> None:
        """Give the composer its draft back."""
        if self._editing is not None:
            draft, files = self._editing.draft, self._editing.files
            self.leave_edit()
            self._page.composer.set_text(draft, files)
            self._page.composer.focus_editor()

    def leave_edit(self) -> None:
        """Another conversation takes the composer."""
        self._editing = None
        self._page.show_editing(False)

    async def send_edit(self, text: str) -> None:
        """Ask the edited question. On an error the composer keeps it."""
        editing = self._editing
        if editing is not None:
            await self._desk.turns.edit(
                editing.conversation_id, editing.message_id, Draft(text, self._page.composer.attachments)
            )
            if self._editing is editing:
                self.leave_edit()
                self._page.composer.set_text(editing.draft, editing.files)

    # Two answers

    def _ask_compare(self, message_id: str) -> None:
        found = self._row(message_id)
        if found is None:
            return
        message, here = found[1].message, self.conversation_id

        def ask(left: Choice, right: Choice) -> None:
            self._start("ask", self._desk.turns.compare(here, message_id, left, right))

        self._open_sheet(ask, message.model, prompt_tokens(message))

    def ask_compare_new(self, send: Callable[[Choice, Choice], None], model: str, tokens: int) -> None:
        """Choose two ways to answer the composer's words, which are sent with their history as so many tokens."""
        self._open_sheet(send, model, tokens)

    def _open_sheet(self, start: Callable[[Choice, Choice], None], model: str, tokens: int) -> None:
        from glmdesk.ui.turns.compare_sheet import CompareSheet

        sheet = CompareSheet(self._page.window(), theme=self._theme, models=self._desk.models.list(), model=model)
        sheet.chosen.connect(start)
        sheet.open_sheet()
        if tokens:
            self._start("prices", self._price(sheet, tokens))

    async def _price(self, sheet: CompareSheet, tokens: int) -> None:
        likely = self._desk.spending.likely_answers
        models = [model.id for model in self._desk.models.list()]
        answers = {(id_, thinks): await likely(id_, thinking=thinks) for id_ in models for thinks in (True, False)}
        unknown = await likely("", thinking=True)

        def price(choice: Choice) -> tuple[str, str]:
            model = choice.model or ""
            return self._stake.expected(model, tokens, answers.get((model, choice.thinking is True), unknown))

        if isValid(sheet):
            sheet.show_prices(price)

    def show(self, conversation_id: str) -> None:
        """Another conversation is shown: its open comparison with it."""
        if self._editing is not None and self._editing.conversation_id != conversation_id:
            self.leave_edit()
        self.conversation_id = conversation_id
        self._start("compare", self._show_comparison(conversation_id))

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        if self.conversation_id in changes.messages:
            self._start("compare", self._show_comparison(self.conversation_id))

    async def _show_comparison(self, conversation_id: str) -> None:
        comparison = await self._desk.turns.comparison(conversation_id) if conversation_id else None
        if self.conversation_id != conversation_id:
            return
        if comparison is None:
            self._page.show_comparison(None)
            return
        from glmdesk.ui.turns.compare_page import ComparePage

        shown = self._page.comparison
        if isinstance(shown, ComparePage) and shown.comparison == comparison:
            shown.poll()
            return
        columns: list[Transcript] = []
        try:
            for answer_id in comparison.answers:
                columns.append(await self._desk.chat.one_answer(conversation_id, answer_id))
        except BaseException:
            for column in columns:
                self._desk.chat.forget(column)
            raise
        page = ComparePage(
            comparison, columns, theme=self._theme, forget=self._desk.chat.forget, use_formulas=self._use_formulas
        )
        page.action.connect(self.column_action)
        self.cancel_edit()
        self._page.show_comparison(page)

    def _use_formulas(self, view: TranscriptView, name: str) -> None:
        view.use_formulas(self._desk.formulas.draw, self._tasks, name=name)

    # Undo

    def undo(self) -> None:
        """Take back what was done last."""
        self._undo(self.conversation_id)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._start("undo", self._step(self._desk.turns.redo, self.conversation_id, again=True))

    def _undo(self, conversation_id: str) -> None:
        self._start("undo", self._step(self._desk.turns.undo, conversation_id, again=False))

    async def _step(self, step: Callable[[str], Coroutine[Any, Any, Undone | None]], here: str, *, again: bool) -> None:
        done = await step(here)
        if done is None:
            self.told.emit(tr("turns.nothing_to_redo" if again else "turns.nothing_to_undo"), None, "")
            return
        what = tr(f"turns.kind.{done.kind}")
        if done.conversation_id != self.conversation_id and (done.kind == "branch" or not self.conversation_id):
            self.opened.emit(done.conversation_id)
        if again:
            self._tell_done("turns.redone", here, what=what)
        else:
            self.told.emit(tr("turns.undone", what=what), self.redo, "turns.redo")

    def _tell_done(self, text_id: str, conversation_id: str, **args: str) -> None:
        self.told.emit(tr(text_id, **args), lambda: self._undo(conversation_id), "turns.undo")
