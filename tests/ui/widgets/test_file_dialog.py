"""The dialog for files where the system has none of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.domain.settings import Language
from glmdesk.ui.widgets.file_dialog import FileDialog
from tests.helpers.screens import speak


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
