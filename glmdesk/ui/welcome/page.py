"""The welcome page: one card, three ways in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.settings import BUILT_IN_ENDPOINTS, Language
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.settings import SettingsService
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.i18n import language, tr
from glmdesk.ui.scenarios.cards import ChoiceCard
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.welcome.key_form import KeyForm
from glmdesk.ui.welcome.server_form import ServerForm
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.label import PlainLabel

_WIDTH = 620


class _Ground(QWidget):
    """What the card lies on."""

    def __init__(self, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.tokens.side))
        painter.end()


class WelcomePage(QScrollArea):
    """`finished` with the id of the endpoint to use, `demo_requested` for the embedded server."""

    finished = Signal(str)
    demo_requested = Signal()

    def __init__(
        self,
        *,
        theme: ThemeManager,
        endpoints: EndpointService,
        settings: SettingsService,
        tasks: TaskOwner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._endpoints = endpoints
        self._settings = settings
        self._tasks = tasks
        self.title = PlainLabel(role="page_title", theme=theme)
        self.hint = PlainLabel(role="muted", theme=theme)
        self.key_title = PlainLabel(role="title", theme=theme)
        self.key_hint = PlainLabel(role="muted", theme=theme)
        self.key_form = KeyForm(self._bigmodel, theme=theme, endpoints=endpoints, tasks=tasks)
        self.demo = ChoiceCard(theme=theme, icon_name="play")
        self.server = ChoiceCard(theme=theme, icon_name="server")
        self.server_form = ServerForm(theme=theme, endpoints=endpoints, tasks=tasks)
        self.languages = QComboBox()
        self.privacy = PlainLabel(role="faint", theme=theme)
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _bigmodel(self) -> Endpoint:
        return self._endpoints.known("bigmodel") or BUILT_IN_ENDPOINTS[0]

    def _lay_out(self) -> None:
        px = self._theme.px
        self.card = Card(theme=self._theme)
        self.card.setMaximumWidth(px(_WIDTH))
        column = self.card.column
        for label in (self.title, self.hint, self.key_hint, self.privacy):
            label.setWordWrap(True)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addSpacing(px(12))
        self.stack.addWidget(self._ways())
        self.stack.addWidget(self.server_form)
        column.addWidget(self.stack)
        column.addSpacing(px(8))
        foot = QHBoxLayout()
        foot.addWidget(self.languages)
        foot.addWidget(self.privacy, 1)
        self.privacy.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(foot)
        ground = _Ground(self._theme)
        outer = QVBoxLayout(ground)
        outer.setContentsMargins(px(16), px(24), px(16), px(24))
        outer.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.card, 100)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(1)
        self.setWidget(ground)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._restyle()

    def _ways(self) -> QWidget:
        px = self._theme.px
        ways = QWidget()
        column = QVBoxLayout(ways)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        key_card = Card(theme=self._theme)
        key_card.column.addWidget(self.key_title)
        key_card.column.addWidget(self.key_hint)
        key_card.column.addWidget(self.key_form)
        column.addWidget(key_card)
        others = QHBoxLayout()
        others.setSpacing(px(12))
        others.addWidget(self.demo)
        others.addWidget(self.server)
        column.addLayout(others)
        column.addStretch(1)
        return ways

    def _connect(self) -> None:
        self.key_form.stored.connect(lambda: self.finished.emit(self._bigmodel().id))
        self.demo.clicked.connect(self.demo_requested)
        self.server.clicked.connect(lambda: self.stack.setCurrentIndex(1))
        self.server_form.back.connect(lambda: self.stack.setCurrentIndex(0))
        self.server_form.saved.connect(self.finished)
        for name in (Language.ZH_CN, Language.EN):
            self.languages.addItem("简体中文" if name is Language.ZH_CN else "English", name.value)
        self.languages.setCurrentIndex(self.languages.findData(language().value))
        self.languages.activated.connect(self._language_chosen)
        self._theme.changed.connect(self._restyle)

    def _language_chosen(self) -> None:
        chosen = Language(self.languages.currentData())
        self._tasks.start("welcome.language", self._settings.change(language=chosen))

    def _restyle(self) -> None:
        px, room = self._theme.px, self.viewport().width()
        edge = px(32) if room > px(480) else px(16)
        self.card.column.setContentsMargins(edge, edge, edge, px(20))
        self.card.setMaximumWidth(max(min(px(_WIDTH), room - 2 * px(16)), 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._restyle()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("welcome.title"))
        self.title.setText(tr("welcome.title"))
        self.hint.setText(tr("welcome.hint"))
        self.key_title.setText(tr("welcome.key_title"))
        self.key_hint.setText(tr("welcome.key_hint"))
        self.demo.set_texts(tr("welcome.demo_title"), tr("welcome.demo_hint"))
        self.server.set_texts(tr("welcome.server_title"), tr("welcome.server_hint"))
        self.languages.setAccessibleName(tr("welcome.language"))
        self.privacy.setText(tr("welcome.privacy"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
