"""The report of a crash, to read, to copy, to find as a file; nothing is sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet


class ReportSheet(Sheet):
    """`text` is the report, `file` where it lies."""

    def __init__(self, text: str, file: Path, parent: QWidget, *, theme: ThemeManager) -> None:
        super().__init__(parent, theme=theme, width=720)
        self.card.column.addWidget(PlainLabel(tr("rescue.report_title"), theme=theme, role="title"))
        hint = PlainLabel(tr("rescue.report_hint", path=str(file)), theme=theme, role="muted")
        hint.setWordWrap(True)
        self.card.column.addWidget(hint)
        self.view = QPlainTextEdit(text)
        self.view.setReadOnly(True)
        self.view.setFont(theme.code_font())
        self.view.setAccessibleName(tr("rescue.report_title"))
        self.view.setMinimumHeight(theme.px(280))
        self.card.column.addWidget(self.view, 1)
        copy, folder = Button("rescue.report_copy"), Button("settings.data.open")
        close = Button("rescue.report_close", kind="primary")
        row = QHBoxLayout()
        row.addWidget(copy)
        row.addWidget(folder)
        row.addStretch(1)
        row.addWidget(close)
        self.card.column.addLayout(row)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent))))
        close.clicked.connect(self.close_sheet)
        close.setFocus()
