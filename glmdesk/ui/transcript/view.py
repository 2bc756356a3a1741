"""The message view: a virtualised scroll area that paints blocks and follows a streaming answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from time import perf_counter
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QWidget

from glmdesk.domain.message import Message
from glmdesk.services.transcript import Row, Transcript, TranscriptChanges
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript import access
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.canvas import Anchor, Canvas
from glmdesk.ui.transcript.commands import Commands
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.find_bar import FindBar
from glmdesk.ui.transcript.finder import Finder
from glmdesk.ui.transcript.formulas import Draw, Formulas
from glmdesk.ui.transcript.highlighter import Highlighter
from glmdesk.ui.transcript.jump import JumpButton
from glmdesk.ui.transcript.keys import Keys
from glmdesk.ui.transcript.places import Places
from glmdesk.ui.transcript.pointer import Pointer
from glmdesk.ui.transcript.reading import Reading
from glmdesk.ui.transcript.row import RowItem
from glmdesk.ui.transcript.selection import Selection
from glmdesk.ui.transcript.stack import Stack
from glmdesk.ui.transcript.style import Style
from glmdesk.ui.widgets.announce import announce

if TYPE_CHECKING:
    from glmdesk.services.tasks import TaskOwner
    from glmdesk.ui.theme.theme import ThemeManager

FRAME = 33  # milliseconds between two updates
_WARM_UP = 400  # milliseconds after which the window has been painted


class TranscriptView(QAbstractScrollArea):
    """Shows a `Transcript`. Call `poll()` when it may have changed; the view looks at most once a frame.

    `action(id, message id)`: regenerate, continue, copy (already done), variant_prev, variant_next, retry_now, stop or
    an `Action` of an error. `link_activated`: http, https and mailto only. `link_hovered`: the real address or ''.
    """

    action = Signal(str, str)
    link_activated = Signal(str)
    link_hovered = Signal(str)
    told = Signal(str)  # a sentence about what was done
    follow_changed = Signal(bool)

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._transcript: Transcript | None = None
        self._origin = 0
        self._following = True
        self._moving_bar = False
        self._new = 0
        self.title = ""  # what a screen reader calls the view, where there is more than one
        self._due = 0.0
        self.stop_after_screen = False
        self.fill_menu: Callable[[QMenu, Row], None] | None = None  # what can be done to a message
        self.frames = 0
        self.painted: Callable[[], None] | None = None  # called after each paint, for a trace
        self.context = Context(Style(theme))
        self.stack = Stack(self.context)
        self.selection = Selection(self.stack)
        self.canvas = Canvas(self.viewport())
        self._reading = Reading(self.canvas)
        self.places = Places(self)
        self.finder = Finder(self)
        self.context.marks = self.finder.marks
        self.commands = Commands(self)
        self.pointer = Pointer(self)
        self._keys = Keys(self)
        self._make_highlighter()
        self._make_timer()
        self._make_widgets()
        access.install()
        theme.changed.connect(self._restyle)

    def _make_highlighter(self) -> None:
        highlighter = Highlighter(self)
        highlighter.found.connect(self._coloured)
        self.context.want_highlight = highlighter.ask
        self.destroyed.connect(highlighter.close)
        self._highlighter = highlighter

    def use_formulas(self, draw: Draw, tasks: TaskOwner, *, name: str = "") -> None:
        """Show pictures of formulas from now on; `name` tells views that are shown together apart."""
        self.context.formulas = Formulas(draw, tasks, self._formulas_came, name=name)

    def _formulas_came(self, pieces: Collection[Piece]) -> None:
        """Pictures are as high as they are: the rows that have them are laid out again, what is read stays."""
        line = self._reading.begin(self.context) if not self._following else None
        for item in self.stack.items:
            came = [piece for piece in item.pieces if piece in pieces]
            kept = self.selection.remember(item) if came else []
            for piece in came:
                piece.formula_came(self.context)
            if came:
                self.selection.restore(item, kept)
                item.relayout(self.context)
                self.stack.sync(item)
        self.arrange(line=self._reading.end(self.context, line))
        self.places.again()

    def _make_timer(self) -> None:
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._frame)

    def _make_widgets(self) -> None:
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self._jump = JumpButton(self.context.style, self)
        self._jump.clicked.connect(self.jump_to_latest)
        self.find_bar = FindBar(self, theme=self.theme)
        self.retranslate()

    # What the window uses.

    def show_transcript(self, transcript: Transcript | None) -> None:
        """Show another conversation from its end, or nothing."""
        self._transcript = transcript
        self.find_bar.leave()
        access.forget(self)
        self.selection.clear()
        self.context.leave()
        self.stack.items = []
        self.places.moved()
        if transcript is not None:
            transcript.take_changes()
        self.stack.reset(transcript.rows if transcript is not None else ())
        self._set_following(True)
        self.canvas.forget()
        self.arrange()
        if self._live_items():
            self.poll()

    def poll(self) -> None:
        """The transcript may have changed: look at it in the next frame."""
        if not self._timer.isActive():
            self._timer.start(max(0, round(1000 * (self._due - perf_counter()))))

    @property
    def following(self) -> bool:
        """True while the newest words stay in view."""
        return self._following

    @property
    def origin(self) -> int:
        """The y of the transcript at the top of the viewport."""
        return self._origin

    def jump_to_latest(self) -> None:
        self.places.moved()
        self._set_following(True)
        self.arrange()

    def scroll_to_message(self, message_id: str) -> None:
        """Bring a message to the top of the view (a search hit)."""
        self.places.show_row(message_id)

    def hold(self) -> None:
        """Stay here even at the bottom while an answer comes in: the user looks at something."""
        self.places.moved()
        if self._live_items():
            self._set_following(False)
            self._show_jump()

    def copy_selection(self) -> None:
        """Put the selected words on the clipboard as plain text, Markdown and rich text."""
        self.commands.copy_selection()

    def retranslate(self) -> None:
        access.describe(self, self.title, count=len(self.stack.items))

    # Frames.

    def _live_items(self) -> list[RowItem]:
        return [item for item in self.stack.items[-4:] if item.row.live]

    def _frame(self) -> None:
        if self._transcript is None:
            return
        began = perf_counter()
        self.frames += 1
        changes = self._transcript.take_changes()
        self._hold_folds()
        if not changes.nothing:
            self._apply(self._transcript, changes)
        live = self._live_items()
        for item in live:
            if item.row.notice is not None and item.row.notice.until is not None:
                self.stack.update(item.row)
        if live or not changes.nothing:
            self.arrange()
        took = perf_counter() - began
        # A frame that took long is followed by a longer pause: typing and scrolling go first.
        self._due = began + max(FRAME / 1000, 3 * took)
        if live:
            self.poll()

    def _hold_folds(self) -> None:
        """Nothing moves while the user reads: an open thought does not close by itself then."""
        if not self._following:
            for item in self._live_items():
                item.hold_fold()

    def _apply(self, transcript: Transcript, changes: TranscriptChanges) -> None:
        rows = transcript.rows
        if changes.reset:
            self.stack.reset(rows)
            self.retranslate()
        elif changes.appended:
            self.stack.append(rows[len(rows) - changes.appended :])
            if not self._following:
                self._new += sum(_size(row.message) for row in rows[len(rows) - changes.appended :])
            self.retranslate()
        for item in map(self.stack.item, changes.updated if not changes.reset else ()):
            if item is not None:
                self._update_item(transcript, item)
        self.finder.rows_changed(changes)

    def _update_item(self, transcript: Transcript, item: RowItem) -> None:
        row = transcript.row(item.id)
        if row is None:
            return
        before = item.row
        kept = self.selection.remember(item)
        self.stack.update(row)
        self.selection.restore(item, kept)
        if not self._following:
            self._new += max(0, _size(row.message) - _size(before.message))
        if before.live and not row.live:
            announce(self, tr("transcript.finished", text=row.message.text[:500]))

    # Arranging: heights, the scroll bar, what moves on the screen.

    def arrange(self, anchor: Anchor | None = None, *, line: Anchor | None = None) -> None:
        """Lay out what is seen and repaint what changed. `anchor`, `line` or the first visible piece does not move.

        At an `anchor` the user is now, so it decides whether the view follows.
        """
        self._fit_screen()
        height = self.viewport().height()
        pinned = self._following and anchor is None
        anchors = [anchor] if anchor is not None else [] if pinned else self.canvas.anchors()
        line = self._fit_column() or line
        if line is not None:
            anchors.insert(0, line)
        for _ in range(50):
            self._place_origin(anchors, pinned=pinned)
            if not self.stack.settle(self._origin, self._origin + height):
                break
        self._place_origin(anchors, pinned=pinned)
        self._stop_after_screen()
        self._move_bar()
        if anchor is not None:
            self._set_following(self._origin >= self._last_origin())
        self.canvas.present(list(self.stack.pieces_in(self._origin, self._origin + height)), self._origin)
        self._show_jump()

    def _fit_screen(self) -> None:
        """Pictures are made for the screen that the window is on."""
        dpr = self.devicePixelRatioF()
        if dpr != self.context.dpr:
            self.context.dpr = dpr
            self.context.documents.clear()

    def _last_origin(self) -> int:
        return max(0, self.stack.total - self.viewport().height())

    def _place_origin(self, anchors: list[Anchor], *, pinned: bool) -> None:
        last = self._last_origin()
        if pinned:
            self._origin = last
            return
        for anchor in anchors:
            top = self._anchor_top(anchor)
            if top is not None:
                self._origin = max(0, min(top - anchor.y, last))
                return
        self._origin = max(0, min(self._origin, last))

    def _anchor_top(self, anchor: Anchor) -> int | None:
        if anchor.piece is not None:
            top = self.stack.piece_top(anchor.item, anchor.piece)
            line = 0 if anchor.position is None else anchor.piece.y_of(self.context, anchor.position)
            return None if top is None else top + line
        return self.stack.top(anchor.item) if self.stack.item(anchor.item.id) is anchor.item else None

    def _stop_after_screen(self) -> None:
        live = self._live_items() if self.stop_after_screen and self._following else []
        if live and self.stack.top(live[-1]) <= self._origin:
            self._set_following(False)

    def _move_bar(self) -> None:
        bar, last, step = self.verticalScrollBar(), self._last_origin(), self.context.style.px(40)
        wanted = (last, max(1, self.viewport().height() - step), self._origin)
        if wanted == (bar.maximum(), bar.pageStep(), bar.value()):
            return
        self._moving_bar = True
        bar.setRange(0, last)
        bar.setPageStep(wanted[1])
        bar.setSingleStep(step)
        bar.setValue(self._origin)
        self._moving_bar = False

    def _fit_column(self) -> Anchor | None:
        """Take the width of the viewport. What must not move when that changed the lines."""
        style = self.context.style
        width = min(style.column, self.width() - 2 * style.margin)  # the scroll bar is in the margin
        width = max(style.px(120), width)
        if width == self.context.width:
            return None
        line = self._reading.first_line(self.context) if self.context.width else None
        self.context.width = width
        self.stack.resized()
        self.canvas.forget_places()
        return line

    @property
    def column_left(self) -> int:
        return (self.width() - self.context.width) // 2

    def _set_following(self, following: bool) -> None:
        if following:
            self._new = 0
        if following != self._following:
            self._following = following
            self.follow_changed.emit(following)

    def stop_following(self) -> None:
        """The user has begun to read: nothing moves from now on."""
        if self._last_origin() > 0:
            self._set_following(False)
            self._show_jump()

    def _show_jump(self) -> None:
        away = not self._following and self._origin < self._last_origin()
        if away:
            self._jump.show_new(self._new)
            x = (self.width() - self._jump.width()) // 2  # in the middle of the column
            self._jump.move(x, self.viewport().height() - self._jump.height() - self.context.style.px(12))
            self._jump.raise_()
        self._jump.setVisible(away)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._moving_bar:
            return
        self._origin = self.verticalScrollBar().value()
        self._set_following(self._origin >= self._last_origin())
        self.scrolled()

    def scrolled(self) -> None:
        """The user moved the view: what was laid out before keeps its place on the screen."""
        self.places.moved()
        height = self.viewport().height()
        placed = list(self.stack.pieces_in(self._origin, self._origin + height))
        known = [p for p in placed if p.piece.exact] or placed
        if known and self._origin > 0:  # the top stays the top
            anchor = Anchor(known[0].item, known[0].piece, known[0].top - self._origin)
        else:
            rows = list(self.stack.rows_in(self._origin, self._origin + height))
            anchor = Anchor(rows[0], None, self.stack.top(rows[0]) - self._origin) if rows else None
        following = self._following
        self.arrange(None if following else anchor)

    def scroll_to(self, origin: int) -> None:
        self.verticalScrollBar().setValue(origin)

    # Events.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        region = event.region()
        # The rectangle around all that changed may be most of the view. The stubs do not know that it iterates.
        rects = cast("list[QRect]", list(region)) if region.rectCount() > 1 else [region.boundingRect()]  # pyright: ignore
        for rect in rects:
            if len(rects) > 1:
                painter.setClipRect(rect)
            self._paint(painter, rect)
        painter.end()
        if self.painted is not None:
            self.painted()

    def _paint(self, painter: QPainter, rect: QRect) -> None:
        painter.fillRect(rect, self.context.style.color("background"))
        left = self.column_left
        for placed in self.stack.pieces_in(self._origin + rect.top(), self._origin + rect.bottom() + 1):
            y = placed.top - self._origin
            x = left + placed.piece.left(self.context)
            clip = QRect(rect.left() - x, rect.top() - y, rect.width(), rect.height())
            painter.save()
            painter.translate(x, y)
            selected = self.selection.span(placed.item, placed.index, placed.piece)
            placed.piece.paint(self.context, painter, clip, selected)
            painter.restore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(_WARM_UP, self, self._highlighter.warm_up)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()
        self.places.again()
        self.find_bar.place()

    def _restyle(self) -> None:
        line = self._reading.first_line(self.context) if self.context.width and not self._following else None
        self.context.style = Style(self.theme)
        self.context.documents.clear()
        self.context.width = 0
        self._fit_column()
        self._jump.set_style(self.context.style)
        self.stack.restyle()
        self.arrange(line=line)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
            self._restyle()

    def _coloured(self, piece: Piece, text: str, runs: object) -> None:
        self.commands.coloured(piece, text, runs)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y() > 0:
            self.stop_following()
        if not self.pointer.wheel(event):
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.pointer.double_click(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self.pointer.leave()
        if event.type() is QEvent.Type.ToolTip and self.pointer.tooltip(event):
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.commands.menu(event.globalPos(), self.commands.item_of_menu(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            event.ignore()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002
        return self._keys.move_focus(1 if next else -1) or super().focusNextPrevChild(next)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._keys.leave()
        super().focusOutEvent(event)

    def to_transcript(self, point: QPoint) -> QPoint:
        """A point of the viewport as (x in the column, y in the transcript)."""
        return QPoint(point.x() - self.column_left, point.y() + self._origin)


def _size(message: Message) -> int:
    return len(message.text) + len(message.reasoning)
