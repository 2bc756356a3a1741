"""The composer: one card with the text, the thinking switch and Send, which turns into Stop in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QMoveEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.budget import estimate_tokens
from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.settings import SendKey
from glmdesk.domain.template import Template
from glmdesk.ui.composer.chips import ChipRow
from glmdesk.ui.composer.editor import MOST_PASTED, Editor
from glmdesk.ui.composer.hint import HintLine
from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS
from glmdesk.ui.composer.popup import MenuEntry, MenuPopup
from glmdesk.ui.composer.room import FORMS, LINES, Room
from glmdesk.ui.composer.shadow import SPREAD, paint_card, paint_shadow
from glmdesk.ui.composer.thinking import ThinkingSwitch
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.theme.tokens import READING_WIDTH
from glmdesk.ui.tools.button import ToolsButton
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_RADIUS = 16
_PAUSE_MS = 300  # drafts and estimates


class Composer(QWidget):
    """Writes a turn. `send` carries the cleaned text; the owner calls `clear()` once the turn is stored."""

    send = Signal(str)
    stop = Signal()
    draft_changed = Signal(str)
    thinking_chosen = Signal(str)
    template_chosen = Signal(str)
    extra_chosen = Signal(str)  # the id of an entry of `set_extras`
    template_gallery = Signal()
    files_changed = Signal()  # the user added or took away a file

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._busy = False
        self._model_name = ""
        self._send_key = SendKey.ENTER
        self._saved = ""
        self._tokens = 0
        self._price: Callable[[int], tuple[str, str]] = lambda tokens: ("", "")
        self._extras: frozenset[str] = frozenset()
        self._warning = ""
        self._most = 10_000  # until the owner says how much room there is
        self._form = FORMS[0]
        self.card = QWidget(self)
        self.chips = ChipRow(theme=theme, parent=self.card)
        self.editor = Editor(self.card)
        self.popup = MenuPopup(theme=theme, parent=self)
        self.thinking = ThinkingSwitch(theme=theme, parent=self.card)
        self.attach_button = IconButton("paperclip", "composer.attach", theme=theme)
        self.templates_button = IconButton("templates", "composer.templates", theme=theme)
        self.tools_button = ToolsButton(theme=theme)
        self.hint = HintLine(theme=theme)
        self.send_button = Button("composer.send", kind="primary")
        self.stop_button = Button("composer.stop", kind="plain")
        self._action = QStackedWidget(self.card)
        self._draft_timer = self._timer(self.flush)
        self._estimate_timer = self._timer(self._estimate)
        self._build()
        self._connect()
        self._restyle()
        self.retranslate()

    def _timer(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_PAUSE_MS)
        timer.timeout.connect(slot)
        return timer

    def _build(self) -> None:
        self._action.addWidget(self.send_button)
        self._action.addWidget(self.stop_button)
        self._action.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._right = QHBoxLayout()
        for widget in (self.attach_button, self.templates_button, self.tools_button, self.hint, self._action):
            self._right.addWidget(widget, 1 if widget is self.hint else 0)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.addWidget(self.thinking, 0, Qt.AlignmentFlag.AlignLeft)
        self._row.addLayout(self._right, 1)
        self._inner = QVBoxLayout(self.card)
        self._inner.addWidget(self.chips)
        self._inner.addWidget(self.editor)
        self._inner.addLayout(self._row)
        self._outer = QHBoxLayout(self)
        self._outer.addStretch(1)
        self._outer.addWidget(self.card, 1000)
        self._outer.addStretch(1)
        self.setFocusProxy(self.editor)

    def _connect(self) -> None:
        self.editor.key_taker = self.popup.take_key
        self.editor.textChanged.connect(self._changed)
        self.editor.cursorPositionChanged.connect(self._offer_templates)
        self.editor.submitted.connect(self._submit)
        self.editor.capped.connect(self._say_capped)
        self.send_button.clicked.connect(self._submit)
        self.stop_button.clicked.connect(self.stop)
        self.templates_button.clicked.connect(self.template_gallery)
        self.thinking.chosen.connect(self.thinking_chosen)
        self.popup.chosen.connect(self._chosen)
        self.chips.changed.connect(self._estimate)
        self.chips.changed.connect(self._fit)
        self.chips.edited.connect(self.files_changed)
        self.editor.too_long_pasted.connect(self._refuse_paste)
        self.editor.image_pasted.connect(lambda: self._warn(tr("composer.image")))
        self._theme.changed.connect(self._restyle)

    # --- what the owner sets ----------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.editor.text

    def set_text(self, text: str, files: Sequence[AttachmentPart] = ()) -> None:
        """Show another draft (another conversation); it is not reported back."""
        self.chips.show_parts(files)
        self.editor.replace_text(text)
        self._settle()
        self.editor.document().clearUndoRedoStacks()

    def insert_text(self, text: str) -> None:
        """Show words that somebody else wrote as the user's own draft, with the cursor behind them."""
        self.editor.replace_text(text)
        self.editor.ensureCursorVisible()
        self.focus_editor()

    def clear(self) -> None:
        """After the turn was stored."""
        self.set_text("")

    @property
    def attachments(self) -> tuple[AttachmentPart, ...]:
        """What goes with the text."""
        return self.chips.parts

    @property
    def tokens(self) -> int:
        """About how many tokens the text and its files have."""
        return round(estimate_tokens(self.text) * self.chips.scale) + self.chips.tokens

    def attach(self, part: AttachmentPart) -> None:
        """Put something beside the text, as a chip."""
        self.chips.add(part)

    def flush(self) -> None:
        """Report the draft at once if it changed (before switching and on quit)."""
        self._draft_timer.stop()
        if (text := self.text) != self._saved:
            self._saved = text
            self.draft_changed.emit(text)

    def _settle(self) -> None:
        self._draft_timer.stop()
        self._saved = self.text
        self._warning = ""
        self._estimate()

    def set_busy(self, busy: bool) -> None:
        """While an answer is made, Send is Stop and Enter keeps the text."""
        had_focus = self.send_button.hasFocus() or self.stop_button.hasFocus()
        self._busy = busy
        self._action.setCurrentWidget(self.stop_button if busy else self.send_button)
        if had_focus:
            (self.stop_button if busy else self.send_button).setFocus()
        self._refresh()

    def set_model_name(self, name: str) -> None:
        self._model_name = name
        self.retranslate()

    def set_token_scale(self, scale: float) -> None:
        """What the estimates are multiplied by: the model's own count."""
        self.chips.set_scale(scale)
        self._estimate()

    def set_send_key(self, key: SendKey) -> None:
        self._send_key = key
        self.editor.set_send_key(key)
        self._refresh()

    def set_history(self, texts: Sequence[str]) -> None:
        """The user's turns of this conversation, oldest first: Up recalls them."""
        self.editor.set_history(texts)

    def set_templates(self, templates: Callable[[], Sequence[Template]]) -> None:
        self.popup.set_templates(templates)

    def set_extras(self, entries: Sequence[MenuEntry]) -> None:
        """Entries of the `/` menu after the templates."""
        self._extras = frozenset(entry.id for entry in entries)
        self.popup.set_extras(entries)
        self._offer_templates()  # the list may be open, or may have had nothing to show

    def set_thinking(
        self,
        choice: ThinkingChoice,
        *,
        can_think: bool = True,
        can_rest: bool = True,
        template_state: bool | None = None,
        reason_id: str = "",
    ) -> None:
        """`template_state` is what 按模板 stands for now; `reason_id` says why a greyed state is greyed."""
        self.thinking.show_state(
            choice, can_think=can_think, can_rest=can_rest, template_state=template_state, reason_id=reason_id
        )

    def focus_editor(self) -> None:
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- sending ----------------------------------------------------------------------------------------------------

    def ready(self) -> bool:
        """Whether there is something that can be asked now; says so when a file is still being read."""
        if self.chips.reading:
            self._warn(tr("composer.still_reading"))
            return False
        return not self._busy and not self.editor.composing and bool(self.text.strip())

    def _submit(self) -> None:
        if self.ready():
            text = self.text
            self.flush()
            self.focus_editor()  # a clicked button is greyed next, and the focus would go to its neighbour
            self.send.emit(text)

    def _changed(self) -> None:
        self._warning = ""
        self._draft_timer.start()
        if not self._estimate_timer.isActive():
            self._estimate_timer.start()
        self._refresh_send()

    def _estimate(self) -> None:
        self._tokens = self.tokens
        self._refresh()

    def _say_capped(self) -> None:
        # textChanged comes after this and would wipe the sentence.
        QTimer.singleShot(0, self, self._show_capped)

    def _show_capped(self) -> None:
        self._warn(tr("composer.capped", limit=locale().toString(MAX_CHARACTERS)))

    def _refuse_paste(self, length: int) -> None:
        self._warn(tr("composer.too_long", length=locale().toString(length), limit=locale().toString(MOST_PASTED)))

    def _warn(self, text: str) -> None:
        self._warning = text
        self._refresh()

    # --- templates --------------------------------------------------------------------------------------------------

    def _offer_templates(self) -> None:
        """`/` as the first character, while it is alone on its line and nothing is being composed."""
        text = self.editor.document().firstBlock().text() if self.editor.blockCount() == 1 else ""
        wanted = text.startswith("/") and len(text) < 40 and self.editor.textCursor().position() > 0
        if not wanted or self.editor.composing:
            self.popup.hide()
        elif self.popup.filter(text[1:]):
            self.popup.place(self, self.card.geometry())

    def _chosen(self, entry_id: str) -> None:
        self.editor.replace_text("")
        (self.extra_chosen if entry_id in self._extras else self.template_chosen).emit(entry_id)

    # --- looks ------------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        self._refresh_send()
        texts = [self._warning] if self._warning else self._hint_texts()
        self.hint.show_texts(texts, warning=bool(self._warning))

    def set_price(self, words: Callable[[int], tuple[str, str]]) -> None:
        """`words` gives the price of so many tokens and its explanation, '' where there is none."""
        self._price = words
        self._refresh()

    def refresh_hint(self) -> None:
        """What the price depends on has changed."""
        self._refresh()

    def _refresh_send(self) -> None:
        self.send_button.setEnabled(not self.editor.document().isEmpty())

    def _hint_texts(self) -> list[str]:
        """From the longest to the shortest."""
        keys = tr(f"composer.hint.{'busy' if self._busy else self._send_key.value}")
        price, why = self._price(self._tokens) if self._tokens else ("", "")
        set_tooltip(self.hint, why)
        if not self._tokens:
            return [keys]
        count = locale().toString(self._tokens)
        texts = [tr("composer.hint.tokens", count=count, keys=keys), tr("composer.hint.tokens_short", count=count)]
        if not price:
            return texts
        short = tr("composer.hint.priced", count=count, cost=price)
        return [tr("composer.hint.priced_keys", count=count, cost=price, keys=keys), short, price]

    def _restyle(self) -> None:
        px, tokens = self._theme.px, self._theme.tokens
        self.card.setMaximumWidth(px(READING_WIDTH))
        self.editor.setFont(self._theme.ui_font(14))
        self.editor.viewport().setFont(self._theme.ui_font(14))  # the placeholder is drawn with it
        palette = self.editor.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.PlaceholderText, tokens.faint)
        self.editor.setPalette(palette)
        self._fit()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, card, radius = self._theme.tokens, self.card.geometry().toRectF(), self._theme.px(_RADIUS)
        inside = self.card.geometry().adjusted(radius, radius, -radius, -radius)
        if inside.contains(event.rect()):  # the cursor blinks: the rings of the shadow would be lost on it
            painter.fillRect(event.rect(), QColor(tokens.background))
            return
        paint_shadow(painter, card, radius=radius, dark=tokens.dark, spread=self._theme.px(SPREAD))
        paint_card(painter, card, radius=radius, ground=tokens.background, line=tokens.line)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.card.geometry().contains(event.position().toPoint()):
            self.editor.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._follow()

    def set_most(self, height: int) -> None:
        """How high the composer may become; in a low window its parts give way one after the other."""
        if height != self._most:
            self._most = height
            self._fit()

    def _fit(self) -> None:
        lines = self.editor.room_for(LINES)
        self._form = next((form for form in FORMS if self._around(form) + lines <= self._most), FORMS[-1])
        px, form = self._theme.px, self._form
        self._outer.setContentsMargins(px(SPREAD), px(form.top), px(SPREAD), px(SPREAD))
        self._inner.setContentsMargins(px(form.beside), px(form.edge), px(form.beside), px(form.edge))
        self._inner.setSpacing(px(form.gap))
        self._row.setSpacing(px(form.between))
        self._right.setSpacing(px(form.between))
        self.chips.set_lines(form.chip_lines)
        self.thinking.set_compact(form.compact)
        one, two = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(one if self._in_one_line(form) else two)
        self.editor.set_room(self._most - self._around(form))

    def _room(self, form: Room) -> int:
        """How wide the line below the text is."""
        return min(self.width(), self.card.maximumWidth()) - 2 * self._theme.px(SPREAD + form.beside)

    def _in_one_line(self, form: Room) -> bool:
        """Where not all fits into one line, the thinking switch gets one of its own."""
        buttons = (self.attach_button, self.templates_button, self.tools_button, self._action)
        room, gap = self._room(form), self._theme.px(form.between)
        switch = self.thinking.size_of(compact=form.compact, width=room).width()
        return switch + sum(gap + button.sizeHint().width() for button in buttons) + gap <= room

    def _around(self, form: Room) -> int:
        """The height of all but the text."""
        px = self._theme.px
        switch = self.thinking.size_of(compact=form.compact, width=self._room(form)).height()
        buttons = max(self.attach_button.sizeHint().height(), self._action.sizeHint().height())
        row = max(switch, buttons) if self._in_one_line(form) else switch + px(form.between) + buttons
        files = self.chips.height_of(form.chip_lines)
        gaps = px(form.gap) * (2 if files else 1)
        return px(form.top + SPREAD + 2 * form.edge) + gaps + files + row

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._follow()

    def _follow(self) -> None:
        if not self.popup.isHidden():
            self.popup.place(self, QRect(self.card.geometry()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        name = self._model_name or "GLM"
        self.editor.setPlaceholderText(tr("composer.placeholder", model=name))
        self.editor.setAccessibleName(tr("composer.text"))
        self._fit()
        self._refresh()
