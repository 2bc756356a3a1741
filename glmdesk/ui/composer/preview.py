"""What a chip holds, as it will be sent."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from glmdesk.ui.composer.chips import Chip
from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.tools.fields import CodeField
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet

PASTE = "text/plain; paste"


class PreviewSheet(Sheet):
    """The text is untrusted: it is shown as plain text."""

    removed = Signal()
    wanted_inline = Signal()

    def __init__(self, chip: Chip, parent: QWidget, *, theme: ThemeManager) -> None:
        super().__init__(parent, theme=theme, width=720)
        part = chip.part
        text = part.text if part is not None else ""
        name = PlainLabel(part.name if part is not None else "", theme=theme, role="title")
        name.setWordWrap(True)
        self.text = CodeField(theme=theme, most=12, least=12)
        self.text.show_text(text, editable=False)
        self.text.setAccessibleName(name.text())
        self.text.setMaximumHeight(parent.height() // 2)
        self.card.column.addWidget(name)
        self.card.column.addWidget(PlainLabel(chip.cost.text(), theme=theme, role="muted"))
        self.card.column.addWidget(self.text, 1)
        self.close_button = Button("composer.chip.close", kind="primary")
        self.inline_button = Button("composer.chip.inline")
        self.remove_button = Button("composer.chip.remove", kind="danger")
        self.inline_button.setVisible(part is not None and part.media_type == PASTE and len(text) < MAX_CHARACTERS)
        buttons = FlowLayout(gap=theme.px(8))
        for button in (self.close_button, self.inline_button, self.remove_button):
            buttons.addWidget(button)
        self.card.column.addLayout(buttons)
        self.close_button.clicked.connect(self.close_sheet)
        self.remove_button.clicked.connect(self._remove)
        self.inline_button.clicked.connect(self._inline)

    def _remove(self) -> None:
        self.close_sheet()
        self.removed.emit()

    def _inline(self) -> None:
        self.close_sheet()
        self.wanted_inline.emit()
