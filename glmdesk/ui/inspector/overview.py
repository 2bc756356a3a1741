"""Times and sizes of one try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.inspector.timeline import Timeline
from glmdesk.ui.inspector.words import Try, facts, stages
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_NARROW = 320  # an address does not fit beside its name
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class Overview(QScrollArea):
    """The timeline, then everything by name."""

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = QWidget()
        self.column = QVBoxLayout(ground)
        self.column.setContentsMargins(0, theme.px(8), theme.px(8), 0)
        self.setWidget(ground)
        for part in (self.viewport(), ground):
            part.setAutoFillBackground(False)
        self.text = ""
        self.timeline = Timeline(theme=theme)
        self._facts = QWidget()
        self._grid = QGridLayout(self._facts)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._rows: list[tuple[PlainLabel, PlainLabel]] = []
        self.column.setSpacing(theme.px(20))
        self.column.addWidget(self.timeline)
        self.column.addWidget(self._facts)
        self.column.addStretch(1)

    def show_try(self, one: Try) -> None:
        """Replace what is shown."""
        rows = facts(one)
        self.timeline.show_stages(stages(one.attempt))
        self.text = "\n".join(tr("transcript.details.line", name=name, value=value) for name, value in rows)
        for label in (label for row in self._rows for label in row):
            self._grid.removeWidget(label)
            label.deleteLater()
        self._rows = [
            (PlainLabel(name, theme=self._theme, role="muted"), self._value(name, value)) for name, value in rows
        ]
        self._place()

    def _value(self, name: str, value: str) -> PlainLabel:
        shown = PlainLabel(value, theme=self._theme)
        shown.setWordWrap(True)
        shown.setTextInteractionFlags(_SELECTABLE)
        shown.setAccessibleName(tr("transcript.details.line", name=name, value=value))
        return shown

    def _place(self) -> None:
        """Values beside their names; below them where an address would not fit."""
        px, top = self._theme.px, Qt.AlignmentFlag.AlignTop
        narrow = self.width() < px(_NARROW)
        self._grid.setHorizontalSpacing(px(20))
        self._grid.setVerticalSpacing(px(4) if narrow else px(8))
        self._grid.setColumnStretch(0, int(narrow))
        self._grid.setColumnStretch(1, int(not narrow))
        for number, (name, value) in enumerate(self._rows):
            self._grid.addWidget(name, 2 * number if narrow else number, 0, top)
            self._grid.addWidget(value, *((2 * number + 1, 0) if narrow else (number, 1)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.timeline.updateGeometry()
        if (self.width() < self._theme.px(_NARROW)) != (self._grid.columnStretch(0) == 1):
            self._place()
