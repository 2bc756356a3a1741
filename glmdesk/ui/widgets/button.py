"""Buttons with a text by id, which follow the language."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from glmdesk.ui.i18n import tr

ButtonKind = Literal["plain", "primary", "quiet", "danger"]


class Button(QPushButton):
    """`kind` chooses the look; there is at most one primary button in a view."""

    def __init__(self, text_id: str, *, kind: ButtonKind = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text_id = text_id
        self._args: dict[str, object] = {}
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.retranslate()

    def set_text_id(self, text_id: str, **args: object) -> None:
        """Another text; `args` fill its places."""
        self._text_id, self._args = text_id, args
        self.retranslate()

    def retranslate(self) -> None:
        text = tr(self._text_id, **self._args)
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
