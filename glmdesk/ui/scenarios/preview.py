"""The prompt as it will be sent, with the filled values in bold and the open ones named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from glmdesk.domain.message import Role
from glmdesk.domain.template import Template, fill
from glmdesk.ui.i18n import locale, tr

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_SHOWN = 1_200  # characters of one value; a file would hide the prompt


class Kind(StrEnum):
    """How a run of the preview looks."""

    PROMPT = "prompt"
    VALUE = "value"
    OPEN = "open"  # a variable without a value
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one look."""

    text: str
    kind: Kind


def runs_of(text: str, template: Template, values: Mapping[str, str]) -> list[Run]:
    """`text` with its variables as runs of their own; values are never expanded again."""
    labels = {variable.name: variable.label or variable.name for variable in template.variables}
    # NUL can be in no prompt, so it marks where the variables are.
    marked = fill(text, {name: f"\x00{name}\x00" for name in labels})
    runs: list[Run] = []
    for at, piece in enumerate(marked.split("\x00")):
        if at % 2 == 0:
            runs.append(Run(piece, Kind.PROMPT))
        elif values.get(piece, "").strip():
            runs.append(Run(_short(values[piece]), Kind.VALUE))
        else:
            runs.append(Run("{{ " + labels[piece] + " }}", Kind.OPEN))
    return [run for run in runs if run.text]


def _short(value: str) -> str:
    if len(value) <= _SHOWN:
        return value
    return f"{value[:_SHOWN]}… " + tr("scenario.form.shortened", count=locale().toString(len(value)))


def preview_runs(template: Template, values: Mapping[str, str]) -> list[Run]:
    """System prompt, earlier turns and the user's turn; headings only when there is more than the turn."""
    sections = [("system", template.system)] if template.system.strip() else []
    for turn in template.turns:
        sections.append(("example_user" if turn.role is Role.USER else "example_assistant", turn.text))
    sections.append(("prompt", template.prompt))
    runs: list[Run] = []
    for key, text in sections:
        if runs:
            runs.append(Run("\n\n", Kind.PROMPT))
        if len(sections) > 1:
            runs.append(Run(tr(f"scenario.form.section.{key}") + "\n", Kind.HEADING))
        runs += runs_of(text.strip(), template, values)
    return runs


class PromptPreview(QTextEdit):
    """Read-only; text goes in through a cursor with a format, never as HTML."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: list[Run] = []
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        theme.changed.connect(self._paint_runs)
        self.retranslate()

    @property
    def runs(self) -> list[Run]:
        return self._runs

    def show_runs(self, runs: list[Run]) -> None:
        """Replace the text; the reading position stays."""
        if runs != self._runs:
            self._runs = runs
            self._paint_runs()

    def _paint_runs(self) -> None:
        at = self.verticalScrollBar().value()
        self.clear()
        cursor = QTextCursor(self.document())
        block = cursor.blockFormat()
        block.setLineHeight(150, 1)  # 1: proportional, in percent
        cursor.setBlockFormat(block)
        for run in self._runs:
            cursor.insertText(run.text, self._format(run.kind))
        self.verticalScrollBar().setValue(at)

    def _format(self, kind: Kind) -> QTextCharFormat:
        tokens = self._theme.tokens
        color = {Kind.OPEN: tokens.faint, Kind.HEADING: tokens.faint}.get(kind, tokens.text)
        form = QTextCharFormat()
        form.setFont(self._theme.ui_font(12 if kind is Kind.HEADING else 13))
        form.setForeground(QColor(color))
        if kind is Kind.VALUE:
            form.setFontWeight(QFont.Weight.Bold)
        return form

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("scenario.form.preview"))
