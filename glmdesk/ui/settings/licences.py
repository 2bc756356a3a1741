"""The licences of everything inside: choose a part, read its text."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from glmdesk.services.notices import Notice, notices
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo, LongEdit
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.label import PlainLabel

_HEIGHT = 300


class Licences(QWidget):
    """Reads the list when it is first shown: no start pays for it."""

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self._notices: list[Notice] = []
        self.heading = PlainLabel(theme=theme)
        self.parts = Combo(theme=theme)
        self.text = LongEdit(theme=theme, height=_HEIGHT)
        self.text.setReadOnly(True)
        self.heading.setBuddy(self.parts)
        self._theme, self._column = theme, QVBoxLayout(self)
        column = self._column
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for widget in (self.heading, self.parts, self.text):
            column.addWidget(widget)
        theme.changed.connect(self._restyle)  # a method: Qt cuts it off when the page goes
        self.parts.currentIndexChanged.connect(self._show)
        self.retranslate()

    def _restyle(self) -> None:
        self._column.setSpacing(self._theme.px(8))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._notices:
            self._notices = notices()
            self.parts.addItems([_line(notice) for notice in self._notices])
            self.setVisible(bool(self._notices))

    def _show(self, row: int) -> None:
        self.text.setPlainText(self._notices[row].text() or tr("settings.about.no_text"))

    def retranslate(self) -> None:
        self.heading.setText(tr("settings.about.parts"))
        self.parts.setAccessibleName(tr("settings.about.parts"))
        self.text.setAccessibleName(tr("settings.about.text"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _line(notice: Notice) -> str:
    return " · ".join(filter(None, (f"{notice.name} {notice.version}", notice.licence)))
