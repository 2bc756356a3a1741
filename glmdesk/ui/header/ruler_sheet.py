"""The list behind the window's ring: what the next request carries, what of it can go, what helps when it is full."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from glmdesk.domain.catalogue import Model
from glmdesk.domain.errors import UserError
from glmdesk.domain.ruler import Ruler, Share
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.window import SummaryPlan
from glmdesk.ui.header.ring import short_count
from glmdesk.ui.i18n import error_texts, locale, tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.facts import yuan
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.cut_label import CutLabel
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet

_DOWN, _ACROSS = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
_NARROW = 320  # logical pixels of the card: below it counts and buttons stand below their words
_AROUND = 198  # what title, total and margins take of the window's height


@dataclass(frozen=True, slots=True)
class RulerState:
    """What the list shows: the parts, what a summary would do (None: nothing to sum up), a model with more room."""

    ruler: Ruler
    plan: SummaryPlan | None = None
    larger: Model | None = None


@dataclass(frozen=True, slots=True)
class RulerActions:
    """What the list can do; each gives the state that follows. `price` says in words what it costs that so many
    tokens miss the cache, '' where nobody knows. Raise UserError: it is shown in the list and nothing has changed."""

    drop: Callable[[Sequence[Share]], Awaitable[RulerState]]
    restore: Callable[[Sequence[Share]], Awaitable[RulerState]]
    summarise: Callable[[SummaryPlan], Awaitable[RulerState]]
    take_back: Callable[[], Awaitable[RulerState]]
    switch: Callable[[Model], Awaitable[RulerState]]
    price: Callable[[int], str]


class RulerSheet(Sheet):
    """`buttons` by the kind and the ids of what they drop or restore."""

    def __init__(
        self, state: RulerState, parent: QWidget, *, theme: ThemeManager, tasks: TaskOwner, actions: RulerActions
    ) -> None:
        super().__init__(parent, theme=theme, width=600)
        self._tasks = tasks
        self._actions = actions
        self.state = state
        self.buttons: dict[tuple[str, tuple[str, ...]], Button] = {}
        self.total = PlainLabel(theme=theme, role="muted")
        self.error = PlainLabel(theme=theme, role="error")
        title = PlainLabel(tr("header.ruler.title"), theme=theme, role="title")
        for label in (title, self.total, self.error):
            label.setWordWrap(True)
        self.error.hide()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setAccessibleName(tr("header.ruler.title"))
        column = self.card.column
        for widget in (title, self.total):
            column.addWidget(widget)
        column.addWidget(self._area, 1)
        column.addWidget(self.error)
        self._choices = self._make_buttons()
        column.addLayout(self._choices)
        self.show_state(state)

    @property
    def ruler(self) -> Ruler:
        return self.state.ruler

    def _make_buttons(self) -> FlowLayout:
        self.close_button = Button("header.ruler.close", kind="primary")
        self.larger = Button("header.ruler.larger")
        self.summary = Button("header.ruler.summarise")
        self.oldest = Button("header.ruler.oldest")
        self.close_button.clicked.connect(self.close_sheet)
        self.larger.clicked.connect(self._switch)
        self.summary.clicked.connect(self._summarise)
        self.oldest.clicked.connect(self._drop_oldest)
        row = FlowLayout(gap=self._theme.px(8))
        for button in (self.close_button, self.larger, self.summary, self.oldest):
            row.addWidget(button)
        return row

    def show_state(self, state: RulerState) -> None:
        """Another state of the same conversation."""
        focused = next((name for name, button in self.buttons.items() if button.hasFocus()), None)
        self.state = state
        used, window = short_count(self.ruler.used), short_count(self.ruler.window)
        text_id = "header.ruler.over" if self.ruler.over else "header.ruler.total"
        self.total.setText(tr(text_id, used=used, window=window))
        self.total.set_role("error" if self.ruler.over else "muted")
        self._show_choices()
        self._show_rows()
        kept = self.buttons.get(focused) if focused else None
        (kept or self.close_button).setFocus()

    def _show_rows(self) -> None:
        self.buttons = {}
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, self._theme.px(8), 0)
        column.setSpacing(self._theme.px(6))
        self.hint = PlainLabel(self._hint_words(), theme=self._theme, role="faint")
        self.hint.setWordWrap(True)
        column.addWidget(self.hint)
        for share in self.ruler.shares:
            column.addWidget(self._row(share))
            if share.kind == "summary":
                self._add_summary(column, share)
        column.addStretch(1)
        self._area.setWidget(rows)
        inner = self.card.width() - 2 * self._theme.px(24)
        around = self._theme.px(_AROUND) + self._choices.heightForWidth(inner)
        room = max(self._theme.px(80), self.height() - around)
        wanted = rows.heightForWidth(inner)
        self._area.setFixedHeight(min(max(wanted, rows.sizeHint().height()), room))

    def _show_choices(self) -> None:
        """What helps when the window is full; a summary is offered before that, too."""
        plan, larger = self.state.plan, self.state.larger
        self.oldest.setVisible(len(self.ruler.turns) > 2)
        self.summary.setVisible(plan is not None)
        self.larger.setVisible(self.ruler.over and larger is not None)
        if larger is not None:
            self.larger.set_text_id("header.ruler.larger", name=larger.name, window=short_count(larger.window))
        if plan is not None:
            self.summary.set_text_id("header.ruler.summarise", count=plan.turns)

    def _hint_words(self) -> str:
        plan = self.state.plan
        return "\n".join([tr("header.ruler.hint"), *([_plan_words(plan)] if plan is not None else [])])

    def _row(self, share: Share) -> QWidget:
        row = QWidget()
        parts = QBoxLayout(_DOWN if self._is_narrow else _ACROSS, row)
        indent = self._theme.px(16) if share.kind == "file" else 0
        parts.setContentsMargins(indent, 0, 0, 0)
        parts.addLayout(self._words(share), 1)
        line = QHBoxLayout()
        parts.addLayout(line)
        summed = share.number in self._summed()
        count = tr("header.ruler.summed") if summed else _count(share)
        line.addWidget(PlainLabel(count, theme=self._theme, role="muted"))
        if self._is_narrow:
            line.addStretch(1)
        if _is_droppable(share) and not summed:
            line.addWidget(self._button(share))
        return row

    @property
    def _is_narrow(self) -> bool:
        return self.card.width() < self._theme.px(_NARROW)

    def _summed(self) -> set[int]:
        """The turns that the summary stands for: they come back together."""
        ids = {i for share in self.ruler.shares if share.kind == "summary" for i in share.ids}
        return {s.number for s in self.ruler.shares if s.kind == "turn" and s.dropped and ids.issuperset(s.ids)}

    def _add_summary(self, column: QVBoxLayout, share: Share) -> None:
        """Its words at full width below its name, and the way back."""
        text = PlainLabel(share.words, theme=self._theme, role="muted")
        text.setWordWrap(True)
        column.addWidget(text)
        column.addWidget(self._button(share), 0, Qt.AlignmentFlag.AlignLeft)

    def _words(self, share: Share) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(CutLabel(_name(share), theme=self._theme, role="faint" if share.dropped else "text", least=80))
        if cost := self._cost(share):
            label = PlainLabel(cost, theme=self._theme, role="faint")
            label.setWordWrap(True)
            words.addWidget(label)
        return words

    def _button(self, share: Share) -> Button:
        if share.kind == "summary":
            button = Button("header.ruler.take_back")
            button.clicked.connect(lambda: self._do(self._actions.take_back()))
        else:
            back = "send" if share.kind == "reasoning" else "restore"
            button = Button(f"header.ruler.{back if share.dropped else 'drop'}")
            button.clicked.connect(partial(self._toggle, share))
        button.setAccessibleName(f"{button.text()}: {_name(share)}")
        self.buttons[share.kind, share.ids] = button
        return button

    def _cost(self, share: Share) -> str:
        """What it costs, said before it happens."""
        if not _is_droppable(share) or not share.after:
            return ""
        after = tr("header.ruler.after", count=locale().toString(share.after))
        return " · ".join(text for text in (after, self._actions.price(share.after)) if text)

    # What is done

    def _toggle(self, share: Share) -> None:
        move = self._actions.restore if share.dropped else self._actions.drop
        self._do(move([share]))

    def _drop_oldest(self) -> None:
        turns = self.ruler.turns
        self._do(self._actions.drop(turns[: len(turns) // 2]))

    def _summarise(self) -> None:
        if self.state.plan is not None:
            self.summary.set_text_id("header.ruler.summarising")
            self._do(self._actions.summarise(self.state.plan))

    def _switch(self) -> None:
        if self.state.larger is not None:
            self._do(self._actions.switch(self.state.larger))

    def _do(self, action: Awaitable[RulerState]) -> None:
        self.error.hide()
        self._set_enabled(False)
        self._tasks.start("ruler", self._done(action))

    async def _done(self, action: Awaitable[RulerState]) -> None:
        state = self.state
        try:
            state = await action
        except UserError as error:
            self.error.setText("\n".join(filter(None, error_texts(error.info))))
            self.error.show()
        finally:
            self._set_enabled(True)
        self.show_state(state)

    def _set_enabled(self, enabled: bool) -> None:
        for button in (self.larger, self.summary, self.oldest, *self.buttons.values()):
            button.setEnabled(enabled)


def _is_droppable(share: Share) -> bool:
    return share.kind != "summary" and not share.fixed


def _plan_words(plan: SummaryPlan) -> str:
    count = locale().toString(plan.tokens)
    words = tr("header.ruler.plan", turns=plan.turns, model=plan.model.name, count=count)
    if plan.cost is None:
        return words
    low, high = (yuan(amount) for amount in plan.cost)
    price = tr("transcript.meta.free") if not plan.cost[1] else high if low == high else f"{low}–{high}"
    return f"{words} · {price}"


def _count(share: Share) -> str:
    if share.dropped:
        return tr("header.ruler.unsent" if share.kind == "reasoning" else "header.ruler.dropped")
    return tr("header.ruler.tokens", count=locale().toString(share.tokens))


def _name(share: Share) -> str:
    match share.kind:
        case "turn":
            return tr("header.ruler.turn", number=share.number, words=share.words)
        case "file":
            return tr("header.ruler.files", name=share.words)
        case _:
            return tr(f"header.ruler.{share.kind}")
