"""Strips on the gallery: template files that cannot be used, and the question before deleting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.errors import ErrorInfo
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.theme.tokens import RADIUS_CODE
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


def reason_text(info: ErrorInfo) -> str:
    """One sentence: file, line and why. A reason that is a text id is shown in the language of the window."""
    reason = info.args.get("reason", "")
    if not reason:
        return " ".join(error_texts(info))  # a disk that is full, a folder that may not be written
    shown = tr(reason, **dict(info.args))
    key = "bad_file" if info.args.get("line", "0") not in ("", "0") else "bad_file_no_line"
    return tr(f"scenario.gallery.{key}", file=info.args.get("file", ""), line=info.args.get("line", ""), reason=shown)


class Strip(QWidget):
    """A tinted ground for a note inside a page."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 10, 14, 10)
        self.column.setSpacing(4)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.tokens.line))
        painter.setBrush(QColor(self._theme.tokens.side))
        radius = self._theme.px(RADIUS_CODE)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()


class BadFiles(Strip):
    """Which files, which line, why."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self._files: Sequence[ErrorInfo] = ()
        self.heading = PlainLabel(role="error", theme=theme)
        self.lines = PlainLabel(role="muted", theme=theme)
        self.lines.setWordWrap(True)
        self.lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.lines)

    def show_files(self, files: Sequence[ErrorInfo]) -> None:
        self._files = files
        self.heading.setText(tr("scenario.gallery.bad", count=len(files)))
        self.lines.setText("\n".join(reason_text(info) for info in files))
        self.setVisible(bool(files))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_files(self._files)


class ConfirmStrip(Strip):
    """A question with Cancel and a dangerous button."""

    confirmed = Signal()

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.question = PlainLabel(role="text", theme=theme)
        self.question.setWordWrap(True)
        self.cancel_button = Button("scenario.gallery.cancel")
        self.confirm_button = Button("scenario.gallery.delete", kind="danger")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.question, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.confirm_button)
        self.column.addLayout(row)
        self.cancel_button.clicked.connect(self.hide)
        self.confirm_button.clicked.connect(self._confirm)

    def ask(self, question: str) -> None:
        """The harmless button has the focus."""
        self.question.setText(question)
        self.show()
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _confirm(self) -> None:
        self.hide()
        self.confirmed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
