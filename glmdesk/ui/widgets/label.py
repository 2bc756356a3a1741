"""The one label of the program: plain text, whatever it holds."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.theme.tokens import FONT_BASE, FONT_META, FONT_PAGE_TITLE, FONT_TITLE

LabelRole = Literal["text", "muted", "faint", "title", "page_title", "error", "good"]
_SIZES = {"title": FONT_TITLE, "page_title": FONT_PAGE_TITLE, "faint": FONT_META, "good": FONT_META, "error": FONT_META}
_COLOURS = {"muted": "muted", "faint": "faint", "error": "bad", "good": "good"}


class PlainLabel(QLabel):
    """Shows text as it is: model, user and file text may hold mark-up that Qt would load files for."""

    def __init__(
        self, text: str = "", *, theme: ThemeManager, role: LabelRole = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role: LabelRole = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_role(self, role: LabelRole) -> None:
        self._role = role
        self._restyle()

    def _restyle(self) -> None:
        bold = self._role in ("title", "page_title")
        self.setFont(self._theme.ui_font(_SIZES.get(self._role, FONT_BASE), bold=bold))
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.WindowText, getattr(self._theme.tokens, _COLOURS.get(self._role, "text")))
        self.setPalette(colours)
