"""The note on the gallery about template files that cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QWidget

from glmdesk.domain.errors import ErrorInfo
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.strip import Strip

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
