"""What a list shows when it has no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class EmptyNote(QWidget):
    """Two lines: what is the case, and what to do."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.what = PlainLabel(role="muted", theme=theme)
        self.hint = PlainLabel(role="faint", theme=theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 32, 12, 12)
        layout.setSpacing(6)
        for label in (self.what, self.hint):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        layout.addStretch(1)

    def show_texts(self, what: str, hint: str) -> None:
        self.what.setText(what)
        self.hint.setText(hint)
