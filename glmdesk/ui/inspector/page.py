"""The inspector: the requests of one answer with their replies, times and sizes, and the same as code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from glmdesk.domain.message import Message, Status
from glmdesk.services.inspecting import CODE_KINDS
from glmdesk.ui.i18n import tr
from glmdesk.ui.inspector.overview import Overview
from glmdesk.ui.inspector.wire_view import WireView
from glmdesk.ui.inspector.words import Try, reply_text, request_text, tries_of
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.cut_label import CutLabel
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from glmdesk.services.desk import Desk
    from glmdesk.services.tasks import TaskOwner
    from glmdesk.ui.theme.theme import ThemeManager

TABS = ("overview", "request", "reply")
_NARROW = 720


class InspectorPage(QWidget):
    """`told` carries a sentence for a notice."""

    closed = Signal()
    told = Signal(str)

    def __init__(
        self, message: Message, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._desk, self._tasks = theme, desk, tasks
        self._message = message
        self.tries: list[Try] = []
        self._read = False
        self.title = CutLabel(role="title", theme=theme)
        self.close_button = IconButton("x", "inspector.close", theme=theme)
        self.which = Combo(theme=theme)
        self.tabs = Segmented([(name, f"inspector.tab.{name}") for name in TABS], theme=theme)
        self.copy_button = Button("inspector.copy")
        self.code_button = Button("inspector.copy_code")
        self.overview = Overview(theme=theme)
        self.wire = WireView(theme=theme)
        self.nothing = PlainLabel(theme=theme, role="muted")
        self.nothing.setWordWrap(True)
        self.stack = QStackedWidget()
        self._build()
        self._connect()
        self.tabs.set_value("overview")
        self.retranslate()
        tasks.start("inspector:read", self._load())

    def _build(self) -> None:
        px = self._theme.px
        head = QHBoxLayout()
        head.setContentsMargins(px(24), px(10), px(16), px(10))
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        self._tools = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._tools.setSpacing(px(8))
        self._tools.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        self._tools.addWidget(self.which, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.code_button)
        buttons.addStretch(0)
        self._tools.addLayout(buttons)
        for widget in (self.overview, self.wire, self.nothing):
            self.stack.addWidget(widget)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._body = QVBoxLayout()
        self._body.setSpacing(px(12))
        self._body.addLayout(self._tools)
        self._body.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._body, 1)

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.closed)
        self.tabs.chosen.connect(self._show)
        self.which.activated.connect(self._show)
        self.copy_button.clicked.connect(self.copy_shown)
        self.code_button.clicked.connect(self._open_codes)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)

    async def _load(self) -> None:
        self.tries = tries_of(await self._desk.inspecting.of(self._message.id), self._message)
        self._read = True
        self._list()
        self._show()

    def _list(self) -> None:
        chosen = self.which.currentIndex()
        self.which.clear()
        for one in self.tries:
            self.which.addItem(one.name)
        self.which.setCurrentIndex(chosen if chosen >= 0 else len(self.tries) - 1)
        self.which.setVisible(len(self.tries) > 1)

    @property
    def shown(self) -> Try | None:
        """The try that is looked at."""
        place = self.which.currentIndex()
        return self.tries[place] if 0 <= place < len(self.tries) else None

    def _show(self) -> None:
        one, tab = self.shown, self.tabs.value
        for widget in (self.tabs, self.copy_button, self.code_button):
            widget.setEnabled(one is not None)
        if one is None:
            self.nothing.setText(tr("inspector.nothing") if self._read else "")
            self.stack.setCurrentWidget(self.nothing)
            return
        self.overview.show_try(one)
        if tab == "request":
            self.wire.show_text(request_text(one.exchange))
        elif tab == "reply":
            self._show_reply(one)
        self.stack.setCurrentWidget(self.overview if tab == "overview" else self.wire)

    def _show_reply(self, one: Try) -> None:
        if self._message.status is Status.WITHDRAWN:
            self.wire.show_text("", tr("transcript.status.withdrawn"))
        else:
            self.wire.show_text(reply_text(one.attempt), "" if one.attempt.status else tr("inspector.no_reply"))

    # Copying

    def copy_shown(self) -> None:
        """What the tab shows, whole, onto the clipboard."""
        text = self.overview.text if self.tabs.value == "overview" else self.wire.text
        QGuiApplication.clipboard().setText(text)
        self.told.emit(tr("inspector.copied"))

    def _open_codes(self) -> None:
        menu = QMenu(self)
        for kind in CODE_KINDS:
            menu.addAction(tr(f"inspector.code.{kind}")).triggered.connect(lambda _=False, k=kind: self.copy_code(k))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.code_button.mapToGlobal(QPoint(0, self.code_button.height())))

    def copy_code(self, kind: str) -> None:
        """The request as a program (one of `CODE_KINDS`), onto the clipboard."""
        if self.shown is not None:
            self._tasks.start("inspector:code", self._copy_code(self.shown, kind))

    async def _copy_code(self, one: Try, kind: str) -> None:
        code = await self._desk.inspecting.code(one.exchange, kind)
        if code:
            QGuiApplication.clipboard().setText(code)
        self.told.emit(tr("inspector.code_copied" if code else "inspector.no_code", kind=tr(f"inspector.code.{kind}")))

    def _find(self) -> None:
        if self.shown is None:
            return
        if self.tabs.value == "overview":
            self.tabs.set_value("request")
            self._show()
        self.wire.focus_find()

    # Looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        px = self._theme.px
        narrow = self.width() < px(_NARROW)
        below, beside = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._tools.setDirection(below if narrow else beside)
        edge = px(16) if narrow else px(24)
        self._body.setContentsMargins(edge, 0, edge, px(16))

    def retranslate(self) -> None:
        model = self._message.model
        self.title.setText(tr("inspector.title", model=model) if model else tr("inspector.name"))
        self.setAccessibleName(tr("inspector.name"))
        self.which.setAccessibleName(tr("inspector.which"))
        self.tabs.setAccessibleName(tr("inspector.name"))
        self.wire.retranslate()
        self._list()
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
