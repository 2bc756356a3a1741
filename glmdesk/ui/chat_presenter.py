"""The logic between the chat page and the services: open, send, stop, choices, drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from glmdesk.domain.budget import estimate_history
from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import WINDOW_FIELDS, Conversation, Setup, ThinkingChoice, whole
from glmdesk.domain.errors import Action, UserError
from glmdesk.domain.message import Message, Role
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.ruler import tokens_after
from glmdesk.services.chat import Draft
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.transcript import Transcript
from glmdesk.services.turns import Choice
from glmdesk.ui.chat_page import ChatPage
from glmdesk.ui.composer.adding import FileAdder
from glmdesk.ui.header.ruler_presenter import RulerPresenter
from glmdesk.ui.header.stake import Stake
from glmdesk.ui.i18n import language
from glmdesk.ui.price_hint import PriceHint
from glmdesk.ui.servers.menu import ServerMenu
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.tools.presenter import ToolsPresenter
from glmdesk.ui.transcript.places import Searched, Spot
from glmdesk.ui.turns.presenter import TurnsPresenter

_THINKING_REASONS = {"always": "composer.reason.always_thinks", "none": "composer.reason.never_thinks"}
# Without a template the switch shows what will be sent.
_PLAIN = Setup(thinking=ThinkingChoice.ON)


@dataclass(slots=True)
class _NewChat:
    """A chat that is not stored yet; `id` once it is."""

    setup: Setup
    id: str = ""


Place = str | Spot | Searched  # a message, where the user was, words that a search has found; '' is the end


class ChatPresenter(QObject):
    """One conversation is shown at a time; none yet (`conversation_id` '') is a new chat that is not stored."""

    shown = Signal(str)  # conversation id, '' for a new chat
    wants_page = Signal(str)  # "keys", "network", "models", "templates"
    wants_usage = Signal()
    template_wanted = Signal(str)

    def __init__(self, desk: Desk, page: ChatPage, *, theme: ThemeManager, tasks: TaskOwner) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._tasks = tasks
        self._transcript: Transcript | None = None
        self._setup = _PLAIN
        self._new = _NewChat(_PLAIN)
        self.conversation_id = ""
        self._sent = 0  # tokens of what is sent before the composer's words
        stake = Stake(desk, setup=lambda: self._setup, path=self._path, sent=lambda: self._sent)
        self.turns = TurnsPresenter(desk, page, theme=theme, tasks=tasks, stake=stake)
        self.files = FileAdder(desk.files, page.composer, theme=theme, tasks=tasks)
        self.menu = ServerMenu(desk.servers, page.composer, theme=theme, tasks=tasks)
        page.header.model.tell_costs(lambda: stake.line("header.stake.model", priced=False), stake.of_model)
        self.tools = ToolsPresenter(
            desk,
            page,
            theme=theme,
            tasks=tasks,
            change_setup=self._change_setup,
            stake=lambda: stake.line("header.stake.tools"),
        )
        self._price = PriceHint(desk, page.composer, tasks=tasks)
        self.ruler = RulerPresenter(
            desk,
            page.header,
            theme=theme,
            tasks=tasks,
            here=lambda: self.conversation_id,
            changed=self._setup_changed,
            counted=self._show_sent,
            draft=lambda: Draft(page.composer.text, page.composer.attachments),
        )
        self._storing = asyncio.Lock()  # Enter saves the draft and sends: one conversation for both
        self._connect()

    def _connect(self) -> None:
        composer, header = self._page.composer, self._page.header
        composer.send.connect(self._send)
        composer.stop.connect(self.stop)
        composer.draft_changed.connect(self._draft_changed)
        composer.files_changed.connect(self._files_changed)
        self._page.files_dropped.connect(self.files.add)
        composer.thinking_chosen.connect(self._thinking_chosen)
        composer.template_chosen.connect(self.template_wanted)
        header.model_chosen.connect(self.choose_model)
        header.rename.connect(self._rename)
        self._page.transcript.use_formulas(self._desk.formulas.draw, self._tasks)
        self._page.transcript.action.connect(self._act)
        self.turns.opened.connect(self.open)
        self.turns.column_action.connect(self._act_in_column)
        self._page.transcript.link_activated.connect(self._open_link)

    def _send(self, text: str) -> None:
        self._start("send", self.turns.send_edit(text) if self.turns.editing else self.send(text))

    def _thinking_chosen(self, choice: str) -> None:
        self.choose_thinking(ThinkingChoice(choice))

    def _open_link(self, link: str) -> None:
        QDesktopServices.openUrl(QUrl(link))  # the view lets http, https and mailto through, nothing else

    def _start(self, key: str, coroutine: Coroutine[Any, Any, None]) -> None:
        self._tasks.start(f"chat:{key}", coroutine)

    # Opening

    def new_chat(self, setup: Setup = _PLAIN, text: str = "") -> None:
        """An empty chat; it is stored with its first words."""
        self._page.composer.flush()
        self._transcript = None
        self._leave_empty()
        self.conversation_id = ""
        self.turns.show("")
        self._setup = setup
        self._new = _NewChat(setup)
        self._page.transcript.show_transcript(None)
        self._page.show_start(True)
        self._show_conversation(None)
        self._page.composer.set_text(text)
        self.refresh_choices()
        self.shown.emit("")
        self._page.composer.focus_editor()

    def open(self, conversation_id: str, place: Place = "") -> None:
        """Show a stored conversation: at a message or its searched words, or where it was left; else its end."""
        self._page.composer.flush()
        self._start("open", self._open(conversation_id, place, before=self._new))

    def _leave_empty(self) -> None:
        """Nothing is left behind of a chat in which everything was taken back."""
        if self.conversation_id:
            self._start(f"drop:{self.conversation_id}", self._desk.history.drop_empty(self.conversation_id))

    async def _open(self, conversation_id: str, place: Place, *, before: _NewChat | None = None) -> None:
        conversation = await self._desk.history.get(conversation_id)
        files = await self._desk.history.draft_files(conversation_id)
        transcript = await self._desk.chat.open(conversation_id)
        if before is not None and before is not self._new:
            return  # reading took its time, and a new chat was begun meanwhile
        changed = conversation_id != self.conversation_id
        if changed:
            self._leave_empty()
        self.conversation_id = conversation_id
        self.turns.show(conversation_id)
        self._transcript = transcript
        self._setup = conversation.setup
        self._page.transcript.show_transcript(transcript)
        self._page.show_start(not transcript.rows)
        if changed:
            self._page.composer.set_text(conversation.draft, files)
        if isinstance(place, Spot):
            self._page.transcript.places.go(place)
        elif isinstance(place, Searched):
            self._page.transcript.places.show_searched(place)
        elif place:
            self._page.transcript.scroll_to_message(place)
        self._show_conversation(conversation)
        self.refresh_choices()
        self.shown.emit(conversation_id)

    def _show_conversation(self, conversation: Conversation | None) -> None:
        title = conversation.title if conversation else ""
        self._page.header.set_title(title, can_rename=conversation is not None)
        self._page.composer.set_busy(self.conversation_id in self._desk.chat.busy())
        asked = (
            [row.message.text for row in self._transcript.rows if row.message.role == "user"]
            if self._transcript
            else []
        )
        self._page.composer.set_history(asked)

    # Asking

    async def send(self, text: str) -> None:
        """Send the composer's text; on an error the text goes back into the composer."""
        attachments = self._page.composer.attachments
        conversation_id = self.conversation_id or await self._stored(self._new)
        self._page.composer.clear()
        try:
            await self._desk.chat.send(conversation_id, Draft(text, attachments))
        except UserError as error:
            if not self._page.composer.text:
                self._page.composer.set_text(text, attachments)
                self._files_changed()
            if error.info.action is Action.TRIM:
                self.ruler.open()  # what may go is the user's choice
            raise
        await self._open(conversation_id, "")
        self._page.transcript.jump_to_latest()

    async def _stored(self, new: _NewChat) -> str:
        """The id of a new chat; it is stored the first time. Another chat may be shown by then."""
        async with self._storing:
            if not new.id:
                new.id = (await self._desk.history.create(new.setup)).id
                if new is self._new and not self.conversation_id:
                    self.conversation_id = new.id
                    self.shown.emit(new.id)
            return new.id

    def stop(self) -> None:
        if self.conversation_id:
            self._start("stop", self._desk.chat.stop(self.conversation_id))

    def copy_last_answer(self) -> None:
        """The newest answer as Markdown, onto the clipboard."""
        rows = self._transcript.rows if self._transcript else ()
        answer = next((r.message.text for r in reversed(rows) if r.message.role is Role.ASSISTANT), "")
        if answer:
            QGuiApplication.clipboard().setText(answer.strip("\n"))

    def escape(self) -> None:
        """Esc leaves the editing of a question; else it stops the answer."""
        if self.turns.editing:
            self.turns.cancel_edit()
        else:
            self.stop()

    def compare(self) -> None:
        """Ask the composer's words twice at once."""
        composer = self._page.composer
        if not self.turns.editing and self._page.comparison is None and composer.ready():
            draft = Draft(composer.text, composer.attachments)
            model = self._setup.model or self._desk.chat.default_model(self._setup)
            tokens = self._sent + composer.tokens
            self.turns.ask_compare_new(lambda a, b: self._start("send", self._compare(draft, a, b)), model, tokens)

    async def _compare(self, draft: Draft, left: Choice, right: Choice) -> None:
        conversation_id = self.conversation_id or await self._stored(self._new)
        await self._desk.turns.compare_new(conversation_id, draft, left, right)
        self._page.composer.clear()
        await self._open(conversation_id, "")

    def _act_in_column(self, action: str, message_id: str) -> None:
        turns, conversation = self._desk.turns, self.conversation_id
        match action:
            case "pick":
                self._start("pick", turns.pick(conversation, message_id))
            case "leave":
                self._start("pick", turns.leave_comparison(conversation))
            case "stop_one":
                self._start(f"stop:{message_id}", self._desk.chat.stop(conversation, message_id))
            case "regenerate" | "retry":
                self._start("ask", turns.again(conversation, message_id))
            case "send_anyway":
                self._desk.spending.allow_next()
                self._start("ask", turns.go_on(conversation, message_id))
            case "link":
                self._open_link(message_id)
            case _:
                self._act(action, message_id)

    def _act(self, action: str, message_id: str) -> None:
        chat, conversation = self._desk.chat, self.conversation_id
        if self.turns.act(action, message_id):
            return
        match action:
            case "stop":
                self.stop()
            case "retry_now":
                self._start("hurry", chat.retry_now(conversation))
            case "variant_prev" | "variant_next":
                self._start("variant", self._step_variant(message_id, 1 if action.endswith("next") else -1))
            case "open_keys" | "open_endpoints" | "recharge":
                self.wants_page.emit("endpoints")
            case "open_network":
                self.wants_page.emit("network")
            case "raise_budget":
                self.wants_usage.emit()
            case "send_anyway":
                self._desk.spending.allow_next()
                self._start("ask", chat.continue_answer(conversation, message_id))
            case "switch_model":
                self._page.header.model.button.click()
            case "trim":
                self.ruler.open()
            case "new_chat":
                self.new_chat(whole(self._setup))
            case _:
                pass

    async def _step_variant(self, message_id: str, step: int) -> None:
        await self._desk.chat.step_variant(self.conversation_id, message_id, step)

    # Choices

    def choose_thinking(self, choice: ThinkingChoice) -> None:
        self._change_setup(thinking=choice)

    def toggle_thinking(self) -> None:
        """On and off in turn (Ctrl+T)."""
        on = self._setup.thinking.resolve(self._setup.template_thinking)
        self.choose_thinking(ThinkingChoice.OFF if on else ThinkingChoice.ON)

    def choose_model(self, model: str) -> None:
        self._change_setup(model=model)

    def _setup_changed(self, conversation_id: str, setup: Setup) -> None:
        if conversation_id == self.conversation_id and setup != self._setup:
            self._setup = self._new.setup = setup
            self.refresh_choices()

    def _change_setup(self, **fields: Any) -> None:
        self._setup = self._new.setup = replace(self._setup, **fields)
        self.refresh_choices()
        if self.conversation_id:
            self._start("setup", self._desk.history.set_setup(self.conversation_id, self._setup))

    def refresh_choices(self, *, renew: bool = False) -> None:
        """Model, thinking switch, templates and window use, from the setup and the catalogue."""
        model = self._desk.models.get(self._setup.model or self._desk.chat.default_model(self._setup))
        self._page.header.set_models(self._desk.models.list(), model.id)
        reason = _THINKING_REASONS.get(model.thinking.value, "")
        self._page.composer.set_thinking(
            self._setup.thinking,
            can_think=model.can_think,
            can_rest=model.can_rest,
            template_state=self._setup.template_thinking,
            reason_id=reason,
        )
        self.tools.show(self.conversation_id, self._setup)
        self._page.transcript.stop_after_screen = self._desk.settings.value.stop_following_after_screen
        self._page.composer.set_model_name(model.name)
        self._page.composer.set_token_scale(self._desk.chat.token_scale(self._setup))
        self._page.composer.set_send_key(self._desk.settings.value.send_key)
        self._page.composer.set_templates(lambda: self._desk.templates.list(language().value))
        used = self._used_tokens()
        if self.conversation_id and self._setup != whole(self._setup):
            self.ruler.count()  # the last request may have carried what is left out now
        else:
            self._page.header.set_usage(used, model.window)
        self._show_sent(used, renew=renew)

    def _show_sent(self, tokens: int, *, renew: bool = False) -> None:
        self._sent = tokens
        self._price.show(self._setup, tokens, renew=renew)

    def _path(self) -> list[Message]:
        return [row.message for row in self._transcript.rows] if self._transcript else []

    def _used_tokens(self) -> int:
        """What the service has counted last, and about what has come since."""
        path = self._path()
        counted = [tokens_after(message) for message in path]
        place = next((place for place in reversed(range(len(path))) if counted[place]), -1)
        since = [words for message in path[place + 1 :] for words in _words(message)]
        return estimate_history(since) + (counted[place] if place >= 0 else 0)

    # Drafts

    def _draft_changed(self, text: str) -> None:
        # Which chat it belongs to is said now: when the task runs, another one may be shown.
        if self.turns.editing:
            return  # the draft is what the composer held before
        if self.conversation_id:
            saving = self._desk.history.save_draft(self.conversation_id, text)
            self._start(f"draft:{self.conversation_id}", saving)
        elif text.strip():
            self._start(f"draft:{id(self._new)}", self._save_first_draft(self._new, text))

    def _files_changed(self) -> None:
        if not self.turns.editing:
            here, files = self.conversation_id, self._page.composer.attachments
            self._start(f"files:{here or id(self._new)}", self._save_files(here, self._new, files))

    async def _save_files(self, here: str, new: _NewChat, files: tuple[AttachmentPart, ...]) -> None:
        if here or files:
            await self._desk.history.save_draft_files(here or await self._stored(new), files)

    async def _save_first_draft(self, new: _NewChat, text: str) -> None:
        await self._desk.history.save_draft(await self._stored(new), text)

    async def save_now(self) -> None:
        """The draft as it stands (the window closes)."""
        text = self.turns.draft
        if self.conversation_id:
            await self._desk.history.save_draft(self.conversation_id, text)
        elif text.strip():
            await self._save_first_draft(self._new, text)

    def _rename(self, title: str) -> None:
        if self.conversation_id:
            self._start("rename", self._desk.history.rename(self.conversation_id, title))

    # News

    def refresh(self, changes: Changes) -> None:
        """Called for every `Changes` of the services."""
        self.turns.refresh(changes)
        if changes.tools or changes.settings:
            self.menu.refresh()
        self.tools.refresh(changes)
        if self.conversation_id in changes.messages:
            self._page.transcript.poll()
            self._page.show_start(not (self._transcript and self._transcript.rows))
        if self.conversation_id and (changes.conversations or changes.busy):
            self._start("header", self._refresh_header())
        if changes.settings and not self.conversation_id:
            self._show_conversation(None)  # its title is a text of ours and follows the language
        choices = changes.settings or changes.models or changes.templates or changes.endpoints
        if choices or changes.busy or changes.spending:
            self.refresh_choices(renew=changes.spending)

    async def _refresh_header(self) -> None:
        conversation = await self._desk.history.get(self.conversation_id)
        if conversation.id != self.conversation_id or self._tasks.running("chat:open"):
            return  # another one is shown by now, or about to be
        if conversation.deleted_at is not None:
            self.new_chat()
            return
        left_out = {name: getattr(conversation.setup, name) for name in WINDOW_FIELDS}
        self._setup_changed(conversation.id, replace(self._setup, **left_out))  # it may have been undone
        self._show_conversation(conversation)


def _words(message: Message) -> list[str]:
    return [*(part.text for part in message.attachments), message.text]
