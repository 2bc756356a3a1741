"""Search results: the conversation, and the line with the hit in bold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from glmdesk.ui.composer.line_edit import ENTER_KEYS
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.hits import HitsModel, shown_snippet
from glmdesk.ui.models.option import option_has, option_rect
from glmdesk.ui.sidebar.conversation_list import prepare_list
from glmdesk.ui.theme.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_Index = QModelIndex | QPersistentModelIndex
_ROW = 54
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class HitDelegate(QStyledItemDelegate):
    """Bold is painted in runs: a snippet is a user's or a model's text and never becomes HTML."""

    def __init__(self, *, theme: ThemeManager, model: HitsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, self._theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens, px, hit, rect = self._theme.tokens, self._theme.px, self._model.rows[index.row()], option_rect(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = option_has(option, QStyle.StateFlag.State_HasFocus)
        hover = option_has(option, QStyle.StateFlag.State_MouseOver)
        if hover or focus:
            painter.setPen(QPen(QColor(tokens.accent), 1.5) if focus else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.line))
            box = rect.toRectF().adjusted(1, 1, -1, -px(2))
            painter.drawRoundedRect(box, px(RADIUS_CONTROL), px(RADIUS_CONTROL))
        inner = rect.adjusted(px(10), px(5), -px(10), -px(7))
        upper, lower = QRect(inner), QRect(inner)
        upper.setHeight(inner.height() // 2)
        lower.setTop(upper.bottom() + 1)
        font = self._theme.ui_font(14)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        title = str(index.data())
        painter.drawText(upper, _LEFT, QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, upper.width()))
        self._snippet(painter, lower, shown_snippet(hit))
        painter.restore()

    def _snippet(self, painter: QPainter, rect: QRect, snippet: tuple[str, int, int]) -> None:
        text, start, end = snippet
        tokens = self._theme.tokens
        runs = ((text[:start], False), (text[start:end], True), (text[end:], False))
        at = QRect(rect)
        for run, bold in runs:
            font = self._theme.ui_font(12, bold=bold)
            metrics = QFontMetrics(font)
            # A snippet may be long: only what can be seen is measured.
            part = metrics.elidedText(run[:120], Qt.TextElideMode.ElideRight, max(at.width(), 0))
            painter.setFont(font)
            painter.setPen(QColor(tokens.accent if bold else tokens.muted))
            painter.drawText(at, _LEFT, part)
            at.setLeft(at.left() + metrics.horizontalAdvance(part))
            if part != run:
                return


class HitList(QListView):
    """`opened` carries conversation and message id."""

    opened = Signal(str, str)

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = HitsModel(self)
        self.setModel(self.found)
        self.setItemDelegate(HitDelegate(theme=theme, model=self.found, parent=self))
        prepare_list(self)
        self.clicked.connect(self.open_index)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def open_index(self, index: QModelIndex) -> None:
        """Open the hit of a row."""
        if index.isValid():
            hit = self.found.rows[index.row()]
            self.opened.emit(hit.conversation_id, hit.message_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS:
            self.open_index(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("sidebar.results"))
