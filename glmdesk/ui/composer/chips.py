"""What goes with the next turn, as chips above the text: a name, about how many tokens, a cross."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from glmdesk.domain.budget import estimate_long
from glmdesk.domain.part import AttachmentPart
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.theme.tokens import RADIUS_CONTROL
from glmdesk.ui.widgets.cut_label import CutLabel
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_LONGEST = 32  # characters of a name
_PREVIEW = 600


class Chip(QWidget):
    """`part` is None while the file is read; its text is untrusted and only previewed as plain text.

    `note` is '' or why not all of the document is there. A click or Enter asks to open it, Delete to take it away.
    """

    removed = Signal()
    opened = Signal()

    def __init__(self, name: str, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self._full_name = name
        self.part: AttachmentPart | None = None
        self.note = ""
        self.scale = 1.0
        self._estimated = 0
        self.name = CutLabel(_shortened(name), theme=theme, least=90)
        self.cost = CutLabel(theme=theme, role="faint")
        self.cross = IconButton("x", "composer.chip.remove", theme=theme)
        self.cross.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), 0, theme.px(2), 0)
        row.setSpacing(theme.px(6))
        for widget in (self.name, self.cost, self.cross):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def fill(self, part: AttachmentPart, note: str = "") -> None:
        """The file has been read."""
        self.part, self.note = part, note
        self._estimated = estimate_long(part.text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        set_tooltip(self, part.text[:_PREVIEW])
        self.retranslate()

    @property
    def tokens(self) -> int:
        """About how many of the model's."""
        return round(self._estimated * self.scale)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, radius = self._theme.tokens, self._theme.px(RADIUS_CONTROL)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent), 2) if self.hasFocus() else QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor(tokens.side))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()

    def retranslate(self) -> None:
        cost = tr("composer.chip.tokens", count=locale().toString(self.tokens))
        words = cost if self.part is not None else tr("composer.chip.reading")
        self.cost.setText(" · ".join([words, *([tr(f"composer.chip.note.{self.note}")] if self.note else [])]))
        self.setAccessibleName(f"{self._full_name}, {self.cost.text()}")
        self.cross.setAccessibleName(tr("composer.chip.remove_named", name=self._full_name))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


class ChipRow(QScrollArea):
    """Hidden while it is empty, two lines high at most, one in a low window.

    `changed` after a chip came, went or was filled; `edited` when the user did it.
    """

    changed = Signal()
    edited = Signal()
    opened = Signal(object)  # a Chip

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines = 2
        self.scale = 1.0
        self.chips: list[Chip] = []
        self._flow = FlowLayout(gap=theme.px(8))
        inner = QWidget()
        inner.setLayout(self._flow)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self.changed.connect(self._fit)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_lines(self, lines: int) -> None:
        """Be no higher than so many lines; what is more is scrolled to."""
        if lines != self._lines:
            self._lines = lines
            self._fit()

    def set_scale(self, scale: float) -> None:
        """What the estimates are multiplied by."""
        if scale != self.scale:
            self.scale = scale
            for chip in self.chips:
                chip.scale = scale
                chip.retranslate()

    def height_of(self, lines: int) -> int:
        """The height with so many lines at most, 0 without chips."""
        if not self.chips:
            return 0
        line = max(chip.sizeHint().height() for chip in self.chips)
        most = lines * (line + self._theme.px(8)) - self._theme.px(8)
        return min(self._flow.heightForWidth(self.viewport().width()), most)

    def _fit(self) -> None:
        if self.chips:
            self.setFixedHeight(self.height_of(self._lines))

    @property
    def parts(self) -> tuple[AttachmentPart, ...]:
        return tuple(chip.part for chip in self.chips if chip.part is not None)

    @property
    def reading(self) -> bool:
        """Whether a file is still being read."""
        return any(chip.part is None for chip in self.chips)

    @property
    def tokens(self) -> int:
        return sum(chip.tokens for chip in self.chips)

    def begin(self, name: str) -> Chip:
        """A chip of a file that is being read."""
        chip = Chip(name, theme=self._theme)
        chip.scale = self.scale
        chip.removed.connect(lambda: self.remove(chip))
        chip.opened.connect(lambda: self.opened.emit(chip))
        self.chips.append(chip)
        self._flow.addWidget(chip)
        self.setVisible(True)
        self.changed.emit()
        return chip

    def fill(self, chip: Chip, part: AttachmentPart, note: str = "") -> None:
        """The file of a chip has been read; the same one again is left out, one that was taken away stays away."""
        if chip not in self.chips:
            return
        if part in self.parts:
            self.remove(chip)
            return
        chip.fill(part, note)
        self.changed.emit()
        self.edited.emit()

    def add(self, part: AttachmentPart) -> None:
        """One more that is read already."""
        self.fill(self.begin(part.name), part)

    def remove(self, chip: Chip) -> None:
        """Take one away again."""
        if chip in self.chips:
            self._drop(chip)
            self.changed.emit()
            self.edited.emit()

    def _drop(self, chip: Chip) -> None:
        self.chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self.setVisible(bool(self.chips))

    def show_parts(self, parts: Sequence[AttachmentPart]) -> None:
        """Those of another draft."""
        for chip in list(self.chips):
            self._drop(chip)
        for part in parts:
            self.begin(part.name).fill(part)
        self.changed.emit()


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[-_LONGEST // 2 + 1 :]}"
