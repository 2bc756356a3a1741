"""Dialogs for files and folders in the language of the program, also where the system has none of its own.

They are opened and return at once: a nested event loop would stand inside whatever coroutine is at work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from glmdesk.ui.i18n import tr


class FileDialog(QFileDialog):
    """Gone when it is closed. Kinds of files as Qt writes them: `TOML (*.toml)`; none for all files."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent, title)
        # Qt's own translations have these two under texts that it does not use any more.
        self.setLabelText(QFileDialog.DialogLabel.LookIn, tr("dialog.look_in"))
        self.setLabelText(QFileDialog.DialogLabel.FileType, tr("dialog.kinds"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)


def ask_for_file(
    parent: QWidget, title: str, chosen: Callable[[Path], object], *, kinds: Sequence[str] = ()
) -> FileDialog:
    """One file that exists."""
    return _opened(FileDialog(parent, title), QFileDialog.FileMode.ExistingFile, _single(chosen), kinds)


def ask_for_files(
    parent: QWidget, title: str, chosen: Callable[[Sequence[Path]], object], *, kinds: Sequence[str] = ()
) -> FileDialog:
    """Files that exist."""
    return _opened(FileDialog(parent, title), QFileDialog.FileMode.ExistingFiles, chosen, kinds)


def ask_for_folder(parent: QWidget, title: str, chosen: Callable[[Path], object]) -> FileDialog:
    """A folder."""
    dialog = FileDialog(parent, title)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _opened(dialog, QFileDialog.FileMode.Directory, _single(chosen), ())


def ask_where_to_save(
    parent: QWidget, title: str, chosen: Callable[[Path], object], *, name: str, kinds: Sequence[str] = ()
) -> FileDialog:
    """A file to write, `name` to begin with; a name without an ending gets that of `name`."""
    dialog = FileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(name.rpartition(".")[2])
    dialog.selectFile(name)
    return _opened(dialog, QFileDialog.FileMode.AnyFile, _single(chosen), kinds)


def _single(chosen: Callable[[Path], object]) -> Callable[[Sequence[Path]], object]:
    return lambda paths: chosen(paths[0])


def _opened(
    dialog: FileDialog, mode: QFileDialog.FileMode, chosen: Callable[[Sequence[Path]], object], kinds: Sequence[str]
) -> FileDialog:
    def selected(names: list[str]) -> None:
        chosen([Path(name) for name in names])

    dialog.setFileMode(mode)
    if kinds:
        dialog.setNameFilters(list(kinds))
    dialog.filesSelected.connect(selected)
    dialog.open()
    return dialog
