"""The tools of a conversation: which are on, what they cost in every request, and the folder they work in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from glmdesk.domain.tools import BUILT_IN, USER
from glmdesk.services.tools import SERVICE, ToolRow
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Toggle
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.tools.visible import visible
from glmdesk.ui.transcript.blocks.tool import tool_label
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet


class ToolsSheet(Sheet):
    """`switched(names)` and `folder_chosen(path)` are told at once, while the sheet stays open."""

    def __init__(
        self,
        parent: QWidget,
        *,
        theme: ThemeManager,
        rows: Sequence[ToolRow],
        folder: str,
        switched: Callable[[tuple[str, ...]], None],
        folder_chosen: Callable[[str], None],
    ) -> None:
        super().__init__(parent, theme=theme, width=520)
        self._rows = rows
        self._switched = switched
        self._folder_chosen = folder_chosen
        self.toggles: dict[str, Toggle] = {}
        column = self.card.column
        column.addWidget(PlainLabel(tr("tools.sheet.title"), role="title", theme=theme))
        hint = PlainLabel(tr("tools.sheet.hint"), role="muted", theme=theme)
        hint.setWordWrap(True)
        column.addWidget(hint)
        column.addWidget(self._list(), 1)
        self.total = PlainLabel(theme=theme, role="faint")
        column.addWidget(self.total)
        column.addLayout(self._folder_row(folder))
        self.done = Button("tools.sheet.done", kind="primary")
        self.done.clicked.connect(self.close_sheet)
        column.addWidget(self.done, 0, Qt.AlignmentFlag.AlignRight)
        self._count()

    def _list(self) -> QWidget:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(tr("tools.sheet.title"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room = max(self._theme.px(90), self.height() - self._theme.px(360))
        area.setMinimumHeight(min(self._theme.px(min(380, 34 * len(self._rows) + 8)), room))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, self._theme.px(8), 0)
        column.setSpacing(self._theme.px(4))
        for row in self._rows:
            column.addLayout(self._row(row))
        column.addStretch(1)
        area.setWidget(inner)
        return area

    def _row(self, row: ToolRow) -> QHBoxLayout:
        line = QHBoxLayout()
        toggle = Toggle(visible(tool_label(row.spec.name)), theme=self._theme)
        toggle.setFont(self._theme.ui_font())
        toggle.setChecked(row.enabled)
        toggle.toggled.connect(partial(self._toggled))
        self.toggles[row.spec.name] = toggle
        line.addWidget(toggle)
        line.addStretch(1)
        line.addWidget(PlainLabel(_origin(row), role="faint", theme=self._theme))
        return line

    def _folder_row(self, folder: str) -> QHBoxLayout:
        line = QHBoxLayout()
        self.folder = PlainLabel(theme=self._theme, role="muted")
        self.folder.setWordWrap(True)
        self._show_folder(folder)
        choose = Button("tools.sheet.choose")
        choose.clicked.connect(self._choose)
        line.addWidget(self.folder, 1)
        line.addWidget(choose)
        return line

    def _show_folder(self, folder: str) -> None:
        self.folder.setText(tr("tools.sheet.folder", folder=folder) if folder else tr("tools.sheet.no_folder"))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("tools.sheet.choose"))
        if folder:
            self._show_folder(folder)
            self._folder_chosen(folder)

    def _toggled(self, _: bool) -> None:
        self._count()
        self._switched(tuple(name for name, toggle in self.toggles.items() if toggle.isChecked()))

    def _count(self) -> None:
        on = [row for row in self._rows if self.toggles[row.spec.name].isChecked()]
        self.total.setText(tr("tools.sheet.total", count=len(on), tokens=sum(row.tokens for row in on)))


def _origin(row: ToolRow) -> str:
    """Whose tool it is, and its cost."""
    if row.spec.origin == SERVICE:
        return tr("tools.sheet.service")
    cost = tr("tools.sheet.tokens", tokens=row.tokens)
    if row.spec.origin == USER:
        return f"{tr('tools.sheet.own')} · {cost}"
    return cost if row.spec.origin == BUILT_IN else f"{visible(row.spec.origin)} · {cost}"
