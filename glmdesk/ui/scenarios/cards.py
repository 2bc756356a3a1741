"""Cards to choose from, and the grid that lays them out in as many columns as fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from glmdesk.ui.composer.line_edit import ENTER_KEYS
from glmdesk.ui.scenarios.wrapped import wrapped_lines
from glmdesk.ui.theme.icons import icon
from glmdesk.ui.theme.tokens import RADIUS_CARD

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_PAD = 15
_TILE = 30
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ChoiceCard(QAbstractButton):
    """A tile with an icon (optional), a title, at most two lines of description, a faint last line (optional)."""

    menu_wanted = Signal(QPoint)  # global position

    def __init__(
        self, *, theme: ThemeManager, icon_name: str = "", has_menu: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon_name
        self._has_menu = has_menu
        self._description = ""
        self._meta = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if has_menu:
            self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            self.customContextMenuRequested.connect(self._ask_menu)

    def set_texts(self, title: str, description: str, meta: str = "") -> None:
        """Plain texts; they may be a user's."""
        self._description, self._meta = description, meta
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{description} {meta}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.px
        tile = _TILE + 8 if self._icon_name else 0
        meta = 20 if not self._icon_name else 0
        return QSize(px(170), px(2 * _PAD + tile + 24 + 38 + meta))

    def more_rect(self) -> QRect:
        px = self._theme.px
        return QRect(self.width() - px(36), px(8), px(28), px(28))

    def _ask_menu(self, at: QPoint) -> None:
        self.menu_wanted.emit(self.mapToGlobal(at))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._has_menu and self.more_rect().contains(at):
            self.menu_wanted.emit(self.mapToGlobal(self.more_rect().bottomLeft()))
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS:
            self.click()
        elif self._has_menu and event.key() == Qt.Key.Key_Menu:
            self.menu_wanted.emit(self.mapToGlobal(self.more_rect().bottomLeft()))
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(tokens.accent if active else tokens.line), 1.5 if self.hasFocus() else 1))
        painter.setBrush(QColor(tokens.side if self.isDown() else tokens.background))
        box = self.rect().toRectF().adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, px(RADIUS_CARD), px(RADIUS_CARD))
        inner = self.rect().adjusted(px(_PAD), px(_PAD), -px(_PAD), -px(_PAD))
        if self._icon_name:
            self._tile(painter, inner)
            inner.setTop(inner.top() + px(_TILE + 8))
        self._texts(painter, inner, more=self._has_menu)
        if self._has_menu and active:
            box_of = QRect(0, 0, px(18), px(18))
            box_of.moveCenter(self.more_rect().center())
            icon("more", tokens.muted, px(18)).paint(painter, box_of)
        painter.end()

    def _tile(self, painter: QPainter, inner: QRect) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        tile = QRect(inner.topLeft(), QSize(px(_TILE), px(_TILE)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent_ground))
        painter.drawRoundedRect(tile, px(8), px(8))
        box = QRect(0, 0, px(18), px(18))
        box.moveCenter(tile.center())
        icon(self._icon_name, tokens.accent, px(18)).paint(painter, box)

    def _texts(self, painter: QPainter, inner: QRect, *, more: bool) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        painter.setFont(self._theme.ui_font(14, bold=True))
        painter.setPen(QColor(tokens.text))
        title = QRect(inner.topLeft(), QSize(inner.width() - (px(20) if more else 0), px(22)))
        elided = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, title.width())
        painter.drawText(title, _LEFT, elided)
        font = self._theme.ui_font(12)
        painter.setFont(font)
        painter.setPen(QColor(tokens.muted))
        at = QRect(inner.left(), title.bottom() + px(3), inner.width(), px(19))
        for line in wrapped_lines(self._description, font=font, width=inner.width(), most=2):
            painter.drawText(at, _LEFT, line)
            at.translate(0, px(19))
        if self._meta:
            painter.setPen(QColor(tokens.faint))
            last = QRect(inner.left(), inner.bottom() - px(16), inner.width(), px(18))
            meta = painter.fontMetrics().elidedText(self._meta, Qt.TextElideMode.ElideRight, last.width())
            painter.drawText(last, _LEFT, meta)


class CardGrid(QWidget):
    """1 to `most` equal columns; the height follows."""

    def __init__(
        self, *, theme: ThemeManager, least_width: int = 170, most: int = 4, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._least = least_width
        self._most = most
        self._cards: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.arrange)

    @property
    def cards(self) -> Sequence[QWidget]:
        return self._cards

    def set_cards(self, cards: Sequence[QWidget]) -> None:
        """Replace the cards; those left out are deleted."""
        for card in self._cards:
            if card not in cards:
                card.deleteLater()
                card.hide()
        self._cards = list(cards)
        for card in cards:
            card.setParent(self)
            card.show()
        self.arrange()

    def columns(self) -> int:
        """As many as fit; a single card is as wide as one among many."""
        px = self._theme.px
        fit = (self.width() + px(12)) // (px(self._least) + px(12))
        return max(1, min(self._most, fit))

    def arrange(self) -> None:
        gap, columns = self._theme.px(12), self.columns()
        step = (self.width() + gap) / columns
        height = max((card.sizeHint().height() for card in self._cards), default=0)
        for at, card in enumerate(self._cards):
            row, column = divmod(at, columns)
            left, right = round(column * step), round((column + 1) * step) - gap
            card.setGeometry(left, row * (height + gap), right - left, height)
        rows = -(-len(self._cards) // columns)
        self.setFixedHeight(max(rows * (height + gap) - gap, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()
