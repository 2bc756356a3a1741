"""A small card with everything that is known about an answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.facts import Fact
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel


class DetailsCard(QFrame):
    """Closes with Esc or a click beside it; its values can be selected."""

    def __init__(self, facts: Sequence[Fact], *, theme: ThemeManager, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._line = theme.tokens.line
        self.setAccessibleName(tr("transcript.details.title"))
        px = theme.px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(12), px(16), px(14))
        column.setSpacing(px(8))
        column.addWidget(PlainLabel(tr("transcript.details.title"), theme=theme, role="title"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(20))
        grid.setVerticalSpacing(px(4))
        for place, (name, value) in enumerate(facts):
            shown = PlainLabel(value, theme=theme)
            shown.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            shown.setAccessibleName(tr("transcript.details.line", name=name, value=value))
            grid.addWidget(PlainLabel(name, theme=theme, role="muted"), place, 0)
            grid.addWidget(shown, place, 1)
        column.addLayout(grid)
        self.inspect = Button("inspector.menu")
        self.inspect.clicked.connect(self.close)
        column.addWidget(self.inspect, 0, Qt.AlignmentFlag.AlignLeft)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(self._line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def show_above(self, place: QPoint) -> None:
        """With its lower left corner at a point of the screen, moved so that all of it can be seen."""
        self.adjustSize()
        free = self.screen().availableGeometry()
        left = max(free.left(), min(place.x(), free.right() - self.width()))
        top = max(free.top(), place.y() - self.height())
        self.move(left, top)
        self.show()
