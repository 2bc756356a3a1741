"""A long text of code to read, select, copy and search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor, QTextDocument, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_SHOWN = 400_000  # characters; a longer text is shown in part and copied whole
_LONG = 5_000  # characters of a line in which no ends of words are looked for: that takes seconds without any
_ANYWHERE = QTextOption.WrapMode.WrapAnywhere
_BACK = QTextDocument.FindFlag.FindBackward


class WireView(QWidget):
    """`text` is all of it."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.text = ""
        self.field = LineEdit()
        self.count = PlainLabel(theme=theme, role="faint")
        self.previous = IconButton("chevron-up", "transcript.find.previous", theme=theme)
        self.next = IconButton("chevron-down", "transcript.find.next", theme=theme)
        self.view = QPlainTextEdit()
        self.note = PlainLabel(theme=theme, role="faint")
        self.note.setWordWrap(True)
        self._build()
        self.field.textChanged.connect(self._typed)
        self.field.submitted.connect(lambda: self.step(1))
        self.field.stepped.connect(self.step)
        self.next.clicked.connect(lambda: self.step(1))
        self.previous.clicked.connect(lambda: self.step(-1))
        theme.changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        px = self._theme.px
        self.view.setReadOnly(True)
        self.view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.view.setTabChangesFocus(True)
        self.view.setProperty("kind", "field")
        row = QHBoxLayout()
        row.setSpacing(px(4))
        row.addWidget(self.field, 1)
        for widget in (self.count, self.previous, self.next):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.note)

    def show_text(self, text: str, note: str = "") -> None:
        """Replace the text; `note` stands below it."""
        self.text = text
        cut = len(text) > _SHOWN
        shown = text[:_SHOWN]
        long = max(map(len, shown.split("\n"))) > _LONG
        self.view.setWordWrapMode(_ANYWHERE if long else QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.view.setPlainText(shown)
        notes = [note, tr("inspector.shown", count=f"{_SHOWN:,}") if cut else ""]
        self.note.setText(" ".join(part for part in notes if part))
        self.note.setVisible(bool(self.note.text()))
        self._count()

    @property
    def hits(self) -> int:
        """How often the words to find stand in what is shown."""
        wanted = self.field.cleaned.casefold()
        return self.view.toPlainText().casefold().count(wanted) if wanted else 0

    def _count(self) -> None:
        wanted, hits = self.field.cleaned, self.hits
        self.count.setText(tr("inspector.hits", count=hits) if wanted else "")
        for button in (self.previous, self.next):
            button.setEnabled(hits > 0)

    def _typed(self) -> None:
        """Find as it is typed: the hit that is selected grows with the words."""
        self._count()
        cursor = self.view.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self.view.setTextCursor(cursor)
        self.step(1)

    def step(self, by: int) -> None:
        """Select the next (1) or previous (-1) hit, going round at the end."""
        wanted = self.field.cleaned
        if not self.hits:
            return
        flags = _BACK if by < 0 else QTextDocument.FindFlag(0)
        if not self.view.find(wanted, flags):
            start = QTextCursor.MoveOperation.End if by < 0 else QTextCursor.MoveOperation.Start
            self.view.moveCursor(start)
            self.view.find(wanted, flags)

    def focus_find(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _restyle(self) -> None:
        self.view.setFont(self._theme.code_font())

    def retranslate(self) -> None:
        self.field.setPlaceholderText(tr("inspector.find"))
        self.field.setAccessibleName(tr("inspector.find"))
        self._count()
