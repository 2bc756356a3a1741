"""The card that asks whether a call may run: what, with which arguments, and what it would change."""

from __future__ import annotations

import json

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from glmdesk.domain.hidden import escape_hidden, hidden_in, reveal_hidden
from glmdesk.domain.tools import BUILT_IN, USER, ApprovalRequest, Decision, Scope
from glmdesk.ui.composer.line_edit import ENTER_KEYS, LineEdit
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.tools.fields import CodeField, DiffColours
from glmdesk.ui.transcript.blocks.tool import tool_label
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel

_GUARD_MS = 350  # a click that was meant for what stood here before must not allow anything
_TYPING_MS = 250  # after the last key the difference is made anew
_READABLE = 120
_ROOM = 620  # below this width the buttons stand in two rows


class ApprovalCard(QWidget):
    """`decided(request id, Decision)`. Ctrl+Enter allows once; Enter among the reasons denies.

    `shown` says that another request, or none, is asked about. `stop` is for where the composer has no room beside.
    """

    decided = Signal(str, object)
    edited = Signal(str, str)  # id of the request, other arguments: `show_preview` answers
    shown = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._request: ApprovalRequest | None = None
        self._more = 0
        self._change = ""
        self._most = 0
        self._inside = QWidget()
        self._area = QScrollArea(self)
        self.title = PlainLabel(theme=theme, role="title")
        self.note = PlainLabel(theme=theme, role="muted")
        self.warning = PlainLabel(theme=theme, role="error")
        self.diff = CodeField(theme=theme, most=12)
        self._colours = DiffColours(self.diff.document(), theme=theme)
        self.arguments_label = PlainLabel(theme=theme, role="faint")
        self.arguments = CodeField(theme=theme, most=7)
        self.reason = LineEdit()
        self.once = Button("approval.once", kind="primary")
        self.chat = Button("approval.chat")
        self.always = Button("approval.always")
        self.deny = Button("approval.deny", kind="danger")
        self.stop = Button("composer.stop", kind="plain")
        self._previewed = ""  # the edited arguments that the difference belongs to
        self._fault = ""
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._guard = QTimer(self)
        self._guard.setSingleShot(True)
        self._guard.setInterval(_GUARD_MS)
        self._lay_out()
        self._connect()
        self._restyle()
        self.retranslate()

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        # A title that wraps would make the card's height depend on its width, which boxes in boxes get wrong.
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for label in (self.note, self.warning):
            label.setWordWrap(True)
        self._head = QHBoxLayout()
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.stop)
        self.stop.hide()
        self._column.addLayout(self._head)
        self._body = QVBoxLayout(self._inside)
        self._body.setContentsMargins(0, 0, 0, 0)
        for widget in (self.note, self.warning, self.diff, self.arguments_label, self.arguments):
            self._body.addWidget(widget)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._inside)
        self._column.addWidget(self._area)
        self._grid = QGridLayout()
        self._buttons = QHBoxLayout()
        for button in (self.once, self.chat, self.always):
            self._buttons.addWidget(button)
        self._refusal = QHBoxLayout()
        self._refusal.addWidget(self.reason, 1)
        self._refusal.addWidget(self.deny)
        self._grid.setColumnStretch(1, 1)
        self._column.addLayout(self._grid)
        self._arrange()

    def _connect(self) -> None:
        self.once.clicked.connect(lambda: self._decide(Scope.ONCE))
        self.chat.clicked.connect(lambda: self._decide(Scope.CHAT))
        self.always.clicked.connect(lambda: self._decide(Scope.ALWAYS))
        self.deny.clicked.connect(self._deny)
        self.reason.submitted.connect(self._deny)
        self.arguments.textChanged.connect(self._edited)
        self._typing.timeout.connect(self._ask_preview)
        self._guard.timeout.connect(self._refresh)
        self._theme.changed.connect(self._restyle)

    @property
    def request(self) -> ApprovalRequest | None:
        """What is asked about now."""
        return self._request

    def show_request(self, request: ApprovalRequest | None, *, more: int = 0, change: str = "") -> None:
        """Ask about a call (`more` others wait behind it), or about nothing. `change`: what is new about its tool."""
        self._more = more
        if request is not None and request != self._request:
            self._request = request
            self._change = change
            self.arguments.show_text(escape_hidden(request.arguments), editable=True)
            self._show_as_asked(request)
            self.reason.clear()
            self._guard.start()
        self._request = request
        self.setVisible(request is not None)
        self.retranslate()
        self._arrange()
        self.shown.emit()

    # --- other arguments --------------------------------------------------------------------------------------------

    @property
    def _is_edited(self) -> bool:
        return self.arguments.fits and self.arguments.document().isModified()

    def _show_as_asked(self, request: ApprovalRequest) -> None:
        """The difference of the model's own arguments."""
        self.diff.show_text(reveal_hidden(request.diff or self._change), editable=False)
        self._previewed = self._fault = ""
        self._typing.stop()

    def _edited(self) -> None:
        if self._is_edited:
            self._typing.start()
        elif self._request is not None:  # undone
            self._show_as_asked(self._request)
        self._refresh()

    def _ask_preview(self) -> None:
        if self._request is not None and self._is_edited and self._is_object():
            self.edited.emit(self._request.id, self.arguments.text)

    def show_preview(self, request_id: str, arguments: str, diff: str, *, fault: str = "") -> None:
        """What the call would change with these arguments, or why they cannot be used; late news is left alone."""
        if self._request is None or self._request.id != request_id or arguments != self.arguments.text:
            return
        self._previewed, self._fault = arguments, fault
        if not fault:
            self.diff.show_text(reveal_hidden(diff or self._change), editable=False)
        self._refresh()

    # --- deciding ---------------------------------------------------------------------------------------------------

    def _deny(self) -> None:
        self._decide(Scope.DENY)

    def _decide(self, scope: Scope) -> None:
        request = self._request
        if request is None or (scope is not Scope.DENY and not self._may_allow()):
            return
        edited = self.arguments.text if self._is_edited else None
        decision = Decision(scope, self.reason.cleaned, edited if scope is not Scope.DENY else None)
        self.decided.emit(request.id, decision)

    def _may_allow(self) -> bool:
        """Edited arguments may run when the difference that is shown is theirs."""
        checked = not self._is_edited or (self._previewed == self.arguments.text and not self._fault)
        return not self._guard.isActive() and self._is_object() and checked

    def _is_object(self) -> bool:
        if not self._is_edited:
            return True
        try:
            return isinstance(json.loads(self.arguments.text), dict)
        except (ValueError, RecursionError):
            return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in ENTER_KEYS and control and not self.reason.composing and not self.arguments.composing:
            self._decide(Scope.ONCE)
            return
        super().keyPressEvent(event)

    # --- looks ------------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        request = self._request
        if request is None:
            return
        for button in (self.once, self.chat, self.always):
            button.setEnabled(self._may_allow())
        self.always.setVisible(request.can_always)
        self.diff.setVisible(bool(self.diff.toPlainText()) and not self._fault)
        self._warn(request)

    def _warn(self, request: ApprovalRequest) -> None:
        words: list[str] = []
        if request.changed:
            words.append(tr("approval.changed"))
        hidden = hidden_in(_meant(self.arguments.text))
        if hidden:
            words.append(tr("approval.hidden", characters=locale().createSeparatedList(hidden[:6])))
        if not self._is_object():
            words.append(tr("approval.not_json"))
        elif self._fault and self._previewed == self.arguments.text:
            words.append(tr("approval.misfit", reason=reveal_hidden(self._fault)))
        self.warning.setText("\n".join(words))
        self.warning.setVisible(bool(words))
        self._fit()

    def set_most(self, height: int) -> None:
        """How high the card may be: what it shows scrolls then, the buttons stay."""
        self._most = height
        self._fit()

    @property
    def _narrow(self) -> bool:
        return self.width() < self._theme.px(_ROOM)

    def _fit(self) -> None:
        """The height by what is in it: boxes in boxes with wrapped words are squeezed otherwise."""
        px, around = self._theme.px, self._around()
        wanted = self._inside.sizeHint().height()
        area = max(px(60), min(wanted, self._most - around) if self._most else wanted)
        self._area.setFixedHeight(area)
        self.setFixedHeight(around + area)

    def _around(self) -> int:
        """The height of all but what scrolls."""
        px, rows = self._theme.px, 1 + self._narrow + self._in_two
        controls = rows * self.once.sizeHint().height() + (rows - 1) * px(8)
        head = self.title.sizeHint().height() if self.stop.isHidden() else self.stop.sizeHint().height()
        return px(28) + head + 2 * px(8) + controls

    @property
    def _in_two(self) -> bool:
        """Whether "always" has no room beside the others."""
        if self._request is None or not self._request.can_always:
            return False
        wanted = sum(button.sizeHint().width() for button in (self.once, self.chat, self.always))
        return wanted + self._theme.px(16 + 32) > self.width()

    @property
    def least(self) -> int:
        """Below this height what is asked about can hardly be read."""
        return self._around() + min(self._inside.sizeHint().height(), self._theme.px(_READABLE))

    def show_stop(self, on: bool) -> None:
        """Offer to stop the answer, as the composer cannot."""
        self.stop.setVisible(on)

    def _arrange(self) -> None:
        """One row of buttons where there is room for it, else the refusal below."""
        narrow, in_two = self._narrow, self._in_two
        for item in (self._buttons, self._refusal):
            self._grid.removeItem(item)
        self._buttons.removeWidget(self.always)
        self._grid.removeWidget(self.always)
        if in_two:
            self._grid.addWidget(self.always, 1, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        else:
            self._buttons.addWidget(self.always)
        self._grid.addLayout(self._buttons, 0, 0, 1, 2 if narrow else 1, Qt.AlignmentFlag.AlignLeft)
        self._grid.addLayout(self._refusal, narrow + in_two, 0 if narrow else 1, 1, 2 if narrow else 1)
        self._fit()

    def _restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(16), px(14), px(16), px(14))
        self._column.setSpacing(px(8))
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(8))
        self._buttons.setSpacing(px(8))
        self._refusal.setSpacing(px(8))
        self._body.setSpacing(px(8))
        self._arrange()
        self.update()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.tokens.accent))
        painter.setBrush(QColor(self._theme.tokens.background))
        radius = self._theme.px(14)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.arguments_label.setText(tr("approval.arguments"))
        self.arguments.setAccessibleName(tr("approval.arguments"))
        self.diff.setAccessibleName(tr("tool.section.diff"))
        self.reason.setPlaceholderText(tr("approval.reason"))
        self.reason.setAccessibleName(tr("approval.reason"))
        request = self._request
        if request is not None:
            name = reveal_hidden(tool_label(request.spec.name, request.spec.origin))
            self.title.setText(tr("approval.title", tool=name))
            self.setAccessibleName(tr("approval.title", tool=name))
            self.note.setText(self._note(request))
        self._refresh()

    def _note(self, request: ApprovalRequest) -> str:
        words: list[str] = []
        if request.spec.origin != BUILT_IN:
            own = request.spec.origin == USER
            words.append(
                tr("approval.own") if own else tr("approval.server", server=reveal_hidden(request.spec.origin))
            )
            words.append(reveal_hidden(request.spec.description))
            if request.spec.read_only:
                words.append(tr("approval.read_only"))
        if self._more:
            words.append(tr("approval.more", count=self._more))
        self.note.setVisible(bool(words))
        return "\n".join(words)


def _meant(arguments: str) -> str:
    """The characters that the arguments stand for, also those that are written as `\\u200b`."""
    try:
        return json.dumps(json.loads(arguments), ensure_ascii=False)
    except (ValueError, RecursionError):
        return arguments
