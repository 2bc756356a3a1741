"""Paints the rows of the conversation list and edits a title in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from glmdesk.domain.conversation import Conversation
from glmdesk.ui.composer.line_edit import ENTER_KEYS, LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.models.conversations import ConversationsModel, Entry, title_of
from glmdesk.ui.models.option import option_has, option_rect
from glmdesk.ui.theme.icons import icon
from glmdesk.ui.theme.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_Index = QModelIndex | QPersistentModelIndex
ROW = 34
HEADER = 32
_GAP = 2  # between two rows
_MORE = 28  # the menu button at the right end
_VCENTER = Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | _VCENTER
_RIGHT = Qt.AlignmentFlag.AlignRight | _VCENTER


class ConversationDelegate(QStyledItemDelegate):
    """`painted` counts rows, so that a test can see that only visible ones are painted."""

    renamed = Signal(str, str)

    def __init__(self, *, theme: ThemeManager, model: ConversationsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self.painted = 0
        self.focus_visible = False

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        header = self._model.entry(index).conversation is None
        return QSize(0, self._theme.px(HEADER if header else ROW + _GAP))

    def row_rect(self, rect: QRect) -> QRect:
        """The painted ground inside an item's rectangle."""
        return rect.adjusted(0, 0, 0, -self._theme.px(_GAP))

    def more_rect(self, rect: QRect) -> QRect:
        """Where the menu button of a row is."""
        row, side = self.row_rect(rect), self._theme.px(_MORE)
        return QRect(row.right() - side - self._theme.px(2), row.center().y() - side // 2, side, side)

    # --- painting ---------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.painted += 1
        entry, rect = self._model.entry(index), option_rect(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.conversation is None:
            self._header(painter, rect, tr(f"sidebar.group.{entry.group.value}"))
        else:
            hover = option_has(option, QStyle.StateFlag.State_MouseOver)
            focus = option_has(option, QStyle.StateFlag.State_HasFocus) and self.focus_visible
            self._ground(painter, rect, entry, hover=hover, focus=focus)
            self._row(painter, rect, (entry.conversation, entry.time), more=hover or focus)
        painter.restore()

    def _header(self, painter: QPainter, rect: QRect, text: str) -> None:
        px = self._theme.px
        painter.setFont(self._theme.ui_font(12))
        painter.setPen(QColor(self._theme.tokens.faint))
        painter.drawText(rect.adjusted(px(10), px(8), 0, 0), _LEFT, text)

    def _ground(self, painter: QPainter, rect: QRect, entry: Entry, *, hover: bool, focus: bool) -> None:
        tokens, radius = self._theme.tokens, self._theme.px(RADIUS_CONTROL)
        conversation = entry.conversation
        current = conversation is not None and conversation.id == self._model.current_id
        painter.setPen(QPen(QColor(tokens.accent), 1.5) if focus else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if current or hover:
            painter.setBrush(QColor(tokens.accent_ground if current else tokens.line))
        if current or hover or focus:
            painter.drawRoundedRect(self.row_rect(rect).toRectF().adjusted(1, 1, -1, -1), radius, radius)

    def _row(self, painter: QPainter, rect: QRect, row_of: tuple[Conversation, str], *, more: bool) -> None:
        conversation, time = row_of
        tokens, px = self._theme.tokens, self._theme.px
        row = self.row_rect(rect).adjusted(px(10), 0, -px(10), 0)
        if more:
            self._more(painter, rect)
            row.setRight(self.more_rect(rect).left() - px(4))
        else:
            row.setRight(self._right_end(painter, row, conversation, time=time) - px(8))
        if conversation.pinned:
            self._icon(painter, "pin", tokens.muted, QRect(row.left(), row.center().y() - px(7) + 1, px(14), px(14)))
            row.setLeft(row.left() + px(20))
        current = conversation.id == self._model.current_id
        font = self._theme.ui_font(14, bold=current or (conversation.unread and conversation.deleted_at is None))
        painter.setFont(font)
        painter.setPen(QColor(tokens.accent if current else tokens.text))
        title = title_of(conversation)
        painter.drawText(
            row, _LEFT, QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, max(row.width(), 0))
        )

    def _right_end(self, painter: QPainter, row: QRect, conversation: Conversation, *, time: str) -> int:
        """Paint the mark or the time at the right; where the title has to end."""
        tokens, px = self._theme.tokens, self._theme.px
        if conversation.id in self._model.waiting:
            side = px(16)
            self._icon(
                painter, "alert", tokens.warn, QRect(row.right() - side, row.center().y() - side // 2, side, side)
            )
            return row.right() - side
        if conversation.id in self._model.busy:
            side = px(12)
            ring = QRect(row.right() - side, row.center().y() - side // 2 + 1, side, side).toRectF()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.line if tokens.dark else tokens.accent_ground), px(2)))
            painter.drawEllipse(ring)
            painter.setPen(QPen(QColor(tokens.accent), px(2), c=Qt.PenCapStyle.RoundCap))
            painter.drawArc(ring, 90 * 16, -250 * 16)
            return row.right() - side
        if conversation.unread and conversation.deleted_at is None:
            side = px(8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            painter.drawEllipse(QRect(row.right() - side, row.center().y() - side // 2 + 1, side, side))
            return row.right() - side
        painter.setFont(self._theme.ui_font(12))
        painter.setPen(QColor(tokens.faint))
        painter.drawText(row, _RIGHT, time)
        return row.right() - painter.fontMetrics().horizontalAdvance(time)

    def _more(self, painter: QPainter, rect: QRect) -> None:
        button, side = self.more_rect(rect), self._theme.px(18)
        box = QRect(0, 0, side, side)
        box.moveCenter(button.center())
        self._icon(painter, "more", self._theme.tokens.muted, box)

    def _icon(self, painter: QPainter, name: str, color: str, box: QRect) -> None:
        icon(name, color, box.width(), dpr=painter.device().devicePixelRatioF()).paint(painter, box)

    # --- renaming ---------------------------------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = LineEdit(parent=parent)
        editor.setFont(self._theme.ui_font(14))
        editor.setAccessibleName(tr("sidebar.action.rename"))
        editor.setMaxLength(200)
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        conversation = self._model.conversation(index)
        if isinstance(editor, LineEdit) and conversation is not None:
            editor.setText(title_of(conversation) if conversation.title else "")
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        conversation = self._model.conversation(index)
        if isinstance(editor, LineEdit) and conversation is not None and editor.cleaned:
            self.renamed.emit(conversation.id, editor.cleaned)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        editor.setGeometry(self.row_rect(option_rect(option)))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Qt's own filter would commit at Enter even while the input method is composing."""
        if (
            isinstance(editor, LineEdit)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and editor.composing
            and event.key() in (*ENTER_KEYS, Qt.Key.Key_Escape, Qt.Key.Key_Tab)
        ):
            event.accept()
            return True
        return super().eventFilter(editor, event)
