"""The composer's way to the tools: an icon that is tinted while some are on."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.icons import icon
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.tooltip import set_tooltip


class ToolsButton(IconButton):
    """`set_count` says how many tools the conversation has switched on."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        self._count = 0
        super().__init__("tool", "composer.tools", theme=theme, parent=parent)

    def set_count(self, count: int) -> None:
        self._count = count
        self._restyle()
        self.retranslate()

    def _restyle(self) -> None:
        super()._restyle()
        if self._count:
            self.setIcon(icon("tool", self._theme.tokens.accent, self.iconSize().width()))

    def retranslate(self) -> None:
        text = tr("composer.tools_on", count=self._count) if self._count else tr("composer.tools")
        set_tooltip(self, text)
        self.setAccessibleName(text)
