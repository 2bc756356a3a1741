"""What the buttons of code blocks and tables do, and links."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QSaveFile, QTimer
from PySide6.QtGui import QGuiApplication

from glmdesk.markup.languages import suffix
from glmdesk.markup.links import doubt
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.table import TablePiece
from glmdesk.ui.transcript.clipboard import Copy, put_on_clipboard
from glmdesk.ui.transcript.link_sheet import LinkSheet
from glmdesk.ui.transcript.row import RowItem
from glmdesk.ui.widgets.file_dialog import FileDialog, ask_where_to_save

if TYPE_CHECKING:
    from glmdesk.ui.transcript.view import TranscriptView

_TICK = 1_500  # milliseconds a tick stands for "copied"


class BlockCommands:
    """Belongs to one view."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view

    def run(self, item: RowItem, piece: Piece, key: str) -> bool:
        """Do what a button says. False when it is not a button of a block."""
        match key, piece:
            case "wrap", CodePiece():
                self._view.commands.keep_top(item, piece, piece.toggle_wrap)
            case "numbers", CodePiece():
                self._view.commands.keep_top(item, piece, piece.toggle_numbers)
            case "fold_code", CodePiece():
                self._view.commands.keep_top(item, piece, partial(piece.open_fold, piece.folded))
            case "save_code", CodePiece():
                self.save_as(piece)
            case "copy_code", CodePiece():
                QGuiApplication.clipboard().setText(piece.block.text)
                self._tick(piece, key)
            case "copy_markdown", TablePiece():
                put_on_clipboard(Copy(piece.block.source, piece.block.source))
                self._tick(piece, key)
            case "copy_csv", TablePiece():
                QGuiApplication.clipboard().setText(piece.csv())
                self._tick(piece, key)
            case _:
                return False
        return True

    def open_link(self, address: str, text: str) -> None:
        """Follow a link; one that may mislead asks first, with the whole address."""
        why = doubt(text, address)
        if not why:
            self._view.link_activated.emit(address)
            return
        sheet = LinkSheet(address, text, why, self._view.window(), theme=self._view.theme)
        sheet.accepted.connect(self._view.link_activated)
        sheet.show()

    def _tick(self, piece: CodePiece | TablePiece, done: str) -> None:
        piece.done = done
        self._repaint(piece)
        QTimer.singleShot(_TICK, self._view, partial(self._untick, piece, done))

    def _untick(self, piece: CodePiece | TablePiece, done: str) -> None:
        if piece.done == done:
            piece.done = ""
            self._repaint(piece)

    def _repaint(self, piece: Piece) -> None:
        piece.touch()
        self._view.canvas.repaint_dirty()

    def save_as(self, piece: CodePiece) -> FileDialog:
        """Ask for a file that ends like its language."""
        name = f"{tr('transcript.code.file')}.{suffix(piece.block.language)}"
        chosen = partial(self.save, piece.block.text)
        return ask_where_to_save(self._view, tr("transcript.code.save"), chosen, name=name)

    def save(self, text: str, path: Path) -> None:
        """Write a file whole or not at all, and say how it went."""
        file = QSaveFile(str(path))
        data = text.encode("utf-8", "replace") + (b"" if text.endswith("\n") else b"\n")
        written = file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit()
        if written:
            self._view.told.emit(tr("transcript.code.saved", path=str(path)))
        else:
            self._view.told.emit(tr("transcript.code.unsaved", reason=file.errorString()))
