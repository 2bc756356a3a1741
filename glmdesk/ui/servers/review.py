"""What a server would run or reach, in full, before it is started for the first time or after a change."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from glmdesk.domain.hidden import reveal_hidden
from glmdesk.domain.server_secrets import name_references
from glmdesk.domain.servers import ServerTransport
from glmdesk.services.servers import Review
from glmdesk.ui.i18n import tr
from glmdesk.ui.servers.exact import ExactText
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.label import PlainLabel


class ReviewPanel(QWidget):
    """`agreed` is the user's word; `later` closes the panel."""

    agreed = Signal()
    later = Signal()

    def __init__(self, review: Review, *, theme: ThemeManager) -> None:
        super().__init__()
        self.review = review
        self.local = review.config.transport is ServerTransport.STDIO
        self.title = PlainLabel(theme=theme, role="title")
        self.changed = PlainLabel(theme=theme, role="error")
        self.risk = PlainLabel(theme=theme, role="muted")
        self.text = ExactText(theme=theme, most=16)
        kind = "" if self.local else "_url"
        self.agree_button = Button(f"servers.ask.agree{kind}", kind="primary")
        self.later_button = Button("servers.ask.later")
        self.agree_button.setEnabled(not self.local or bool(review.program))
        self._lay_out(theme)
        self.agree_button.clicked.connect(self.agreed)
        self.later_button.clicked.connect(self.later)
        self.retranslate()

    def _lay_out(self, theme: ThemeManager) -> None:
        buttons = FlowLayout(gap=theme.px(8))
        buttons.addWidget(self.agree_button)
        buttons.addWidget(self.later_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), 0, 0)
        column.setSpacing(theme.px(8))
        for widget in (self.title, self.changed, self.text, self.risk):
            column.addWidget(widget)
        for label in (self.title, self.changed, self.risk):
            label.setWordWrap(True)
        column.addLayout(buttons)

    def _rows(self) -> Iterable[tuple[str, str]]:
        """Text id of the label, and what stands beside it."""
        config = self.review.config
        if not self.local:
            yield "url", self._shown(config.url)
            yield "headers", self._pairs(config.headers.items())
            return
        yield "program", self.review.program or tr("servers.ask.no_program", command=config.command)
        yield "arguments", "\n".join(self._shown(shlex.quote(reveal_hidden(word))) for word in config.args)
        yield "folder", self.review.folder
        yield "variables", self._pairs(config.env.items())

    def _shown(self, text: str) -> str:
        """A secret of the server is named as one."""
        return name_references(self.review.config, text, tr("servers.ask.secret"))

    def _pairs(self, pairs: Iterable[tuple[str, str]]) -> str:
        return "\n".join(f"{name}={self._shown(value)}" for name, value in pairs)

    def retranslate(self) -> None:
        kind = "" if self.local else "_url"
        self.title.setText(tr(f"servers.ask.title{kind}"))
        self.risk.setText(tr(f"servers.ask.risk{kind}"))
        self.changed.setText(tr("servers.ask.changed"))
        self.changed.setVisible(self.review.changed)
        shown = [f"{tr(f'servers.ask.{name}')}\n{_indented(text)}" for name, text in self._rows() if text]
        self.text.show_text(reveal_hidden("\n".join(shown)))
        self.text.setAccessibleName(self.title.text())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
