"""A card: hairline, round corners, the background's colour."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from glmdesk.ui.theme.theme import ThemeManager


class Card(QFrame):
    """Put widgets into `column`."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "card")
        self.column = QVBoxLayout(self)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        edge = self._theme.px(16)
        self.column.setContentsMargins(edge, edge, edge, edge)
        self.column.setSpacing(self._theme.px(8))
