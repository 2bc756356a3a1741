"""Charts that paint themselves: bars with a hover card, reached by mouse and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.usage.bars import PARTS, Bar, Metric, Part, axis_words, compact, lines_of, spent_words, total_of
from glmdesk.ui.usage.hover import paint_card
from glmdesk.ui.usage.scale import ticks

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -7,
    Qt.Key.Key_PageDown: 7,
}
_COLUMNS_HEIGHT = 240


class Chart(QWidget):
    """Arrows go from bar to bar, Enter or a click opens what a bar stands for (`opened` with its key)."""

    opened = Signal(str)

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.bars: Sequence[Bar] = ()
        self.shown = Metric.YUAN
        self._chosen = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    def show_bars(self, bars: Sequence[Bar], metric: Metric) -> None:
        """Replace what is shown."""
        same = metric is self.shown and [bar.name for bar in bars] == [bar.name for bar in self.bars]
        place = self.chosen if same else -1  # an answer that ends meanwhile does not take the card away
        self.bars, self.shown = bars, metric
        self._choose(place)
        self._restyle()

    @property
    def chosen(self) -> int:
        """The bar whose card is shown, -1 for none."""
        return self._chosen if self._chosen < len(self.bars) else -1

    def choose(self, place: int) -> None:
        """Show the card of a bar; -1 hides it."""
        if place != self._chosen:
            self._choose(place)

    def _choose(self, place: int) -> None:
        self._chosen = place
        self.setAccessibleDescription(self.words_of(place) if place >= 0 else "")
        self.update()

    def words_of(self, place: int) -> str:
        """A bar in words."""
        bar = self.bars[place]
        values = [tr("transcript.details.line", name=name, value=value) for name, value in lines_of(bar, self.shown)]
        return " · ".join([bar.name, *values])

    # Geometry, by subclasses

    def place_at(self, at: QPoint) -> int:
        """The bar at a point, -1 for none."""
        raise NotImplementedError

    def slot_of(self, place: int) -> QRect:
        """The whole ground of a bar."""
        raise NotImplementedError

    def paint_bars(self, painter: QPainter) -> None:
        raise NotImplementedError

    @property
    def used_height(self) -> int:
        """How much of it a picture needs."""
        return self.sizeHint().height()

    # Looks

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    @property
    def most(self) -> float:
        return max((total_of(self.shown, bar.sums) for bar in self.bars), default=0.0)

    def colour(self, part: Part) -> QColor:
        """A part's colour laid over the ground, so that overlapping edges do not show."""
        ground, tone = QColor(self.theme.tokens.background), QColor(getattr(self.theme.tokens, part.tone))
        pairs = ((ground.red(), tone.red()), (ground.green(), tone.green()), (ground.blue(), tone.blue()))
        return QColor(*(round(under + (over - under) * part.strength) for under, over in pairs))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self.draw(painter)
        if self.chosen >= 0:
            bar = self.bars[self.chosen]
            lines, parts = lines_of(bar, self.shown), PARTS[self.shown]
            paint_card(painter, self, bar.name, lines, [self.colour(part) for part in parts], self.slot_of(self.chosen))
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """The bars with their names, without what is only of the moment."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.theme.ui_font(12))
        self.paint_bars(painter)
        if not self.bars:
            painter.setPen(QColor(self.theme.tokens.faint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("usage.nothing"))

    def _paint_ground(self, painter: QPainter) -> None:
        radius = self.theme.px(6)
        if self.chosen >= 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.tokens.accent_ground))
            painter.drawRoundedRect(self.slot_of(self.chosen), radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        self.choose(place)
        opens = place >= 0 and bool(self.bars[place].key)
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._open(self.place_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self.choose(-1)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.choose(-1)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last, key = len(self.bars) - 1, event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.chosen)
        elif last >= 0 and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._announce(0 if key == Qt.Key.Key_Home else last)
        elif last >= 0 and key in _STEPS:
            start = self.chosen if self.chosen >= 0 else (last + 1 if _STEPS[Qt.Key(key)] < 0 else -1)
            self._announce(min(last, max(0, start + _STEPS[Qt.Key(key)])))
        else:
            super().keyPressEvent(event)

    def _announce(self, place: int) -> None:
        self.choose(place)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.words_of(place)))

    def _open(self, place: int) -> None:
        if place >= 0 and self.bars[place].key:
            self.opened.emit(self.bars[place].key)


class ColumnChart(Chart):
    """A calendar: columns with an axis on the left."""

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(320), self.theme.px(_COLUMNS_HEIGHT))

    @property
    def _ticks(self) -> list[float]:
        return ticks(self.most, whole=self.shown is not Metric.YUAN)

    @property
    def _plot(self) -> QRect:
        px, metrics = self.theme.px, QFontMetrics(self.theme.ui_font(12))
        left = max(map(metrics.horizontalAdvance, axis_words(self.shown, self._ticks))) + px(14)
        return self.rect().adjusted(left, px(12), -px(8), -metrics.height() - px(12))

    def slot_of(self, place: int) -> QRect:
        plot, count = self._plot, max(len(self.bars), 1)
        left, right = (plot.left() + round(plot.width() * n / count) for n in (place, place + 1))
        return QRect(left, plot.top(), max(right - left, 1), plot.height())

    def place_at(self, at: QPoint) -> int:
        plot = self._plot
        if not (self.bars and plot.left() <= at.x() <= plot.right() and 0 <= at.y() <= self.height()):
            return -1
        return min((at.x() - plot.left()) * len(self.bars) // max(plot.width(), 1), len(self.bars) - 1)

    def paint_bars(self, painter: QPainter) -> None:
        if not self.bars:
            return
        plot, marks = self._plot, self._ticks
        self._paint_axis(painter, plot, marks)
        self._paint_names(painter, plot)
        if not self.most:
            painter.setPen(QColor(self.theme.tokens.faint))
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, tr("usage.nothing"))
            return
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        for place in range(len(self.bars)):
            self._paint_column(painter, place, plot.height() / marks[-1])
        painter.restore()

    def _paint_axis(self, painter: QPainter, plot: QRect, marks: Sequence[float]) -> None:
        tokens, px = self.theme.tokens, self.theme.px
        height = painter.fontMetrics().height()
        for value, words in zip(marks, axis_words(self.shown, marks), strict=True):
            y = plot.bottom() - round(plot.height() * value / marks[-1])
            painter.setPen(QColor(tokens.line))
            painter.drawLine(plot.left(), y, plot.right(), y)
            if self.most or not value:
                painter.setPen(QColor(tokens.faint))
                box = QRect(0, y - height // 2, plot.left() - px(8), height)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight, words)

    def _paint_names(self, painter: QPainter, plot: QRect) -> None:
        """As many as there is room for, from the last one back."""
        metrics, px = painter.fontMetrics(), self.theme.px
        widest = max(metrics.horizontalAdvance(bar.short) for bar in self.bars) + px(12)
        every = max(1, -(-widest * len(self.bars) // max(plot.width(), 1)))
        painter.setPen(QColor(self.theme.tokens.faint))
        free = self.width() + px(12)
        for place in range(len(self.bars) - 1, -1, -every):
            slot = self.slot_of(place)
            width = metrics.horizontalAdvance(self.bars[place].short) + 2
            left = min(max(slot.center().x() - width // 2, 0), self.width() - width)
            if left + width + px(12) > free:  # the last name is moved into the picture
                continue
            free = left
            box = QRect(left, plot.bottom() + px(6), width, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, self.bars[place].short)

    def _paint_column(self, painter: QPainter, place: int, scale: float) -> None:
        slot, px = self.slot_of(place), self.theme.px
        width = max(1.0, min(slot.width() * 0.68, px(34)))
        left, bottom = slot.left() + (slot.width() - width) / 2, float(slot.bottom())
        for part in PARTS[self.shown]:
            height = part.of(self.bars[place].sums) * scale
            if height > 0:
                height = max(height, 1.0)
                painter.setBrush(self.colour(part))
                radius = min(px(2), width / 3)
                painter.drawRoundedRect(QRectF(left, bottom - height, width, height), radius, radius)
                bottom -= height


class RowChart(Chart):
    """Models, conversations, templates: a name, a bar, a value."""

    def sizeHint(self) -> QSize:
        rows = max(len(self.bars), 5)  # room for the card
        return QSize(self.theme.px(320), rows * self._step + self.theme.px(8))

    @property
    def used_height(self) -> int:
        return max(len(self.bars), 1) * self._step + self.theme.px(8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()  # names above their bars need more room than beside them

    @property
    def _step(self) -> int:
        return self.theme.px(44) if self._stacked else self.theme.px(34)

    @property
    def _stacked(self) -> bool:
        return self.width() < self.theme.px(420)

    def slot_of(self, place: int) -> QRect:
        edge = self.theme.px(4)
        return QRect(edge, edge + place * self._step, self.width() - 2 * edge, self._step)

    def place_at(self, at: QPoint) -> int:
        place = (at.y() - self.theme.px(4)) // self._step
        return place if 0 <= place < len(self.bars) and 0 <= at.x() < self.width() else -1

    def paint_bars(self, painter: QPainter) -> None:
        most, metrics, px = self.most, painter.fontMetrics(), self.theme.px
        room = max((metrics.horizontalAdvance(self._value(bar)) for bar in self.bars), default=0) + px(12)
        for place, bar in enumerate(self.bars):
            slot = self.slot_of(place).adjusted(px(8), 0, -px(8), 0)
            names = slot.width() if self._stacked else round(slot.width() * 0.34)
            line = QRect(slot.left(), slot.top() + px(3), slot.width(), px(20)) if self._stacked else slot
            painter.setPen(QColor(self.theme.tokens.text))
            name = metrics.elidedText(
                bar.name, Qt.TextElideMode.ElideRight, names - (room if self._stacked else px(12))
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            painter.setPen(QColor(self.theme.tokens.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._value(bar))
            if self._stacked:
                track = QRectF(slot.left(), slot.top() + px(26), slot.width(), px(10))
            else:
                left = slot.left() + names
                track = QRectF(left, slot.center().y() - px(6), slot.right() - room - left, px(12))
            self._paint_row(painter, bar, track, most)

    def _value(self, bar: Bar) -> str:
        if self.shown is Metric.YUAN:
            return spent_words(bar.sums)
        return compact(total_of(self.shown, bar.sums))

    def _paint_row(self, painter: QPainter, bar: Bar, track: QRectF, most: float) -> None:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        left = track.left()
        for part in PARTS[self.shown]:
            width = part.of(bar.sums) / most * track.width() if most else 0.0
            if width > 0:
                width = max(width, 1.0)
                painter.setBrush(self.colour(part))
                radius = min(self.theme.px(2), width / 3)
                painter.drawRoundedRect(QRectF(left, track.top(), width, track.height()), radius, radius)
                left += width
        painter.restore()
