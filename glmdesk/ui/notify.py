"""Notices at the bottom of the window: three at most, the same one never twice, as many at a time as there is room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.tooltip import set_tooltip

NoticeKind = Literal["info", "warn", "error"]
_MOST = 3
_STAYS_MS = {"info": 8_000, "warn": 15_000, "error": 0}  # 0: until dismissed
_SHARE = 0.45  # of their room: what they may take together; one is always shown
_NARROW = 360  # logical pixels
_ACROSS, _DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
_ABOVE_THE_EDGE = 150  # logical pixels: the composer's room on a page without one


class _Notice(QFrame):
    def __init__(self, text: str, *, theme: ThemeManager, kind: NoticeKind, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "notice")
        self.label = PlainLabel(text, theme=theme, role="error" if kind == "error" else "text")
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.more = PlainLabel(theme=theme, role="faint")
        self.more.hide()
        self.dismiss = IconButton("x", "action.dismiss", theme=theme)
        self.ends = QTimer(self)
        self.ends.setSingleShot(True)
        self.ends.setInterval(_STAYS_MS[kind])
        self.row = QBoxLayout(_ACROSS, self)
        self.restyle(theme)
        self.row.addWidget(self.label, 1)
        self.buttons = QHBoxLayout()
        self.buttons.addWidget(self.more)
        self.buttons.addWidget(self.dismiss)
        self.row.addLayout(self.buttons)
        self._acts = False

    def add_action(self, button: Button) -> None:
        """What can be done about it."""
        self.buttons.insertWidget(0, button)
        self._acts = True

    def stand(self, *, narrow: bool) -> None:
        """Where there is no room beside the words, its button stands below them."""
        below = narrow and self._acts
        self.row.setDirection(_DOWN if below else _ACROSS)
        self.row.setAlignment(self.buttons, Qt.AlignmentFlag.AlignRight if below else Qt.AlignmentFlag(0))

    def appear(self, *, waiting: int) -> None:
        """Be seen, with the number of those that wait behind; only now its time begins to run."""
        self.more.setText(f"+{waiting}")
        set_tooltip(self.more, tr("action.more_notices", count=waiting))
        self.more.setAccessibleName(tr("action.more_notices", count=waiting))
        self.more.setVisible(waiting > 0)
        self.show()
        if self.ends.interval() and not self.ends.isActive():
            self.ends.start()

    def restyle(self, theme: ThemeManager) -> None:
        self.row.setContentsMargins(theme.px(14), theme.px(6), theme.px(6), theme.px(6))


class Notices(QWidget):
    """Lies over the bottom of `room`, the part of `over` that it may cover; a page without composer leaves its place.

    The newest are in front; those for which there is no room wait behind them.
    """

    def __init__(
        self,
        window: QWidget,
        *,
        theme: ThemeManager,
        over: QWidget | None = None,
        room: Callable[[], QRect | None] = lambda: None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._over = over or window
        self._room = room
        self._over.installEventFilter(self)
        self._theme = theme
        self._shown: dict[str, _Notice] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(8))
        # Queued: the labels have taken their new font when the room for them is measured.
        theme.changed.connect(self._restyle, Qt.ConnectionType.QueuedConnection)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """What is shown now, oldest first."""
        return tuple(notice.label.text() for notice in self._shown.values())

    def post(
        self,
        notice_id: str,
        text: str,
        kind: NoticeKind = "info",
        *,
        action_text_id: str = "",
        callback: Callable[[], object] | None = None,
    ) -> None:
        """Show a notice; the same id replaces, the oldest gives way to a fourth."""
        self.remove(notice_id)
        while len(self._shown) >= _MOST:
            self.remove(next(iter(self._shown)))
        notice = _Notice(text, theme=self._theme, kind=kind, parent=self)
        notice.dismiss.clicked.connect(lambda: self.remove(notice_id))
        if action_text_id and callback is not None:
            self._add_button(notice, notice_id, action_text_id, callback)
        self._shown[notice_id] = notice
        self._column.addWidget(notice)
        notice.ends.timeout.connect(lambda: self.remove(notice_id))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self.place()

    def _add_button(self, notice: _Notice, notice_id: str, text_id: str, callback: Callable[[], object]) -> None:
        def act() -> None:
            self.remove(notice_id)
            callback()

        button = Button(text_id)
        button.clicked.connect(act)
        notice.add_action(button)

    def remove(self, notice_id: str) -> None:
        notice = self._shown.pop(notice_id, None)
        if notice is not None:
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
            self.place()

    def _restyle(self) -> None:
        self._column.setSpacing(self._theme.px(8))
        for notice in self._shown.values():
            notice.restyle(self._theme)
        self.place()

    def place(self) -> None:
        """Lay the notices over the lower edge of their room."""
        self.setVisible(bool(self._shown))
        over, px = self._over, self._theme.px
        room = self._room() or over.rect().adjusted(0, 0, 0, -px(_ABOVE_THE_EDGE))
        width = max(min(px(560), over.width() - px(32)), 1)
        for notice in self._shown.values():
            notice.stand(narrow=width < px(_NARROW))
        self._choose(round(room.height() * _SHARE), width)
        self.setFixedSize(width, max(self._column.totalHeightForWidth(width), 1))  # texts wrap
        left = (over.width() - width) // 2
        top = max(
            room.bottom() - self.height() - px(8), 0
        )  # what is below it is covered last: a call may be asked about
        self.move(over.mapTo(self._window, QPoint(left, top)))
        self.raise_()

    def _choose(self, most: int, width: int) -> None:
        """Show the newest ones that fit into `most` pixels, at least one."""
        used = 0
        newest = list(reversed(self._shown.values()))
        for place, notice in enumerate(newest):
            used += notice.heightForWidth(width) + self._column.spacing()
            if place and used > most:
                for hidden in newest[place:]:
                    hidden.hide()
                    hidden.ends.stop()
                newest[0].appear(waiting=len(newest) - place)
                return
            notice.appear(waiting=0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.place()  # the window has another size, or the sidebar came or went
        return False
