"""A button that is an icon; its text is the tooltip and the accessible name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.icons import icon
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.tooltip import set_tooltip

_ICON = 18


class IconButton(QPushButton):
    """32 × 32 logical pixels (the style sheet says so); `accent` fills it with the accent."""

    def __init__(
        self,
        icon_name: str,
        text_id: str,
        *,
        theme: ThemeManager,
        accent: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._text_id = text_id
        self._theme = theme
        self._accent = accent
        self.setProperty("kind", "accent-icon" if accent else "icon")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def set_icon(self, icon_name: str, text_id: str) -> None:
        """Another icon with another meaning."""
        self._icon_name, self._text_id = icon_name, text_id
        self._restyle()
        self.retranslate()

    def _restyle(self) -> None:
        tokens, size = self._theme.tokens, self._theme.px(_ICON)
        colour = tokens.on_accent if self._accent else tokens.muted
        self.setIcon(icon(self._icon_name, colour, size))
        self.setIconSize(QSize(size, size))

    def retranslate(self) -> None:
        text = tr(self._text_id)
        set_tooltip(self, text)
        self.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
