"""The tools of a conversation: which are on, what they cost in every request, and the folder they work in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from glmdesk.domain.hidden import reveal_hidden
from glmdesk.domain.tools import USER, ToolSpec
from glmdesk.services.tools import MOST_FUNCTIONS, SERVICE, ToolRow, token_cost
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Toggle
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.blocks.tool import tool_label
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.file_dialog import ask_for_folder
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet

_NARROW = 420  # below this width the button stands under the folder
_AROUND = 180  # what the title, the button below and the margins take


class ToolsSheet(Sheet):
    """`switched(names)` and `folder_chosen(path)` are told at once, while the sheet stays open.

    `stake` is what a change costs, in words; '' for nothing.
    """

    def __init__(
        self,
        parent: QWidget,
        *,
        theme: ThemeManager,
        rows: Sequence[ToolRow],
        folder: str,
        switched: Callable[[tuple[str, ...]], None],
        folder_chosen: Callable[[str], None],
        stake: Callable[[], str],
    ) -> None:
        super().__init__(parent, theme=theme, width=520)
        self._rows = rows
        self._on = {row.spec.name for row in rows if row.enabled}
        self._folder = folder
        self._switched = switched
        self._folder_chosen = folder_chosen
        self._stake = stake
        self.toggles: dict[str, Toggle] = {}
        self.title = PlainLabel(role="title", theme=theme)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.done = Button("tools.sheet.done", kind="primary")
        self.done.clicked.connect(self.close_sheet)
        self.card.column.addWidget(self.title)
        self.card.column.addWidget(self.area, 1)
        self.card.column.addWidget(self.done, 0, Qt.AlignmentFlag.AlignRight)
        theme.changed.connect(self._build)
        self._build()

    def _build(self) -> None:
        """Everything in the language, the size and the colours of now."""
        if not isValid(self.card):
            return
        self._fit()
        self.title.setText(tr("tools.sheet.title"))
        self.area.setAccessibleName(tr("tools.sheet.title"))
        self.setAccessibleName(tr("tools.sheet.title"))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, self._theme.px(10), 0)
        column.setSpacing(self._theme.px(4))
        column.addWidget(self._words(tr("tools.sheet.hint"), "muted"))
        self.stake = self._words(self._stake(), "muted")
        self.stake.setVisible(bool(self.stake.text()))
        column.addWidget(self.stake)
        self.toggles = {}
        for row in self._rows:
            column.addLayout(self._row(row))
        self.total = self._words("", "faint")
        column.addWidget(self.total)
        column.addSpacing(self._theme.px(8))
        column.addLayout(self._folder_row())
        column.addStretch(1)
        self._count()
        self.area.setWidget(inner)
        self._fit_area(inner)

    def _fit_area(self, inner: QWidget) -> None:
        width = self.card.width() - 2 * self._theme.px(24)
        wanted = max(inner.heightForWidth(width), inner.sizeHint().height())
        self.area.setFixedHeight(max(self._theme.px(90), min(wanted, self.height() - self._theme.px(_AROUND))))

    def _fit(self) -> None:
        super()._fit()
        inner = self.area.widget() if hasattr(self, "area") else None
        if inner is not None:  # pyright: ignore[reportUnnecessaryComparison]
            self._fit_area(inner)

    def _words(self, text: str, role: str) -> PlainLabel:
        label = PlainLabel(text, role=role, theme=self._theme)  # type: ignore[arg-type]
        label.setWordWrap(True)
        return label

    def _row(self, row: ToolRow) -> QHBoxLayout:
        line = QHBoxLayout()
        toggle = Toggle(reveal_hidden(tool_label(row.spec.name, row.spec.origin)), theme=self._theme)
        toggle.setFont(self._theme.ui_font())
        toggle.setChecked(row.spec.name in self._on)
        toggle.setEnabled(row.available)
        toggle.toggled.connect(self._toggled)
        self.toggles[row.spec.name] = toggle
        line.addWidget(toggle)
        line.addStretch(1)
        words = origin_and_cost(row.spec) if row.available else tr("tools.sheet.not_here")
        line.addWidget(PlainLabel(words, role="faint", theme=self._theme))
        return line

    def _folder_row(self) -> QBoxLayout:
        narrow = self.card.width() < self._theme.px(_NARROW)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        line = QBoxLayout(down if narrow else across)
        line.setSpacing(self._theme.px(8))
        self.folder = self._words("", "muted")
        self._show_folder()
        choose = Button("tools.sheet.choose")
        choose.clicked.connect(self._choose)
        line.addWidget(self.folder, 1)
        line.addWidget(choose, 0, Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag.AlignVCenter)
        return line

    def _show_folder(self) -> None:
        words = tr("tools.sheet.folder", folder=self._folder) if self._folder else tr("tools.sheet.no_folder")
        self.folder.setText(words)

    def _choose(self) -> None:
        ask_for_folder(self, tr("tools.sheet.choose"), self.take_folder)

    def take_folder(self, folder: Path) -> None:
        """The folder that this chat works in."""
        self._folder = str(folder)
        self._show_folder()
        self._folder_chosen(self._folder)

    def _toggled(self, _: bool) -> None:
        self._on = {name for name, toggle in self.toggles.items() if toggle.isChecked()}
        self._count()
        self._switched(tuple(name for name in self.toggles if name in self._on))

    def _count(self) -> None:
        on = [row for row in self._rows if row.spec.name in self._on and row.available]
        functions = [row for row in on if row.spec.origin != SERVICE]
        unsent = functions[MOST_FUNCTIONS:]
        tokens = sum(row.tokens for row in functions[:MOST_FUNCTIONS])
        words = tr("tools.sheet.total", count=len(on) - len(unsent), tokens=tokens)
        if unsent:
            first = reveal_hidden(tool_label(unsent[0].spec.name, unsent[0].spec.origin))
            words += "\n" + tr("tools.sheet.too_many", most=MOST_FUNCTIONS, count=len(unsent), first=first)
        self.total.setText(words)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._build()


def origin_and_cost(spec: ToolSpec) -> str:
    """Who runs it where its name does not say so, and about what it costs in every request."""
    if spec.origin == SERVICE:
        return tr("tools.sheet.service")
    cost = tr("tools.sheet.tokens", tokens=token_cost(spec))
    if spec.origin == USER:
        return f"{tr('tools.sheet.own')} · {cost}"
    return cost


def empty_box(box: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := box.takeAt(0)) is not None:
        widget, inside = item.widget(), item.layout()
        if widget is not None:  # pyright: ignore[reportUnnecessaryComparison]
            widget.hide()
            widget.deleteLater()
        elif inside is not None:  # pyright: ignore[reportUnnecessaryComparison]
            empty_box(inside)
