"""The question before a link that may mislead is opened."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from glmdesk.markup.links import CHIP, Doubt, visible_direction
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet

_SAID = 200  # characters of a link's text that are shown


class LinkSheet(Sheet):
    """`accepted(address)` when the user wants to open it."""

    accepted = Signal(str)

    def __init__(self, address: str, text: str, why: Doubt, parent: QWidget, *, theme: ThemeManager) -> None:
        super().__init__(parent, theme=theme, width=560)
        self._address = address
        title = tr("transcript.link.ask_image" if why == "image" else "transcript.link.ask")
        self.setAccessibleName(title)
        self._say(title, "title")
        self._say(tr(f"transcript.link.{why}"), "muted")
        said = visible_direction(text.removeprefix(CHIP).strip()[:_SAID], all_marks=True)
        if why != "image" and said and said != address:
            self._say(tr("transcript.link.said", text=said), "muted")
        self.card.column.addWidget(self._address_box())
        self.card.column.addLayout(self._buttons())

    def _say(self, text: str, role: str) -> None:
        label = PlainLabel(text, theme=self._theme, role="title" if role == "title" else "muted")
        label.setWordWrap(True)
        self.card.column.addWidget(label)

    def _address_box(self) -> QPlainTextEdit:
        box = QPlainTextEdit(visible_direction(self._address, all_marks=True))
        box.setReadOnly(True)
        box.setFont(self._theme.code_font())
        box.setAccessibleName(tr("transcript.link.address"))
        box.setTabChangesFocus(True)
        box.setFixedHeight(self._theme.px(84))
        return box

    def _buttons(self) -> QHBoxLayout:
        copy, leave = Button("transcript.link.copy"), Button("transcript.link.leave", kind="primary")
        go = Button("transcript.link.open")
        row = QHBoxLayout()
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(go)
        row.addWidget(leave)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._address))
        leave.clicked.connect(self.close_sheet)
        go.clicked.connect(self._open)
        leave.setFocus()
        return row

    def _open(self) -> None:
        self.close_sheet()
        self.accepted.emit(self._address)
