"""The dialog for files in the language of the program, also where the system has none of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from glmdesk.ui.i18n import tr


class FileDialog(QFileDialog):
    """`kinds` as Qt writes them: `TOML (*.toml)`; '' for all files."""

    def __init__(self, parent: QWidget, title: str, name: str = "", kinds: str = "") -> None:
        super().__init__(parent, title, name, kinds)
        # Qt's own translations have these two under texts that it does not use any more.
        self.setLabelText(QFileDialog.DialogLabel.LookIn, tr("dialog.look_in"))
        self.setLabelText(QFileDialog.DialogLabel.FileType, tr("dialog.kinds"))
