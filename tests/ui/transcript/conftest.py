"""A view with a transcript, shown off screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.services.transcript import Transcript
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.view import TranscriptView
from tests.helpers.screens import light_theme

MakeView = Callable[..., TranscriptView]


@pytest.fixture
def theme(qapp: QApplication) -> ThemeManager:
    return light_theme(qapp)


@pytest.fixture
def make_view(qtbot: QtBot, theme: ThemeManager) -> MakeView:
    def make(transcript: Transcript, *, width: int = 900, height: int = 600) -> TranscriptView:
        view = TranscriptView(theme=theme)
        qtbot.addWidget(view)
        view.resize(width, height)
        view.show()
        view.show_transcript(transcript)
        QApplication.processEvents()
        return view

    return make
