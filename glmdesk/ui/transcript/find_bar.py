"""The bar for finding words in a chat: a card over the top right of the message view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from glmdesk.ui.composer.line_edit import ENTER_KEYS, LineEdit
from glmdesk.ui.composer.shadow import SPREAD, paint_card, paint_shadow
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.tokens import RADIUS_CARD
from glmdesk.ui.transcript.selection import Place
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager
    from glmdesk.ui.transcript.view import TranscriptView

_WIDTH = 420
_LONGEST = 100  # characters of a selection that are taken over as words to find


class FindField(LineEdit):
    """Enter goes on, Shift+Enter goes back; neither while the input method composes."""

    back = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in ENTER_KEYS and shift and not self.composing:
            self.back.emit()
            return
        super().keyPressEvent(event)


class FindBar(QWidget):
    """Belongs to one view; `open` shows it, Esc hides it and selects what was found."""

    def __init__(self, view: TranscriptView, *, theme: ThemeManager) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self._before: QWidget | None = None
        self.field = FindField(parent=self)
        self.count = PlainLabel("", theme=theme, role="faint", parent=self)
        self.previous = IconButton("chevron-up", "transcript.find.previous", theme=theme, parent=self)
        self.next = IconButton("chevron-down", "transcript.find.next", theme=theme, parent=self)
        self.shut = IconButton("x", "transcript.find.close", theme=theme, parent=self)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.field, 1)
        for widget in (self.count, self.previous, self.next, self.shut):
            self._row.addWidget(widget)
        self._connect()
        self.hide()
        self._restyle()
        self.retranslate()

    def _connect(self) -> None:
        finder = self._view.finder
        self.field.textChanged.connect(finder.find)
        self.field.submitted.connect(lambda: finder.step(1))
        self.field.back.connect(lambda: finder.step(-1))
        self.field.stepped.connect(finder.step)
        self.field.cancelled.connect(self.close_bar)
        self.previous.clicked.connect(lambda: finder.step(-1))
        self.next.clicked.connect(lambda: finder.step(1))
        self.shut.clicked.connect(self.close_bar)
        finder.changed.connect(self._show_count)
        self._theme.changed.connect(self._restyle)

    def open(self) -> None:
        """Show the bar with what is selected, or with the words of the last time."""
        if self.isHidden():
            self._before = self.window().focusWidget()
            self._view.finder.begin()
        words = self._view.selection.copy().plain if not self._view.selection.empty else ""
        self.show()
        self.raise_()
        self.place()
        if words and "\n" not in words and len(words) <= _LONGEST:
            self.field.setText(words)
        self._view.finder.find(self.field.text())
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_words(self, words: str, row_id: str) -> bool:
        """Find words that are known to be in a message; the focus stays. False when they do not stand there as such."""
        finder = self._view.finder
        finder.close()
        finder.begin(row_id)
        self.show()
        self.raise_()
        self.place()
        self.field.setText(words)
        finder.find(words)
        there = finder.current is not None and finder.current.row_id == row_id
        if not there:
            self.leave()
        return there

    def step(self, by: int) -> None:
        """The next or the previous hit; opens the bar when there are no words yet."""
        if self.isHidden() or not self.field.text():
            self.open()
        else:
            self._view.finder.step(by)

    def close_bar(self) -> None:
        """Hide the bar; what was found last is selected."""
        hit, span = self._view.finder.current, self._view.finder.span()
        if hit is not None and span is not None:
            self._view.selection.set(Place(hit.row_id, hit.piece, span[0]), Place(hit.row_id, hit.piece, span[1]))
        # First: a bar that is hidden with the focus gives it to the first button of the chat.
        (self._before or self._view).setFocus(Qt.FocusReason.OtherFocusReason)
        self.leave()

    def leave(self) -> None:
        """Hide the bar; another chat is shown."""
        if not self.isHidden():
            if self.isAncestorOf(self.window().focusWidget() or self._view):
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            self._view.finder.close()
        self._before = None

    def _show_count(self) -> None:
        finder = self._view.finder
        total = finder.total
        more = "…" if finder.searching else ""
        if not finder.query.strip():
            text = ""
        elif finder.searching:
            text = f"{total:,}{more}"
        elif total:
            text = f"{finder.place}/{total:,}"
        else:
            text = tr("transcript.find.none")
        self.count.setText(text)
        self.count.setAccessibleName(text)
        self.count.set_role("error" if text and not total and not more else "faint")
        for button in (self.previous, self.next):
            button.setEnabled(total > 0)

    def place(self) -> None:
        """At the top right of the view, as wide as there is room."""
        px = self._theme.px
        edge = px(SPREAD)
        room = self._view.viewport().width()
        width = min(px(_WIDTH) + 2 * edge, room)
        self.setGeometry(room - width, 0, width, self.sizeHint().height())

    def _restyle(self) -> None:
        px = self._theme.px
        edge = px(SPREAD)
        self._row.setContentsMargins(edge + px(8), edge + px(6), edge + px(6), edge + px(6))
        self._row.setSpacing(px(4))
        self.count.setMinimumWidth(px(52))
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.place()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        edge = px(SPREAD)
        card = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_shadow(painter, card, radius=px(RADIUS_CARD), dark=tokens.dark, spread=edge)
        paint_card(painter, card, radius=px(RADIUS_CARD), ground=tokens.background, line=tokens.line)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.field.setPlaceholderText(tr("transcript.find.field"))
        self.field.setAccessibleName(tr("transcript.find.field"))
        self._show_count()
