"""Chat: send key, titles, parameters, the system prompt."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtGui import QDoubleValidator, QIntValidator
from shiboken6 import isValid

from glmdesk.domain.settings import SendKey
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.header.stake import missed_price, stake_line
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import CapNote, LongEdit
from glmdesk.ui.settings.section import Section, choose
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.label import PlainLabel

_MOST_TOKENS = 131_072  # the schema's upper bound (glm-api.md §2)


class ChatSection(Section):
    """What a new request carries when nothing else says so."""

    title_id = "settings.section.chat"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.send_key = self.combo([(key.value, f"settings.send_key.{key.value}") for key in SendKey])
        self.auto_title = self.toggle()
        self.stop_after = self.toggle()
        self.parallel = self.combo([(str(n), str(n)) for n in range(1, 9)])
        self.temperature, self.max_tokens = LineEdit(), LineEdit()
        self.system = LongEdit(theme=theme, height=110)
        self._build()
        self.send_key.activated.connect(lambda: self.change(send_key=SendKey(self.send_key.currentData())))
        self.auto_title.clicked.connect(lambda: self.change(auto_title=self.auto_title.isChecked()))
        self.stop_after.clicked.connect(self._stop_after_chosen)
        self.parallel.activated.connect(lambda: self.change(concurrency=int(self.parallel.currentData())))
        self.temperature.editingFinished.connect(self._temperature_given)
        self.max_tokens.editingFinished.connect(self._max_tokens_given)
        self.system.textChanged.connect(self._system_given)
        self.finish()

    def _build(self) -> None:
        validator = QDoubleValidator(0.0, 1.0, 2, self)
        validator.setNotation(QDoubleValidator.Notation.StandardNotation)
        validator.setLocale(QLocale.c())  # `float` reads what it lets through; other languages write 0,5
        self.temperature.setValidator(validator)
        self.max_tokens.setValidator(QIntValidator(1, _MOST_TOKENS, self))
        for field in (self.temperature, self.max_tokens):
            self.keep_width(field, 200)
        self.add_row("settings.chat.send_key", self.send_key)
        self.add_row("settings.chat.auto_title", self.auto_title, "settings.chat.auto_title_hint")
        self.add_row("settings.chat.stop_after", self.stop_after, "settings.chat.stop_after_hint")
        self.add_row("settings.chat.parallel", self.parallel, "settings.chat.parallel_hint")
        self.add_row("settings.chat.temperature", self.temperature, "settings.chat.temperature_hint")
        self.add_row("settings.chat.max_tokens", self.max_tokens, "settings.chat.max_tokens_hint")
        self.add_text("settings.chat.system", role="text")
        self._named.append((self.system, "settings.chat.system"))
        self.column.addWidget(self.system)
        self.system_note = CapNote(self.system, theme=self.theme)
        self.column.addWidget(self.system_note)
        self.stake = PlainLabel(theme=self.theme, role="muted")
        self.stake.setWordWrap(True)
        self.stake.hide()
        self.column.addWidget(self.stake)

    def _stop_after_chosen(self) -> None:
        self.change(stop_following_after_screen=self.stop_after.isChecked())

    def _temperature_given(self) -> None:
        text = self.temperature.cleaned
        self.change(default_temperature=min(1.0, float(text)) if text else None)

    def _max_tokens_given(self) -> None:
        text = self.max_tokens.cleaned
        self.change(default_max_tokens=int(text) if text else None)

    def _system_given(self) -> None:
        text = self.system.toPlainText()
        if text != self.settings.system_prompt:
            self.change(system_prompt=text)

    async def _weigh(self) -> None:
        """Say what another prompt costs the chat that was opened last."""
        if not (here := self.desk.chat.shown):
            return
        setup = (await self.desk.history.get(here)).setup
        tokens = await self.desk.window.at_stake(here)
        if isValid(self):
            self.stake.setText(stake_line("header.stake.system", tokens, missed_price(self.desk, setup, tokens)))
            self.stake.setVisible(bool(tokens))

    def show_values(self) -> None:
        value = self.settings
        choose(self.send_key, value.send_key.value)
        choose(self.parallel, str(value.concurrency))
        for toggle, on in ((self.auto_title, value.auto_title), (self.stop_after, value.stop_following_after_screen)):
            toggle.setChecked(on)
        numbers = ((self.temperature, value.default_temperature), (self.max_tokens, value.default_max_tokens))
        for field, number in numbers:
            if not field.hasFocus():
                field.setText("" if number is None else f"{number:g}")
        if not self.system.hasFocus() and self.system.toPlainText() != value.system_prompt:
            self.system.setPlainText(value.system_prompt)

    def retranslate(self) -> None:
        super().retranslate()
        for field in (self.temperature, self.max_tokens):
            field.setPlaceholderText(tr("settings.chat.model_default"))
        if self.desk.chat.shown:
            self.tasks.start("settings:stake", self._weigh())
