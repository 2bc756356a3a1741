"""What goes with the next turn, as chips above the text: a name, about how many tokens, a cross."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from glmdesk.domain.budget import estimate_tokens
from glmdesk.domain.part import AttachmentPart
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.theme.tokens import RADIUS_CONTROL
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_LONGEST = 32  # characters of a name
_PREVIEW = 600


class Chip(QWidget):
    """`part` is read already; its text is untrusted and only previewed as plain text."""

    removed = Signal()

    def __init__(self, part: AttachmentPart, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self.part = part
        self.tokens = estimate_tokens(part.text)
        self.name = PlainLabel(_shortened(part.name), theme=theme)
        self.cost = PlainLabel(theme=theme, role="faint")
        self.cross = IconButton("x", "composer.chip.remove", theme=theme)
        self.cross.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), 0, theme.px(2), 0)
        row.setSpacing(theme.px(6))
        for widget in (self.name, self.cost, self.cross):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        set_tooltip(self, part.text[:_PREVIEW])
        self.retranslate()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, radius = self._theme.tokens, self._theme.px(RADIUS_CONTROL)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor(tokens.side))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()

    def retranslate(self) -> None:
        self.cost.setText(tr("composer.chip.tokens", count=locale().toString(self.tokens)))
        self.setAccessibleName(f"{self.part.name}, {self.cost.text()}")
        self.cross.setAccessibleName(tr("composer.chip.remove_named", name=self.part.name))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


class ChipRow(QWidget):
    """Hidden while it is empty. `changed` after a chip came or went."""

    changed = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chips: list[Chip] = []
        self._flow = FlowLayout(gap=theme.px(8))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._flow)
        self.hide()

    @property
    def parts(self) -> tuple[AttachmentPart, ...]:
        return tuple(chip.part for chip in self.chips)

    @property
    def tokens(self) -> int:
        return sum(chip.tokens for chip in self.chips)

    def add(self, part: AttachmentPart) -> None:
        """One more; the same one again is left out."""
        if part in self.parts:
            return
        chip = Chip(part, theme=self._theme)
        chip.removed.connect(lambda: self.remove(chip))
        self.chips.append(chip)
        self._flow.addWidget(chip)
        self.setVisible(True)
        self.changed.emit()

    def remove(self, chip: Chip) -> None:
        """Take one away again."""
        self.chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self.setVisible(bool(self.chips))
        self.changed.emit()

    def clear(self) -> None:
        for chip in list(self.chips):
            self.remove(chip)


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[-_LONGEST // 2 + 1 :]}"
