"""A unified diff as exact text, with its added and removed lines in colour."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from glmdesk.ui.servers.exact import ExactText
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.tools.fields import DiffColours


class DiffText(ExactText):
    """The signs at the beginning of the lines say it too, for those who see no colours."""

    def __init__(self, *, theme: ThemeManager, most: int, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, most=most, parent=parent)
        self._colours = DiffColours(self.document(), theme=theme)
