"""The round trip of a try: the call that waits, every request and reply, pretty and raw."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from glmdesk.domain.exchange import Exchange
from glmdesk.domain.hidden import escape_hidden
from glmdesk.domain.message import Message
from glmdesk.domain.tools import ApprovalRequest
from glmdesk.services.lab import reply_events
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo, LongEdit
from glmdesk.ui.structured.code_edit import CodeEdit
from glmdesk.ui.structured.error_strip import ErrorStrip
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.facts import meta_words
from glmdesk.ui.widgets.announce import announce
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.json_view import JsonView
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented
from glmdesk.ui.widgets.strip import Strip

_HEIGHT = 260
_LONGEST = 4_000  # characters of a reply; the chat has all of it


class CallStrip(Strip):
    """A call that waits for its answer."""

    answered = Signal(object, str)
    refused = Signal(object, str)
    mock_wanted = Signal(object)

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__(theme=theme)
        self.request: ApprovalRequest | None = None
        self.title = PlainLabel(theme=theme)
        self.arguments = PlainLabel(theme=theme, role="muted")
        self.answer = LongEdit(theme=theme, height=84)
        self.give = Button("structured.lab.give", kind="primary")
        self.mock = Button("structured.lab.use_mock")
        self.refuse = Button("structured.lab.refuse", kind="quiet")
        for label in (self.title, self.arguments):
            label.setWordWrap(True)
        row = FlowLayout(gap=theme.px(8), last_right=True)
        for button in (self.mock, self.refuse, self.give):
            row.addWidget(button)
        for widget in (self.title, self.arguments, self.answer):
            self.column.addWidget(widget)
        self.column.addLayout(row)
        self.give.clicked.connect(lambda: self.answered.emit(self.request, self.answer.text))
        self.refuse.clicked.connect(lambda: self.refused.emit(self.request, self.answer.text))
        self.mock.clicked.connect(lambda: self.mock_wanted.emit(self.request))

    def show_call(self, request: ApprovalRequest | None) -> None:
        """The call to answer, None for none."""
        if request is not None and (self.request is None or request.id != self.request.id):
            self.answer.replace_text("")
            self.answer.setFocus()
            announce(self, tr("structured.lab.calls", name=request.spec.name))
        self.request = request
        self.setVisible(request is not None)
        self.retranslate()

    def retranslate(self) -> None:
        self.answer.setPlaceholderText(tr("structured.lab.answer_hint"))
        self.answer.setAccessibleName(tr("structured.lab.answer_hint"))
        if self.request is not None:
            self.title.setText(tr("structured.lab.calls", name=self.request.spec.name))
            self.arguments.setText(escape_hidden(self.request.arguments))


class LabResult(Card):
    """`open_chat` and an error's action come as `wanted`."""

    wanted = Signal(str)

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__(theme=theme)
        self._parts: list[tuple[str, int, str]] = []  # kind, number, body
        self._answer: Message | None = None
        self._running = False
        self.title = PlainLabel(theme=theme, role="title")
        self.status = PlainLabel(theme=theme, role="faint")
        self.error = ErrorStrip(theme=theme)
        self.call = CallStrip(theme=theme)
        self.reply = PlainLabel(theme=theme)
        self.meta = PlainLabel(theme=theme, role="faint")
        self.choice = Combo(theme=theme)
        self.views = Segmented([("pretty", "structured.lab.pretty"), ("raw", "structured.lab.raw")], theme=theme)
        self.views.set_value("pretty")
        self.tree = JsonView(theme=theme)
        self.raw = CodeEdit(theme=theme, height=160, read_only=True)
        self.stack = QStackedWidget()
        self.chat_button = Button("structured.open_chat", kind="quiet")
        self._build()
        self.choice.activated.connect(self._show_part)
        self.views.chosen.connect(self._show_part)
        self.error.wanted.connect(self.wanted)
        self.chat_button.clicked.connect(lambda: self.wanted.emit("open_chat"))
        theme.changed.connect(self._fit)
        self._fit()
        self.show_try(None, (), None, running=False)
        self.retranslate()

    def _build(self) -> None:
        for label in (self.status, self.reply, self.meta):
            label.setWordWrap(True)
        self.choice.setMinimumContentsLength(10)
        ways = FlowLayout(gap=self._theme.px(8))
        ways.addWidget(self.choice)
        ways.addWidget(self.views)
        self.stack.addWidget(self.tree)
        self.stack.addWidget(self.raw)
        for widget in (self.title, self.status, self.error, self.call, self.reply, self.meta):
            self.column.addWidget(widget)
        self.column.addLayout(ways)
        self.column.addWidget(self.stack, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.chat_button)
        foot.addStretch(1)
        self.column.addLayout(foot)
        self._end = self.column.count()
        self.column.addStretch(0)

    def _fit(self) -> None:
        self.stack.setMinimumHeight(self._theme.px(_HEIGHT))

    def show_try(
        self, answer: Message | None, exchanges: Sequence[Exchange], call: ApprovalRequest | None, *, running: bool
    ) -> None:
        """The answer so far, what went over the wire, and the call that waits."""
        self._answer, self._running = answer, running
        self.call.show_call(call)
        self.error.show_error(answer.error.error if answer and answer.error else None)
        text = answer.text.strip() if answer else ""
        self.reply.setText(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
        self.reply.setVisible(bool(text))
        self._show_meta()
        parts = _parts(exchanges)
        if parts != self._parts:
            self._parts = parts
            self._list_parts()
        something = bool(self._parts)
        for widget in (self.choice, self.views, self.stack):
            widget.setVisible(something)
        self.column.setStretch(self._end, 0 if something else 1)
        self.chat_button.setVisible(answer is not None)
        self._show_status()

    def _show_meta(self) -> None:
        words = meta_words(self._answer) if self._answer and not self._running else ()
        self.meta.setText(" · ".join(words))
        self.meta.setVisible(bool(words))

    def _show_status(self) -> None:
        if self._answer is None:
            key = "empty"
        elif self.call.request is not None:
            key = "waiting"
        elif self._running:
            key = "running"
        else:
            key = "done" if self._parts else "not_kept"
        self.status.setText(tr(f"structured.lab.status.{key}"))

    def _list_parts(self) -> None:
        self.choice.clear()
        for kind, number, _ in self._parts:
            self.choice.addItem(tr(f"structured.lab.{kind}", number=number))
        requests = [place for place, (kind, _, _) in enumerate(self._parts) if kind == "request"]
        self.choice.setCurrentIndex(requests[-1] if requests else -1)
        self._show_part()

    def _show_part(self) -> None:
        place = self.choice.currentIndex()
        if not 0 <= place < len(self._parts):
            return
        kind, _, body = self._parts[place]
        if self.views.value == "raw":
            self.raw.setPlainText(body)
            self.stack.setCurrentWidget(self.raw)
            return
        events = reply_events(body)
        self.tree.show_value(events[0] if kind == "request" or len(events) == 1 else events)
        self.stack.setCurrentWidget(self.tree)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr("structured.lab.trip"))
        self.choice.setAccessibleName(tr("structured.lab.choose"))
        self.views.setAccessibleName(tr("structured.views"))
        self.raw.setAccessibleName(tr("structured.lab.raw"))
        self.call.retranslate()
        self._show_status()
        self._show_meta()
        for place, (kind, number, _) in enumerate(self._parts):
            self.choice.setItemText(place, tr(f"structured.lab.{kind}", number=number))


def _parts(exchanges: Sequence[Exchange]) -> list[tuple[str, int, str]]:
    """Request and reply in turn, numbered."""
    found: list[tuple[str, int, str]] = []
    for number, exchange in enumerate(exchanges, 1):
        found.append(("request", number, _pretty(exchange.body)))
        if exchange.attempts:
            found.append(("reply", number, exchange.attempts[-1].body))
    return found


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body
