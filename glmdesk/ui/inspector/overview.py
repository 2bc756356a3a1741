"""Times and sizes of one try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.inspector.timeline import Timeline
from glmdesk.ui.inspector.words import Try, facts, stages
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_BESIDE = QFormLayout.RowWrapPolicy.WrapLongRows
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
        self._form = QFormLayout(self._facts)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setRowWrapPolicy(_BESIDE)
        self.column.setSpacing(theme.px(20))
        self.column.addWidget(self.timeline)
        self.column.addWidget(self._facts)
        self.column.addStretch(1)

    def show_try(self, one: Try) -> None:
        """Replace what is shown."""
        rows, px = facts(one), self._theme.px
        self.timeline.show_stages(stages(one.attempt))
        self.text = "\n".join(tr("transcript.details.line", name=name, value=value) for name, value in rows)
        while self._form.rowCount():
            self._form.removeRow(0)
        self._form.setHorizontalSpacing(px(20))
        self._form.setVerticalSpacing(px(8))
        for name, value in rows:
            shown = PlainLabel(value, theme=self._theme)
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(_SELECTABLE)
            shown.setAccessibleName(tr("transcript.details.line", name=name, value=value))
            self._form.addRow(PlainLabel(name, theme=self._theme, role="muted"), shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.timeline.updateGeometry()
        above = QFormLayout.RowWrapPolicy.WrapAllRows if self.width() < self._theme.px(_NARROW) else _BESIDE
        self._form.setRowWrapPolicy(above)
