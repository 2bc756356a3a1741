"""The list behind the window's ring: what the next request carries, and what of it can be dropped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from glmdesk.domain.ruler import Ruler, Share
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.header.ring import short_count
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.cut_label import CutLabel
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet

Change = Callable[[tuple[str, ...]], Awaitable[Ruler]]


class RulerSheet(Sheet):
    """`change` takes the ids that are dropped from now on and gives the ruler that follows.

    `price` says in words what it costs that so many tokens miss the cache, '' where nobody knows.
    """

    def __init__(
        self,
        ruler: Ruler,
        parent: QWidget,
        *,
        theme: ThemeManager,
        tasks: TaskOwner,
        change: Change,
        price: Callable[[int], str] = lambda tokens: "",
    ) -> None:
        super().__init__(parent, theme=theme, width=600)
        self._price = price
        self._tasks = tasks
        self._change = change
        self.ruler = ruler
        self.buttons: dict[int, Button] = {}
        self.total = PlainLabel(theme=theme, role="muted")
        hint = PlainLabel(tr("header.ruler.hint"), theme=theme, role="faint")
        hint.setWordWrap(True)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setAccessibleName(tr("header.ruler.title"))
        column = self.card.column
        for widget in (PlainLabel(tr("header.ruler.title"), theme=theme, role="title"), self.total, hint):
            column.addWidget(widget)
        column.addWidget(self._area, 1)
        self.oldest = Button("header.ruler.oldest")
        self.close_button = Button("header.ruler.close", kind="primary")
        self.oldest.clicked.connect(self._drop_oldest)
        self.close_button.clicked.connect(self.close_sheet)
        row = FlowLayout(gap=theme.px(8))
        row.addWidget(self.close_button)
        row.addWidget(self.oldest)
        column.addLayout(row)
        self.show_ruler(ruler)

    def show_ruler(self, ruler: Ruler) -> None:
        """Another state of the same conversation."""
        focused = next((number for number, button in self.buttons.items() if button.hasFocus()), None)
        self.ruler = ruler
        used, window = short_count(ruler.used), short_count(ruler.window)
        self.total.setText(tr("header.ruler.total", used=used, window=window))
        self.buttons = {}
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, self._theme.px(8), 0)
        column.setSpacing(self._theme.px(6))
        for share in ruler.shares:
            column.addWidget(self._row(share))
        column.addStretch(1)
        self._area.setWidget(rows)
        room = max(self._theme.px(80), self.height() - self._theme.px(300))
        self._area.setFixedHeight(min(rows.sizeHint().height(), room))
        turns = [share for share in ruler.shares if share.kind == "turn" and not share.dropped]
        self.oldest.setVisible(len(turns) > 2)
        self.buttons.get(focused or 0, self.close_button).setFocus()

    def _row(self, share: Share) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(0)
        name = _name(share)
        words.addWidget(CutLabel(name, theme=self._theme, role="faint" if share.dropped else "text", least=80))
        for file in share.files:
            text = tr("header.ruler.files", name=file)
            words.addWidget(CutLabel(text, theme=self._theme, role="muted", least=80))
        if share.kind == "turn" and not share.dropped and share.after:
            words.addWidget(CutLabel(self._cost(share), theme=self._theme, role="faint", least=80))
        line.addLayout(words, 1)
        count = tr("header.ruler.tokens", count=locale().toString(share.tokens))
        line.addWidget(
            PlainLabel(tr("header.ruler.dropped") if share.dropped else count, theme=self._theme, role="muted")
        )
        if share.kind == "turn":
            button = Button("header.ruler.restore" if share.dropped else "header.ruler.drop")
            button.setAccessibleName(f"{button.text()}: {name}")
            button.clicked.connect(partial(self._toggle, share))
            self.buttons[share.number] = button
            line.addWidget(button)
        return row

    def _cost(self, share: Share) -> str:
        """What dropping a turn costs, said before it happens."""
        after = tr("header.ruler.after", count=locale().toString(share.after))
        return " · ".join(text for text in (after, self._price(share.after)) if text)

    def _dropped(self) -> list[str]:
        return [id_ for share in self.ruler.shares if share.dropped for id_ in share.ids]

    def _toggle(self, share: Share) -> None:
        now = self._dropped()
        self._set([id_ for id_ in now if id_ not in share.ids] if share.dropped else [*now, *share.ids])

    def _drop_oldest(self) -> None:
        turns = [share for share in self.ruler.shares if share.kind == "turn" and not share.dropped]
        oldest = [id_ for share in turns[: len(turns) // 2] for id_ in share.ids]
        self._set([*self._dropped(), *oldest])

    def _set(self, ids: list[str]) -> None:
        self._tasks.start("ruler", self._changed(tuple(ids)))

    async def _changed(self, ids: tuple[str, ...]) -> None:
        self.show_ruler(await self._change(ids))


def _name(share: Share) -> str:
    if share.kind == "turn":
        return tr("header.ruler.turn", number=share.number, words=share.words)
    return tr(f"header.ruler.{share.kind}")
