"""The dialog for files where the system has none of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from glmdesk.domain.settings import Language
from glmdesk.ui.widgets.file_dialog import FileDialog, ask_for_file, ask_for_files, ask_for_folder, ask_where_to_save
from tests.helpers.screens import speak

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")  # the offscreen platform


def test_its_labels_follow_the_language(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    for language, words in ((Language.ZH_CN, {"查找范围(&L)：", "文件类型(&T)："}), (Language.EN, {"&Look in:"})):
        speak(qapp, language)
        dialog = FileDialog(window, "x")
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        assert words <= {label.text() for label in dialog.findChildren(QLabel)}
        dialog.deleteLater()
    speak(qapp, Language.ZH_CN)


def _accept(dialog: FileDialog) -> None:
    button = dialog.findChild(QDialogButtonBox)
    assert button is not None
    button.accepted.emit()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


def test_a_file_a_folder_and_several_files_are_chosen_without_a_second_loop(window: QWidget, tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("a.txt", "b.txt")]
    for name in names:
        name.write_text("x")
    chosen: list[object] = []
    one = ask_for_file(window, "x", chosen.append)
    one.selectFile(str(names[0]))
    _accept(one)
    many = ask_for_files(window, "x", chosen.append, kinds=["* (*)"])
    many.setDirectory(str(tmp_path))
    edit = many.findChild(QLineEdit)
    assert edit is not None
    edit.setText('"a.txt" "b.txt"')
    _accept(many)
    folder = ask_for_folder(window, "x", chosen.append)
    folder.setDirectory(str(tmp_path.parent))
    folder.selectFile(str(tmp_path))
    _accept(folder)
    assert chosen == [names[0], names, tmp_path]


def test_a_name_without_an_ending_is_given_one(window: QWidget, tmp_path: Path) -> None:
    chosen: list[Path] = []
    dialog = ask_where_to_save(window, "x", chosen.append, name="usage.csv", kinds=["CSV (*.csv)"])
    assert Path(dialog.selectedFiles()[0]).name == "usage.csv"
    dialog.selectFile(str(tmp_path / "mine"))
    _accept(dialog)
    assert chosen == [tmp_path / "mine.csv"]


def test_leaving_the_dialog_chooses_nothing_and_it_is_gone(window: QWidget, qapp: QApplication) -> None:
    chosen: list[Path] = []
    dialog = ask_for_folder(window, "x", chosen.append)
    dialog.reject()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not chosen
    assert not isValid(dialog)
