"""Two answers to one question side by side; a narrow window puts one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from glmdesk.domain.message import Message
from glmdesk.services.transcript import Transcript
from glmdesk.services.turns import Comparison
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.facts import thinking_word, yuan
from glmdesk.ui.transcript.view import TranscriptView
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel

UseFormulas = Callable[[TranscriptView, str], None]  # gives a view the pictures of its formulas, under a name
_LOWEST = 150  # logical pixels that an answer has at least
_NARROW = 380  # logical pixels; a narrower column has its numbers above its buttons
_STACKED = 820  # logical pixels; a narrower page stacks its columns


class Column(QFrame):
    """One answer: who gives it, its words, what it took, and the button that picks it."""

    action = Signal(str, str)

    def __init__(self, number: int, transcript: Transcript, *, theme: ThemeManager, use_formulas: UseFormulas) -> None:
        super().__init__()
        self._number = number
        self._theme = theme
        self.transcript = transcript
        self.setProperty("kind", "card")
        self.name = PlainLabel(theme=theme, role="muted")
        self.view = TranscriptView(theme=theme)
        self.took = PlainLabel(theme=theme, role="faint")
        self.took.setWordWrap(True)
        self.stop = Button("turns.compare.stop")
        self.pick = Button("turns.compare.pick", kind="primary" if number == 1 else "plain")
        px = theme.px
        self._foot = foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        foot.setContentsMargins(px(16), 0, px(12), px(12))
        foot.addWidget(self.took, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.stop)
        buttons.addWidget(self.pick)
        foot.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, px(12), 1, 0)
        column.setSpacing(px(6))
        self.name.setContentsMargins(px(16), 0, px(16), 0)
        column.addWidget(self.name)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.view.action.connect(self.action)
        self.view.link_activated.connect(self._link)
        self.stop.clicked.connect(lambda: self.action.emit("stop_one", self.message.id))
        self.pick.clicked.connect(lambda: self.action.emit("pick", self.message.id))
        use_formulas(self.view, f":{number}")
        self.view.show_transcript(transcript)
        self.refresh()

    def _link(self, address: str) -> None:
        self.action.emit("link", address)

    def fit(self, width: int) -> None:
        """Where there is little room, what the answer took stands above the buttons."""
        narrow = width < self._theme.px(_NARROW)
        self._foot.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    @property
    def message(self) -> Message:
        return self.transcript.rows[0].message

    def refresh(self) -> None:
        """The newest words and numbers."""
        self.view.poll()
        row = self.transcript.rows[0]
        running = row.live or row.message.status == "streaming"
        model, thinking = row.message.model, thinking_word(bool(row.message.thinking))
        self.name.setText(f"{model} · {thinking}")
        self.setAccessibleName(tr("turns.compare.column", number=self._number, model=model, thinking=thinking))
        self.view.title = self.accessibleName()
        self.view.setAccessibleName(self.view.title)
        self.stop.setVisible(running)
        self.took.setText(tr("turns.compare.running") if running else " · ".join(took_words(row.message)))

    def retranslate(self) -> None:
        self.refresh()


def took_words(message: Message) -> list[str]:
    """Time, tokens and cost of a whole answer."""
    words: list[str] = []
    if message.timing.total is not None:
        words.append(tr("turns.compare.total", seconds=f"{message.timing.total:.1f}"))
    if message.usage is not None:
        words.append(tr("turns.compare.tokens", count=f"{message.usage.completion_tokens:,}"))
        words.append(yuan(message.cost.yuan) if message.cost is not None else tr("turns.compare.unpriced"))
    return words


class ComparePage(QWidget):
    """`action(id, message id)`: what a column's view says, `pick`, `stop_one` and `leave`."""

    action = Signal(str, str)

    def __init__(
        self,
        comparison: Comparison,
        transcripts: Sequence[Transcript],
        *,
        theme: ThemeManager,
        forget: Callable[[Transcript], None],
        use_formulas: UseFormulas = lambda view, name: None,
    ) -> None:
        super().__init__()
        self.comparison = comparison
        self._theme = theme
        self._forget = forget
        self.question = PlainLabel(theme=theme)
        self.question.setAccessibleName(tr("turns.compare.question"))
        self.back = Button("turns.compare.back", kind="quiet")
        self.back.clicked.connect(lambda: self.action.emit("leave", ""))
        self.columns = [Column(n, t, theme=theme, use_formulas=use_formulas) for n, t in enumerate(transcripts, 1)]
        self._head = QHBoxLayout()
        self._head.addWidget(self.question, 1)
        self._head.addWidget(self.back)
        self._area = QScrollArea()  # stacked columns may be higher than the window
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the columns scroll by themselves
        both = QWidget()
        self._area.setWidget(both)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, both)
        self._sides.setContentsMargins(0, 0, 0, 0)
        for column in self.columns:
            self._sides.addWidget(column, 1)
            column.action.connect(self.action)
        self._page = QVBoxLayout(self)
        self._page.addLayout(self._head)
        self._page.addWidget(self._area, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def poll(self) -> None:
        """The answers may have changed."""
        for column in self.columns:
            column.refresh()

    def close_page(self) -> None:
        """Not shown any more."""
        for column in self.columns:
            column.view.show_transcript(None)  # nothing is drawn for it any more
            self._forget(column.transcript)

    def _restyle(self) -> None:
        px = self._theme.px
        self._page.setContentsMargins(px(16), px(12), px(16), px(16))
        self._page.setSpacing(px(12))
        self._sides.setSpacing(px(12))
        for column in self.columns:
            column.view.setMinimumHeight(px(_LOWEST))
        self._fit()

    def _fit(self) -> None:
        narrow = self.width() < self._theme.px(_STACKED)
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._sides.setDirection(wanted)
        for column in self.columns:
            column.fit(self.width() if narrow else self.width() // 2)
        line = " ".join(self.comparison.question.text.split())
        room = self.width() - self.back.sizeHint().width() - self._theme.px(60)
        metrics = QFontMetrics(self.question.font())
        self.question.setText(metrics.elidedText(line, Qt.TextElideMode.ElideRight, max(room, 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.question.setAccessibleName(tr("turns.compare.question"))
            for column in self.columns:
                column.retranslate()
